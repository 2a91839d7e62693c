import type { Migration } from '../../ports/database.ts';

export const groups: Migration = {
  name: '0010-groups',
  sql: `
    alter table conversations
      drop constraint conversations_kind_check,
      add constraint conversations_kind_check check (kind in ('direct', 'group')),
      add title text,
      add description text not null default '',
      add photo_url text,
      add search text not null default '',
      add who_can_send text not null default 'all' check (who_can_send in ('all', 'admins')),
      add who_can_edit text not null default 'admins' check (who_can_edit in ('all', 'admins')),
      add who_can_add text not null default 'admins' check (who_can_add in ('all', 'admins')),
      add join_approval boolean not null default false,
      add history_for_newcomers boolean not null default true,
      add disappearing_seconds integer check (disappearing_seconds > 0),
      add member_count integer not null default 2,
      add blocked boolean not null default false,
      add history_from bigint not null default 0,
      add check ((kind = 'group') = (title is not null));
    comment on column conversations.blocked is 'Of a direct one: a person of the two has blocked the other, so nothing is sent.';
    comment on column conversations.history_from is 'Messages up to this seq were removed by retention.';
    comment on column conversations.search is 'Title of a group as it is searched.';

    alter table members
      add role text not null default 'member' check (role in ('owner', 'admin', 'member')),
      add added_by uuid,
      add shown_read_seq bigint not null default 0,
      add history_from bigint not null default 0,
      add version bigint not null default 0,
      add marks integer not null default 0,
      add muted_until timestamptz,
      add archived_seq bigint,
      add hidden_seq bigint,
      add pinned_at timestamptz,
      add marked_unread boolean not null default false,
      add custom_name text;
    update members set shown_read_seq = read_seq;
    alter table members add check (shown_read_seq <= read_seq);
    comment on column members.shown_read_seq is 'read_seq as others see it: it stands still while read receipts are off.';
    comment on column members.history_from is 'Sees messages with a larger seq only.';
    comment on column members.version is 'Grows with each change of what only this member sees: settings and marks.';
    comment on column members.marks is 'How many messages the member has hidden; where it is 0 nobody looks for them.';
    comment on column members.archived_seq is 'Last seq when it was archived: a later message brings it back, unless muted. No write per member.';
    comment on column members.hidden_seq is 'Last seq when it was deleted for this member: a later message brings it back.';
    create unique index members_owner on members (conversation_id) where role = 'owner' and left_at is null;
    create index members_admins on members (conversation_id, joined_at) where role <> 'member' and left_at is null;
  `,
};
