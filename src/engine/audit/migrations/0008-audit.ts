import type { Migration } from '../../ports/database.ts';

export const auditLog: Migration = {
  name: '0008-audit',
  sql: `
    create table audit_log (
      id uuid primary key,
      at timestamptz not null,
      actor_id uuid,
      action text not null,
      target_kind text not null,
      target_id uuid not null,
      details jsonb not null,
      ip text,
      door text
    );
    comment on table audit_log is 'Every privileged act. No foreign keys: an entry outlives what it tells of.';
    comment on column audit_log.actor_id is 'Null where the operator acted, on the machine itself.';
    create index audit_log_age on audit_log (at, id);
    create index audit_log_actor on audit_log (actor_id, at, id);
    create index audit_log_action on audit_log (action, at, id);
    create index audit_log_actor_action on audit_log ((actor_id::text || ' ' || action), at, id);
    create index audit_log_target on audit_log (target_id, at, id);

    create function refuse_audit_change() returns trigger language plpgsql as
      $$ begin raise exception 'Entries of the audit log are never changed.'; end $$;
    create trigger audit_log_append_only before update on audit_log
      for each row execute function refuse_audit_change();
  `,
};
