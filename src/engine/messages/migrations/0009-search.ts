import type { Migration } from '../../ports/database.ts';

export const search: Migration = {
  name: '0009-search',
  sql: `
    create table search_blocks (
      conversation_id uuid not null,
      block integer not null,
      upto bigint not null,
      edits integer not null default 0,
      signature bytea not null,
      primary key (conversation_id, block)
    );
    comment on table search_blocks is 'What may be in the messages of a block (seq / 128). Made by searches as they read; may be emptied at any time.';
    comment on column search_blocks.upto is 'The last seq that the signature covers; -1 while it covers none.';
    comment on column search_blocks.edits is 'How often texts of the block were changed or taken away.';
    alter table search_blocks alter column signature set storage plain;

    create index messages_by_kind on messages (conversation_id, kind, seq) where kind <> 'text';
  `,
};
