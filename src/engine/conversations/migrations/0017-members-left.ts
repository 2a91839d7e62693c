import type { Migration } from '../../ports/database.ts';

export const membersLeft: Migration = {
  name: '0017-members-left',
  sql: 'create index members_left on members (person_id, conversation_id) where left_at is not null;',
};
