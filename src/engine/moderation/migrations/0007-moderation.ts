import type { Migration } from '../../ports/database.ts';

export const moderation: Migration = {
  name: '0007-moderation',
  sql: `
    alter table people
      add suspended_until timestamptz,
      add suspension_reason text,
      add check (suspended_at is not null or (suspended_until is null and suspension_reason is null));
    comment on column people.suspended_until is 'From then on the account works again; null: until it is restored.';

    create table reports (
      id uuid primary key,
      reporter_id uuid not null references people,
      person_id uuid not null references people,
      conversation_id uuid,
      message_id uuid,
      reason text not null check (reason in ('spam', 'harassment', 'violence', 'nudity', 'impersonation', 'illegal', 'other')),
      note text,
      snapshot jsonb,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      status text not null check (status in ('open', 'resolved', 'dismissed')),
      outcome text check (outcome in ('dismissed', 'warned', 'message_deleted', 'suspended', 'other')),
      resolution_note text,
      resolved_by uuid references people,
      resolved_at timestamptz,
      check ((message_id is null) = (conversation_id is null)),
      check ((message_id is null) = (snapshot is null)),
      check ((status = 'open') = (resolved_at is null)),
      check ((outcome is null) = (resolved_at is null)),
      check ((resolved_by is null) = (resolved_at is null)),
      check ((status = 'dismissed') = (outcome is not null and outcome = 'dismissed'))
    );
    comment on column reports.person_id is 'Who is reported; of a message, its sender.';
    comment on column reports.snapshot is 'The message as the reporter saw it, so that deleting it hides nothing from moderators.';
    create unique index reports_open on reports (reporter_id, coalesce(message_id, person_id)) where status = 'open';
    create index reports_queue on reports (status, created_at, id);
    create index reports_about on reports (person_id, id) where status = 'open';
    create index reports_closed on reports (resolved_at) where resolved_at is not null;
  `,
};
