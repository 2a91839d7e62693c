import { auditMigrations } from './audit/index.ts';
import { authMigrations } from './auth/index.ts';
import { contactMigrations } from './contacts/index.ts';
import { conversationMigrations } from './conversations/index.ts';
import { departureMigrations } from './departures/index.ts';
import { deviceMigrations } from './devices/index.ts';
import { groupMigrations } from './groups/index.ts';
import { mediaMigrations } from './media/index.ts';
import { messageMigrations } from './messages/index.ts';
import { moderationMigrations } from './moderation/index.ts';
import { notificationMigrations } from './notifications/index.ts';
import { peopleMigrations } from './people/index.ts';
import type { Migration } from './ports/database.ts';
import { preferenceMigrations } from './preferences/index.ts';
import { schedulingMigrations } from './scheduling/index.ts';

/** The migrations of the engine. A feature adds its list here. */
export const engineMigrations: readonly Migration[] = [
  ...peopleMigrations,
  ...authMigrations,
  ...contactMigrations,
  ...conversationMigrations,
  ...messageMigrations,
  ...moderationMigrations,
  ...auditMigrations,
  ...groupMigrations,
  ...schedulingMigrations,
  ...departureMigrations,
  ...mediaMigrations,
  ...preferenceMigrations,
  ...deviceMigrations,
  ...notificationMigrations,
];
