import type pg from 'pg';
import type { Migration } from '../../engine/ports/database.ts';

/** The database was migrated by a newer version of Parley than this one. */
export class DatabaseTooNew extends Error {
  constructor(unknown: readonly string[]) {
    super(
      `The database has migrations that this version of Parley does not know (${unknown.join(', ')}): it was used by a ` +
        'newer version. Start that version again; going back is not possible.',
    );
    this.name = 'DatabaseTooNew';
  }
}

/** Any fixed number: the advisory lock under which nodes that start together migrate one after the other. */
const lockKey = 7_275_395;

/**
 * Applies the migrations that the database lacks, in order, each in a transaction of its own.
 *
 * @returns the names of those it applied
 * @throws DatabaseTooNew
 */
export async function migrate(client: pg.ClientBase, migrations: readonly Migration[]): Promise<string[]> {
  const applied: string[] = [];
  await client.query('select pg_advisory_lock($1)', [lockKey]);
  try {
    await client.query(
      'create table if not exists schema_migrations (name text primary key, applied_at timestamptz not null default now())',
    );
    const { rows } = await client.query<{ name: string }>('select name from schema_migrations');
    const present = new Set(rows.map((row) => row.name));
    const known = new Set(migrations.map((migration) => migration.name));
    const unknown = [...present].filter((name) => !known.has(name)).sort();
    if (unknown.length > 0) throw new DatabaseTooNew(unknown);
    for (const migration of migrations.filter(({ name }) => !present.has(name))) {
      await client.query('begin');
      try {
        await client.query(migration.sql);
        await client.query('insert into schema_migrations (name) values ($1)', [migration.name]);
        await client.query('commit');
      } catch (error) {
        await client.query('rollback').catch(() => {}); // what went wrong first is what to tell
        throw error;
      }
      applied.push(migration.name);
    }
  } finally {
    // Without a connection, the lock is gone already.
    await client.query('select pg_advisory_unlock($1)', [lockKey]).catch(() => {});
  }
  return applied;
}
