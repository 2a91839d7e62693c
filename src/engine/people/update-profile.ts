import type { Database, UnitOfWork } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { identityTaken } from './create-person.ts';
import { personNotFound } from './get-person.ts';
import { usernameIdentity } from './identity.ts';
import {
  deleteIdentitiesOfKind,
  findIdentity,
  identitiesOf,
  insertIdentity,
  updateProfile as update,
} from './store.ts';
import { type OwnProfileView, ownProfileView, personView } from './views.ts';

/**
 * The new name is taken before the old one is given back. The other way round, two people who take each other's names
 * at once would wait for each other.
 */
async function replaceUsername(
  unit: UnitOfWork,
  clock: Clock,
  personId: string,
  username: string | null,
): Promise<void> {
  const wanted = username === null ? null : usernameIdentity(username);
  if (wanted) {
    const now = new Date(clock.now());
    const taken = !(await insertIdentity(unit, { ...wanted, personId, verifiedAt: now, createdAt: now }));
    if (taken && (await findIdentity(unit, wanted))?.person_id !== personId) throw identityTaken('username');
  }
  await deleteIdentitiesOfKind(unit, personId, 'username', wanted?.value);
}

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
      if (change.username !== undefined) await replaceUsername(unit, deps.clock, actor.personId, change.username);
      const person = personView(row);
      unit.announce({ type: 'person.updated', audience: { kind: 'watchers', id: row.id }, data: { person } });
      unit.announce({ type: 'person.updated', audience: { kind: 'people', ids: [row.id] }, data: { person } });
      return ownProfileView(row, await identitiesOf(unit, actor.personId));
    });
  };
