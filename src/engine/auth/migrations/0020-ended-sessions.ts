import type { Migration } from '../../ports/database.ts';

export const endedSessions: Migration = {
  name: '0020-ended-sessions',
  sql: 'create index sessions_ended on sessions (person_id) where revoked_at is not null;',
};
