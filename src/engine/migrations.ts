import { authMigrations } from './auth/index.ts';
import { conversationMigrations } from './conversations/index.ts';
import { messageMigrations } from './messages/index.ts';
import { peopleMigrations } from './people/index.ts';
import type { Migration } from './ports/database.ts';

/** Every migration, in the order of its name. A feature adds its list here. */
export const migrations: readonly Migration[] = [
  ...peopleMigrations,
  ...authMigrations,
  ...conversationMigrations,
  ...messageMigrations,
].sort((a, b) => (a.name < b.name ? -1 : 1));
