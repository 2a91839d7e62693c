import { erasePerson, findPerson, type PhoneIdentity, publicPersonView } from '../people/index.ts';
import type { UnitOfWork } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { EngineError } from '../shared/errors.ts';
import { checkCode } from './check-code.ts';
import type { AuthDeps } from './deps.ts';
import { limits } from './limits.ts';
import { endSessions } from './revoke-session.ts';
import { deletePassword, forgetSignIns } from './store.ts';

/** What another feature does when an account is deleted. */
export interface Erasure {
  /** In the transaction that deletes the account: what is bounded, or what makes sure that the rest is done. */
  within(unit: UnitOfWork, personId: string): Promise<void>;
  /** Once it is deleted. It must be finished by somebody else where it fails or is never called. */
  after?(personId: string): Promise<void>;
}

/**
 * Deletes the actor's account: profile, identities, password, sessions and sign-ins, and what other features hold for
 * the person alone. Messages that others received stay theirs, under a person without a name.
 *
 * @param proof a code that was sent to a phone of the actor's, where the door asks for one
 * @throws EngineError what {@link checkCode} refuses, `rate_limited`
 */
export const deleteAccount =
  (deps: AuthDeps & { erasures: readonly Erasure[] }) =>
  async (actor: Actor, proof: { phone: PhoneIdentity; code: string } | null = null): Promise<void> => {
    const { personId } = actor;
    if (proof) await deps.limiter.consume(limits.verifyPerPhone, proof.phone.value);
    const erased = await deps.database.write(async (unit) => {
      const refused = proof && (await checkCode(unit, deps, proof.phone.value, proof.code));
      if (refused) return refused;
      const at = new Date(deps.clock.now());
      if (!(await erasePerson(unit, personId, at))) return false;
      await deletePassword(unit, personId);
      await endSessions(unit, personId, at, 'account_deleted');
      await forgetSignIns(unit, personId);
      for (const { within } of deps.erasures) await within(unit, personId);
      const row = await findPerson(unit, personId);
      if (!row) return true;
      const audience = { kind: 'watchers', id: row.id } as const;
      unit.announce({ type: 'person.updated', audience, data: { person: publicPersonView(row) } });
      return true;
    });
    if (erased instanceof EngineError) throw erased;
    if (!erased) return;
    // The account is deleted, whatever becomes of this; who wakes next goes on with it.
    for (const { after } of deps.erasures) await after?.(personId).catch(() => {});
  };
