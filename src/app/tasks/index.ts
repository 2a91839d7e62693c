import { copyToPostgres } from './copy-to-postgres.ts';
import { createUser } from './create-user.ts';
import { inspectDatabase } from './inspect-database.ts';
import { reportFiles } from './report-files.ts';
import { showMigrations } from './show-migrations.ts';
import type { Task } from './task.ts';

/** Every task that a running server does for an operator. */
export const tasks: readonly Task<never, unknown>[] = [
  copyToPostgres,
  createUser,
  inspectDatabase,
  reportFiles,
  showMigrations,
];
