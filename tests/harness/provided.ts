/** What tests/harness/global-setup.ts hands to the tests: read it with `inject('storage')`. */
import 'vitest';

export type Storage = 'embedded' | 'postgres';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The database the application under test stores in. Absent in the project `static`, which starts no application. */
    storage: Storage;
    /**
     * A data directory to copy, with an empty and migrated database. Only in the project `embedded`, and in `static` where
     * both run: there `installDatabase` of `install-database.ts` takes it.
     */
    embeddedTemplate: string;
    /** The name of a PostgreSQL database to copy, empty and migrated. Only in the project `postgres`. */
    postgresTemplate: string;
    /** Why a service cannot be used in this run, or null when it can. */
    unavailable: { readonly postgres: string | null; readonly redis: string | null };
  }
}
