import type { Migration } from '../../ports/database.ts';

export const departures: Migration = {
  name: '0019-departures',
  sql: `
    create table departures (
      person_id uuid primary key references people,
      position uuid not null,
      not_before timestamptz not null
    );
    comment on table departures is 'People whose accounts are deleted and who are still to be taken out of conversations and address books.';
    comment on column departures.position is 'Conversations up to this id are done.';
    comment on column departures.not_before is 'A node is at it until then.';
    create index departures_next on departures (not_before);
  `,
};
