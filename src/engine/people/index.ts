import './events.ts';
import type { Database, Migration } from '../ports/database.ts';
import type { Limiter } from '../ports/limiter.ts';
import type { Clock } from '../shared/clock.ts';
import { getOwnProfile, getPeople, getPerson } from './get-person.ts';
import { people } from './migrations/0001-people.ts';
import { relations } from './migrations/0005-relations.ts';
import { doorPeople } from './migrations/0023-door-people.ts';
import { newestPeople } from './migrations/0032-newest-people.ts';
import { getPrivacy, updatePrivacy } from './privacy.ts';
import { searchPeople } from './search-people.ts';
import { updateProfile } from './update-profile.ts';

export { type AddressBookChange, changeAddressBooks } from './change-address-books.ts';
export { claimIdentity } from './claim-identity.ts';
export {
  type ContactRow,
  type ContactView,
  contactColumns,
  contactSearch,
  contactsByIds,
  contactView,
} from './contact-view.ts';
export { createPerson, identityTaken, type NewPerson } from './create-person.ts';
export { type DirectoryEntry, type DirectoryPage, listDirectory, maxDirectory } from './directory-store.ts';
export { detachContacts, eraseRelations } from './erase-relations.ts';
export { findByNumber, findByPhone, phoneLookups } from './find-by-phone.ts';
export { maxPeople, personNotFound, publicFacesOf, visiblePeopleOf } from './get-person.ts';
export { type AddingVerdict, judgeAdding, type NotAddedReason } from './group-privacy.ts';
export {
  anyUsername,
  doorPhoneIdentity,
  emailIdentity,
  type Identity,
  type IdentityKind,
  isEmail,
  keyPhoneIdentity,
  loginIdentity,
  type PhoneIdentity,
  phoneIdentity,
  phoneOf,
  type UsernameLength,
  usernameIdentity,
} from './identity.ts';
export { linkContacts, lockNewPhone, lockPhone } from './link-contacts.ts';
export { peopleData } from './my-data.ts';
export type { PrivacyChange, PrivacyView } from './privacy.ts';
export { type ProfileCard, profileCards } from './profile-cards.ts';
export { acquaintances, isBlockBetween, type PrivacyLevel } from './relations.ts';
export type { SearchResult } from './search-people.ts';
export {
  type Availability,
  availabilities,
  type CustomStatus,
  customStatusOf,
  type StatusColumns,
} from './status.ts';
export {
  anyAdmin,
  clearSuspension,
  erasePerson,
  findIdentity,
  findPerson,
  identitiesOf,
  lockPeople,
  lockPerson,
  type MovedRow,
  markVerified,
  type PersonRow,
  type SeenRow,
  setLastSeen,
  setStatus,
  setSuspension,
} from './store.ts';
export { accountSuspended, isSuspended, type SuspensionColumns } from './suspension.ts';
export { maxPhotoUrl, type NewNames, type ProfileChange, rename } from './update-profile.ts';
export {
  type OwnProfileView,
  ownProfileView,
  type PersonView,
  type PublicFace,
  personView,
  publicPersonView,
} from './views.ts';
export { type ViewerOf, visibleAmong, visiblePresence } from './visible-presence.ts';
export {
  blockBetween,
  isBlocked,
  type PrivacyColumn,
  privacyAllows,
  publicFace,
  type VisiblePerson,
  visiblePerson,
  visibleProfile,
} from './visible-profile.ts';

export const peopleMigrations: readonly Migration[] = [people, relations, doorPeople, newestPeople];

/** People: who they are, and what others may see of them. */
export function createPeople(deps: { database: Database; clock: Clock; limiter: Limiter }) {
  return {
    get: getPerson(deps),
    getMany: getPeople(deps),
    getOwnProfile: getOwnProfile(deps),
    search: searchPeople(deps),
    updateProfile: updateProfile(deps),
    getPrivacy: getPrivacy(deps),
    updatePrivacy: updatePrivacy(deps),
  };
}

export type People = ReturnType<typeof createPeople>;
