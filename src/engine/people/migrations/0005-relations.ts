import type { Migration } from '../../ports/database.ts';

export const relations: Migration = {
  name: '0005-relations',
  sql: `
    alter table people
      add photo_url text,
      add privacy_last_seen text not null default 'everyone' check (privacy_last_seen in ('everyone', 'contacts', 'nobody')),
      add privacy_photo text not null default 'everyone' check (privacy_photo in ('everyone', 'contacts', 'nobody')),
      add privacy_about text not null default 'everyone' check (privacy_about in ('everyone', 'contacts', 'nobody')),
      add privacy_groups text not null default 'everyone' check (privacy_groups in ('everyone', 'contacts', 'nobody')),
      add privacy_phone text not null default 'everyone' check (privacy_phone in ('everyone', 'contacts', 'nobody')),
      add read_receipts boolean not null default true,
      add contacts_version bigint not null default 0,
      add suspended_at timestamptz;
    comment on column people.privacy_groups is 'Who may add this person to groups; others can only invite.';
    comment on column people.privacy_phone is 'Who finds this person by phone number.';
    comment on column people.contacts_version is 'Grows with each change of the address book or the list of blocked people.';

    create table contacts (
      id uuid primary key,
      owner_id uuid not null references people,
      person_id uuid references people,
      phone text,
      name text,
      search text not null,
      favourite boolean not null default false,
      created_at timestamptz not null,
      check (person_id is not null or phone is not null)
    );
    comment on column contacts.person_id is 'Null while nobody has joined with the phone number.';
    comment on column contacts.name is 'The name that the owner gave; null where the person''s own is shown.';
    create unique index contacts_person on contacts (owner_id, person_id) where person_id is not null;
    create unique index contacts_phone on contacts (owner_id, phone) where phone is not null;
    create index contacts_waiting on contacts (phone) where person_id is null;
    create index contacts_known_by on contacts (person_id, owner_id) where person_id is not null;

    create table blocks (
      person_id uuid not null references people,
      blocked_id uuid not null references people,
      created_at timestamptz not null,
      primary key (person_id, blocked_id),
      check (person_id <> blocked_id)
    );
    create index blocks_blocked on blocks (blocked_id, person_id);
  `,
};
