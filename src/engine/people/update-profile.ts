import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { identityTaken } from './create-person.ts';
import { personNotFound } from './get-person.ts';
import { usernameIdentity } from './identity.ts';
import { deleteIdentitiesOfKind, identitiesOf, insertIdentity, updateProfile as update } from './store.ts';
import { type OwnProfileView, ownProfileView, personView } from './views.ts';

export interface ProfileChange {
  readonly name?: string | undefined;
  /** null removes it. */
  readonly username?: string | null | undefined;
  readonly about?: string | undefined;
}

/**
 * Changes the actor's own profile.
 *
 * @throws EngineError `identity_taken` where the username is another's
 */
export const updateProfile =
  (deps: { database: Database; clock: Clock }) =>
  async (actor: Actor, change: ProfileChange): Promise<OwnProfileView> => {
    const name = change.name?.trim();
    if (name === '') throw new EngineError('invalid_request', 'A name cannot be empty.', { path: '/name' });
    return deps.database.write(async (unit) => {
      const row = await update(unit, actor.personId, {
        ...(name !== undefined && { name }),
        ...(change.username !== undefined && { username: change.username }),
        ...(change.about !== undefined && { about: change.about }),
      });
      if (!row) throw personNotFound();
      if (change.username !== undefined) {
        await deleteIdentitiesOfKind(unit, actor.personId, 'username');
        if (change.username !== null) {
          const now = new Date(deps.clock.now());
          const identity = {
            ...usernameIdentity(change.username),
            personId: actor.personId,
            verifiedAt: now,
            createdAt: now,
          };
          if (!(await insertIdentity(unit, identity))) throw identityTaken('username');
        }
      }
      const person = personView(row);
      unit.announce({ type: 'person.updated', audience: { kind: 'watchers', id: row.id }, data: { person } });
      unit.announce({ type: 'person.updated', audience: { kind: 'people', ids: [row.id] }, data: { person } });
      return ownProfileView(row, await identitiesOf(unit, actor.personId));
    });
  };
