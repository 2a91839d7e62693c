import type { Migration } from '../../ports/database.ts';

/**
 * An address book is read by its owner alone, so it is searched by going through it: an index of all address books by their
 * words would bring the matches of everybody.
 */
export const contacts: Migration = {
  name: '0006-contacts',
  sql: `
    alter table people add blocks_anyone boolean not null default false;
    comment on column people.blocks_anyone is 'Whether the person has blocked somebody: who looks at people who have not need not look at blocks.';

    create index contacts_owner on contacts (owner_id, id);
    create index contacts_of_phone on contacts (phone) where phone is not null;
    drop index contacts_waiting;
    create index blocks_listed on blocks (person_id, created_at, blocked_id);
  `,
};
