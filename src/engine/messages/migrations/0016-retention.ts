import type { Migration } from '../../ports/database.ts';

export const retention: Migration = {
  name: '0016-retention',
  sql: `
    create table retention_walk (
      singleton boolean primary key default true check (singleton),
      position uuid not null,
      not_before timestamptz not null
    );
    comment on table retention_walk is 'Where the walk that removes old messages has come to: one row, one walk for all nodes.';
    comment on column retention_walk.not_before is 'Until then no node goes on: one is at it, or the walk rests after a round.';
    create index message_marks_place on message_marks (conversation_id, seq);
  `,
};
