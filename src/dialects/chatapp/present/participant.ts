import type { PersonView } from '../../../engine/people/index.ts';
import type { ProfileView } from '../../../engine/presence/index.ts';
import type { ShowPerson } from './chat.ts';
import { presentUser } from './user.ts';

/** Somebody as all see them alike: what goes to many at once tells nobody's presence and number. */
export const presentFace = (person: PersonView, base: string) =>
  presentUser({ person, phone: null, presence: null, photoAt: null, hidden: { about: false, photo: false } }, base);

/** Shows people whose profiles were read, with their presence where the viewer may see it. */
export function showProfiles(profiles: readonly ProfileView[], base: string): ShowPerson {
  const byId = new Map(profiles.map((profile) => [profile.person.id, presentUser(profile, base)]));
  return (person) => byId.get(person.id) ?? presentFace(person, base);
}
