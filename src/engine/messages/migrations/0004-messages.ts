import type { Migration } from '../../ports/database.ts';

export const messages: Migration = {
  name: '0004-messages',
  sql: `
    create table messages (
      conversation_id uuid not null,
      seq bigint not null,
      id uuid not null,
      sender_id uuid not null,
      client_id text,
      rev bigint not null,
      kind text not null,
      text text not null,
      created_at timestamptz not null,
      primary key (conversation_id, seq)
    );
    comment on table messages is 'No foreign keys: each would lock a row of people or conversations for every message.';
    create unique index messages_client_id on messages (conversation_id, sender_id, client_id) where client_id is not null;
    create index messages_id on messages (id);
  `,
};
