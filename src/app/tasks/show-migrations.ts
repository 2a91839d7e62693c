import { sql } from 'kysely';
import type { Task } from './task.ts';

/** Says what the schema has. Opening the database has brought it up to date. */
export const showMigrations: Task<Record<never, never>, { count: number }> = {
  name: 'migrate',
  migrates: true,
  async run({ database, print }) {
    const { rows } = await database.read((reader) =>
      sql<{ name: string; at: string }>`
        select name, to_char(applied_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as at
        from schema_migrations order by name`.execute(reader.sql),
    );
    for (const { name, at } of rows) print(`${name}  applied ${at} UTC`);
    print('The schema is up to date.');
    return { count: rows.length };
  },
};
