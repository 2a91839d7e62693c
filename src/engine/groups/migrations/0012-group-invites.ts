import type { Migration } from '../../ports/database.ts';

export const groupInvites: Migration = {
  name: '0012-group-invites',
  sql: `
    alter table members add removed_by uuid;
    comment on column members.removed_by is 'Who removed a former member, who then comes back only where an admin adds them.';
    create index members_present on members (conversation_id, joined_at, person_id) where left_at is null;

    create table group_invites (
      conversation_id uuid primary key references conversations,
      code text not null unique,
      created_by uuid not null,
      created_at timestamptz not null,
      expires_at timestamptz,
      max_uses integer check (max_uses > 0),
      uses integer not null default 0
    );
    comment on table group_invites is 'The invite link of a group; it has one at most. Changed only under the lock of the conversation.';
    comment on column group_invites.code is '128 random bits. As it is, because admins see it again.';
    comment on column group_invites.uses is 'How many have come in by it, those whom an admin let in too.';

    create table join_requests (
      conversation_id uuid not null references conversations,
      person_id uuid not null references people,
      code text not null,
      requested_at timestamptz not null,
      primary key (conversation_id, person_id)
    );
    comment on table join_requests is 'People who came by a link and wait for an admin. Answered or withdrawn, the row goes.';
    comment on column join_requests.code is 'The link by which they came.';
    create index join_requests_oldest on join_requests (conversation_id, requested_at, person_id);
    create index join_requests_person on join_requests (person_id, code);
  `,
};
