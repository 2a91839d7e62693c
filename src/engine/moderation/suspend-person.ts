import { audit, type PrivilegedAct } from '../audit/index.ts';
import { endSessions } from '../auth/index.ts';
import { findPerson, lockPerson, personNotFound, setSuspension } from '../people/index.ts';
import type { UnitOfWork } from '../ports/database.ts';
import type { Origin } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import type { Admin } from '../shared/policy.ts';
import type { ModerationDeps } from './deps.ts';
import { assertMaySuspend } from './policy.ts';
import type { SuspensionView } from './views.ts';

/** @throws EngineError `invalid_request` where the end of a suspension is not in the future */
export function assertUntil(until: Date | undefined, now: number): void {
  // Not <=: an invalid date is not after anything either.
  if (until === undefined || until.getTime() > now) return;
  throw new EngineError('invalid_request', 'A suspension ends in the future. Leave until out for one without an end.', {
    path: '/until',
  });
}

/**
 * Suspends an account in the caller's unit of work and ends its sessions. A sign-in that is under way has either opened
 * its session, which is ended here, or waits for the lock and is refused.
 */
export async function suspend(
  unit: UnitOfWork,
  clock: Clock,
  by: NonNullable<PrivilegedAct['by']>,
  what: { personId: string; reason: string; until?: Date | undefined; reportId?: string },
): Promise<SuspensionView> {
  const { personId, reason, reportId } = what;
  const locked = await lockPerson(unit, personId, 'alone');
  const person = locked ? await findPerson(unit, personId) : undefined;
  if (!person) throw personNotFound();
  assertMaySuspend(by.admin, person);
  const at = new Date(clock.now());
  const until = what.until ?? null;
  await setSuspension(unit, personId, { at, until, reason });
  await endSessions(unit, personId, at, 'suspended');
  const details = { reason, until, ...(reportId !== undefined && { reportId }) };
  await audit(unit, clock, { by, action: 'account.suspended', target: { kind: 'person', id: personId }, details });
  return { reason, at, until };
}

/**
 * Suspends an account, or changes its suspension: its sessions end at once, and nobody signs in to it or finds it until
 * then. What it has sent stays.
 *
 * @throws EngineError `person_not_found`, `invalid_request`, and `forbidden` where it is an admin's
 */
export const suspendPerson =
  (deps: ModerationDeps) =>
  async (
    admin: Admin,
    personId: string,
    input: { reason: string; until?: Date | undefined },
    origin: Origin,
  ): Promise<SuspensionView> => {
    const reason = input.reason.trim();
    if (reason === '') throw new EngineError('invalid_request', 'Give a reason for other admins.', { path: '/reason' });
    assertUntil(input.until, deps.clock.now());
    if (!isId(personId)) throw personNotFound();
    return deps.database.write((unit) =>
      suspend(unit, deps.clock, { admin, origin }, { personId, reason, until: input.until }),
    );
  };
