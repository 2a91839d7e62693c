import type { Migration } from '../../ports/database.ts';

export const scheduledMessages: Migration = {
  name: '0015-scheduled-messages',
  sql: `
    create table scheduled_messages (
      id uuid primary key,
      person_id uuid not null references people,
      conversation_id uuid not null,
      message jsonb not null,
      send_at timestamptz not null,
      created_at timestamptz not null,
      claimed_until timestamptz,
      failed_at timestamptz,
      failure text,
      check ((failed_at is null) = (failure is null))
    );
    comment on column scheduled_messages.message is 'kind, text, content, replyTo and mentions, as they will be sent.';
    comment on column scheduled_messages.claimed_until is 'A node sends it now; from then on another may. Once it is set, its author cannot change it any more.';
    comment on column scheduled_messages.failure is 'The code of the error with which it was refused when its time had come.';
    create index scheduled_messages_due on scheduled_messages (send_at) where failed_at is null;
    create index scheduled_messages_person on scheduled_messages (person_id, send_at, id);
  `,
};
