import type { Migration } from '../../ports/database.ts';

export const messageActions: Migration = {
  name: '0013-message-actions',
  sql: `
    create index message_marks_of_message on message_marks (conversation_id, seq) where starred_at is not null;
    comment on index message_marks_of_message is 'Who has starred a message that is deleted for everybody.';
    comment on table message_edits is 'What a message said before each edit; rev is the last at which it still said it.';
  `,
};
