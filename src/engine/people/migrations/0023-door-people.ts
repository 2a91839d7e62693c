import type { Migration } from '../../ports/database.ts';

export const doorPeople: Migration = {
  name: '0023-door-people',
  sql: `
    alter table identities drop constraint identities_kind_check;
    alter table identities add constraint identities_kind_check
      check (kind in ('phone', 'email', 'username', 'door_phone'));
    comment on column identities.value is
      'Normal form: E.164, or lower case; of a door_phone the name of the door, a colon, and E.164.';

    alter table people
      add availability text not null default 'online' check (availability in ('online', 'away', 'busy', 'offline')),
      add status_text text,
      add status_emoji text,
      add status_until timestamptz;
    comment on column people.availability is 'What the person has chosen. Offline: they appear so although they are not.';

    alter table contacts add close_friend boolean not null default false;

    -- Pairs of characters: the index of trigrams does not find a text of two inside of a word.
    create function text_pairs(value text) returns text[] language sql immutable parallel safe as $$
      select coalesce(array_agg(distinct substr(value, n, 2)), '{}') from generate_series(1, length(value) - 1) as n
    $$;
    create index people_search_pairs on people using gin (text_pairs(search));
    update people set search = '' where name = '';
    comment on column people.search is
      'Name and username as compared and searched, each word after a space; empty where not to be found, as without a name.';
  `,
};
