import { audit } from '../audit/index.ts';
import { clearSuspension, lockPerson, personNotFound } from '../people/index.ts';
import type { Origin } from '../shared/actor.ts';
import { isId } from '../shared/ids.ts';
import type { Admin } from '../shared/policy.ts';
import type { ModerationDeps } from './deps.ts';

/**
 * Ends the suspension of an account; of one that is not suspended it changes nothing. The person signs in again.
 *
 * @throws EngineError `person_not_found`
 */
export const restorePerson =
  (deps: ModerationDeps) =>
  async (admin: Admin, personId: string, origin: Origin): Promise<void> => {
    if (!isId(personId)) throw personNotFound();
    await deps.database.write(async (unit) => {
      if (!(await lockPerson(unit, personId, 'alone'))) throw personNotFound();
      if (!(await clearSuspension(unit, personId))) return;
      const target = { kind: 'person', id: personId } as const;
      await audit(unit, deps.clock, { by: { admin, origin }, action: 'account.restored', target });
    });
  };
