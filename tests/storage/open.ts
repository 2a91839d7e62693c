import { inject } from 'vitest';
import { openEmbeddedDatabase } from '../../src/adapters/database/embedded/index.ts';
import { openPostgresDatabase } from '../../src/adapters/database/postgres/index.ts';
import { migrations as allMigrations } from '../../src/app/migrations.ts';
import type { Database, Migration } from '../../src/engine/ports/database.ts';
import type { EngineEvent } from '../../src/engine/shared/events.ts';
import { createDatabase } from '../harness/database.ts';
import { copyTemplate, temporaryDirectory } from '../harness/embedded-template.ts';

/** A place to store in, of the project's kind, that can be opened several times. */
export interface Place {
  /** Where it is: a directory, or a URL. */
  readonly where: string;
  open(options?: { migrations?: readonly Migration[]; publish?: (event: EngineEvent) => void }): Promise<Database>;
  remove(): Promise<void>;
}

export async function createPlace(): Promise<Place> {
  if (inject('storage') === 'postgres') {
    const { url, drop } = await createDatabase(inject('postgresTemplate'));
    return {
      where: url,
      remove: drop,
      open: ({ migrations = allMigrations, publish = () => {} } = {}) =>
        openPostgresDatabase({ url, migrations, publish, poolSize: 4 }),
    };
  }
  const { path, remove } = temporaryDirectory();
  copyTemplate(inject('embeddedTemplate'), path);
  const onFatal = (error: Error): never => {
    throw error;
  };
  return {
    where: path,
    remove: async () => remove(),
    open: ({ migrations = allMigrations, publish = () => {} } = {}) =>
      openEmbeddedDatabase({ dataDirectory: path, migrations, publish, onFatal }),
  };
}
