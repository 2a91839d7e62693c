import { choosePhoto, type PhotoChoice } from '../media/index.ts';
import type { Database, UnitOfWork } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { announceProfile } from './announce-profile.ts';
import { identityTaken } from './create-person.ts';
import { personNotFound } from './get-person.ts';
import { type Identity, type UsernameLength, usernameIdentity } from './identity.ts';
import {
  deleteIdentitiesOfKind,
  findIdentity,
  identitiesOf,
  insertIdentity,
  lockPerson,
  type PersonRow,
  updatePerson,
} from './store.ts';
import { type OwnProfileView, ownProfileView } from './views.ts';

/**
 * The new name is taken before the old one is given back. The other way round, two people who take each other's names
 * at once would wait for each other.
 */
async function replaceUsername(
  unit: UnitOfWork,
  clock: Clock,
  personId: string,
  wanted: Identity | null,
): Promise<void> {
  if (wanted) {
    const now = new Date(clock.now());
    const taken = !(await insertIdentity(unit, { ...wanted, personId, verifiedAt: now, createdAt: now }));
    if (taken && (await findIdentity(unit, wanted))?.person_id !== personId) throw identityTaken('username');
  }
  await deleteIdentitiesOfKind(unit, personId, 'username', wanted?.value);
}

/** What a person wants to be called. */
export interface NewNames {
  readonly name?: string | undefined;
  /** As it is written, in the form that {@link usernameIdentity} takes. */
  readonly username?: { readonly text: string; readonly identity: Identity } | undefined;
}

/**
 * Changes the names of a person whom the caller's unit of work has locked `alone`, and tells who sees them.
 *
 * @throws EngineError `identity_taken`
 */
export async function rename(
  unit: UnitOfWork,
  clock: Clock,
  personId: string,
  { name, username }: NewNames,
): Promise<PersonRow> {
  const updated = await updatePerson(unit, personId, {
    ...(name !== undefined && { name }),
    ...(username && { username: username.text }),
  });
  if (!updated) throw personNotFound();
  if (username) await replaceUsername(unit, clock, personId, username.identity);
  announceProfile(unit, updated.after);
  return updated.after;
}

/** `photoUrl` is http or https, of at most {@link maxPhotoUrl} characters. */
export interface ProfileChange extends PhotoChoice {
  readonly name?: string | undefined;
  /** null removes it. */
  readonly username?: string | null | undefined;
  /** Of the username; the native door's where it is left out. */
  readonly usernameLength?: UsernameLength | undefined;
  readonly about?: string | undefined;
}

export const maxPhotoUrl = 500;

/** In its normal form, with everything escaped that could mean something else where the address is shown. */
function photoAddress(text: string): string {
  const url = /^https?:\/\//i.test(text) ? URL.parse(text) : null;
  if (!url || url.href.length > maxPhotoUrl) {
    const message = `A photo is the address of a picture, http or https, of at most ${maxPhotoUrl} characters.`;
    throw new EngineError('invalid_request', message, { path: '/photoUrl' });
  }
  return url.href;
}

/**
 * Changes the actor's own profile.
 *
 * @throws EngineError `invalid_request`, `identity_taken` where the username is another's, `media_not_found`,
 *   `media_not_ready`, `media_refused`
 */
export const updateProfile =
  (deps: { database: Database; clock: Clock }) =>
  async (actor: Actor, change: ProfileChange): Promise<OwnProfileView> => {
    const name = change.name?.trim();
    if (name === '') throw new EngineError('invalid_request', 'A name cannot be empty.', { path: '/name' });
    const photoUrl = typeof change.photoUrl === 'string' ? photoAddress(change.photoUrl) : change.photoUrl;
    const username =
      typeof change.username === 'string' ? usernameIdentity(change.username, change.usernameLength) : change.username;
    return deps.database.write(async (unit) => {
      if (!(await lockPerson(unit, actor.personId, 'alone'))) throw personNotFound();
      const updated = await updatePerson(unit, actor.personId, {
        ...(name !== undefined && { name }),
        ...(change.username !== undefined && { username: change.username }),
        ...(change.about !== undefined && { about: change.about }),
        ...(await choosePhoto(unit, deps.clock, actor.personId, { photoUrl, photoMediaId: change.photoMediaId })),
      });
      if (!updated) throw personNotFound();
      if (username !== undefined) await replaceUsername(unit, deps.clock, actor.personId, username);
      announceProfile(unit, updated.after);
      return ownProfileView(updated.after, await identitiesOf(unit, actor.personId), deps.clock.now());
    });
  };
