import './events.ts';
import type { Database, Migration } from '../ports/database.ts';
import type { Clock } from '../shared/clock.ts';
import { getOwnProfile, getPerson } from './get-person.ts';
import { people } from './migrations/0001-people.ts';
import { searchPeople } from './search-people.ts';
import { updateProfile } from './update-profile.ts';

export { createPerson, identityTaken, type NewPerson } from './create-person.ts';
export { personNotFound } from './get-person.ts';
export {
  emailIdentity,
  type Identity,
  type IdentityKind,
  isEmail,
  loginIdentity,
  phoneIdentity,
  usernameIdentity,
} from './identity.ts';
export {
  anyAdmin,
  erasePerson,
  findIdentity,
  findPerson,
  identitiesOf,
  insertIdentity,
  lastSeenOf,
  lockPerson,
  markVerified,
  type PersonRow,
  setLastSeen,
} from './store.ts';
export type { ProfileChange } from './update-profile.ts';
export { type OwnProfileView, type PersonView, personView } from './views.ts';

export const peopleMigrations: readonly Migration[] = [people];

/** People: who they are, and what others may see of them. */
export function createPeople(deps: { database: Database; clock: Clock }) {
  return {
    get: getPerson(deps),
    getOwnProfile: getOwnProfile(deps),
    search: searchPeople(deps),
    updateProfile: updateProfile(deps),
  };
}

export type People = ReturnType<typeof createPeople>;
