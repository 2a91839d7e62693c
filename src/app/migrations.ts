import { dialectMigrations } from '../dialects/migrations.ts';
import { engineMigrations } from '../engine/migrations.ts';
import type { Migration } from '../engine/ports/database.ts';

/** Every migration, in the order of its name. */
export const migrations: readonly Migration[] = [...engineMigrations, ...dialectMigrations].sort((a, b) =>
  a.name < b.name ? -1 : 1,
);
