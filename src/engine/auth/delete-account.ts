import { erasePerson, findPerson, personView } from '../people/index.ts';
import type { Actor } from '../shared/actor.ts';
import type { AuthDeps } from './deps.ts';
import { announceRevoked } from './revoke-session.ts';
import { deletePassword, revokeSessions } from './store.ts';

/**
 * Deletes the actor's account: profile, identities, password and sessions. Messages that others received stay theirs,
 * under a person without a name.
 */
export const deleteAccount =
  (deps: AuthDeps) =>
  async (actor: Actor): Promise<void> => {
    await deps.database.write(async (unit) => {
      const at = new Date(deps.clock.now());
      if (!(await erasePerson(unit, actor.personId, at))) return;
      await deletePassword(unit, actor.personId);
      const ids = await revokeSessions(unit, { personId: actor.personId }, at, 'account_deleted');
      announceRevoked(unit, actor.personId, ids, 'account_deleted');
      const row = await findPerson(unit, actor.personId);
      if (!row) return;
      const audience = { kind: 'watchers', id: row.id } as const;
      unit.announce({ type: 'person.updated', audience, data: { person: personView(row) } });
    });
  };
