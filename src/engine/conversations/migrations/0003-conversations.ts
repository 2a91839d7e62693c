import type { Migration } from '../../ports/database.ts';

export const conversations: Migration = {
  name: '0003-conversations',
  sql: `
    create table conversations (
      id uuid primary key,
      kind text not null check (kind in ('direct')),
      direct_key text unique,
      created_by uuid not null references people,
      created_at timestamptz not null,
      last_activity_at timestamptz not null,
      last_seq bigint not null default 0,
      rev bigint not null default 0,
      check ((kind = 'direct') = (direct_key is not null))
    ) with (fillfactor = 80);
    comment on column conversations.direct_key is 'The ids of its two people, sorted, joined by a colon: one conversation a pair.';
    comment on column conversations.rev is 'Number of changes so far; each change of its messages or members takes the next.';

    create table members (
      conversation_id uuid not null references conversations,
      person_id uuid not null references people,
      joined_at timestamptz not null,
      left_at timestamptz,
      read_seq bigint not null default 0,
      delivered_seq bigint not null default 0,
      primary key (conversation_id, person_id),
      check (0 <= read_seq and read_seq <= delivered_seq)
    ) with (fillfactor = 80);
    create index members_person on members (person_id, conversation_id) where left_at is null;
  `,
};
