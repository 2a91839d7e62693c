import type { UnitOfWork } from '../ports/database.ts';
import type { Origin } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { newId } from '../shared/ids.ts';
import type { Admin } from '../shared/policy.ts';
import type { AuditAction, AuditTarget } from './actions.ts';
import { insertEntry } from './store.ts';

/** A privileged act. */
export interface PrivilegedAct {
  /** Who did it and from where; null for the operator of the machine. */
  readonly by: { readonly admin: Admin; readonly origin: Origin } | null;
  readonly action: AuditAction;
  readonly target: { readonly kind: AuditTarget; readonly id: string };
  /** What else is worth knowing later, as plain JSON. */
  readonly details?: Record<string, unknown>;
}

/** Writes an entry of the audit log in the caller's unit of work: the act and its entry are stored together or not at all. */
export async function audit(unit: UnitOfWork, clock: Clock, act: PrivilegedAct): Promise<void> {
  await insertEntry(unit, {
    id: newId(clock),
    at: new Date(clock.now()),
    actor_id: act.by?.admin.personId ?? null,
    action: act.action,
    target_kind: act.target.kind,
    target_id: act.target.id,
    details: act.details ?? {},
    ip: act.by?.origin.ip ?? null,
    door: act.by?.origin.door ?? null,
  });
}
