import type { Migration } from '../../ports/database.ts';

export const people: Migration = {
  name: '0001-people',
  sql: `
    create extension if not exists pg_trgm;

    create table people (
      id uuid primary key,
      name text not null,
      username text,
      about text not null default '',
      search text not null,
      role text not null check (role in ('user', 'admin')),
      version integer not null default 1,
      created_at timestamptz not null,
      last_seen_at timestamptz,
      deleted_at timestamptz
    );
    comment on column people.search is 'Name and username as compared and searched, each word after a space; empty where not to be found.';
    comment on column people.version is 'Grows with each change of what others see of the person.';
    create index people_search on people using gin (search gin_trgm_ops);
    create index people_search_prefix on people (search text_pattern_ops) where deleted_at is null;
    create index people_admins on people (id) where role = 'admin';

    create table identities (
      kind text not null check (kind in ('phone', 'email', 'username')),
      value text not null,
      person_id uuid not null references people,
      verified_at timestamptz,
      created_at timestamptz not null,
      primary key (kind, value)
    );
    comment on column identities.value is 'Normal form: E.164, or lower case.';
    create index identities_person on identities (person_id);
  `,
};
