import type { ContactView } from '../../../engine/people/index.ts';
import type { ProfileView } from '../../../engine/presence/index.ts';
import { presentUser } from './user.ts';

/** A contact of one's own, whose person is known. */
export function presentContact(contact: ContactView, profile: ProfileView, base: string) {
  const user = presentUser(profile, base);
  return {
    userId: user,
    displayName: contact.name ?? user.displayName,
    addedAt: contact.createdAt,
    isBlocked: profile.blocked,
    isFavorite: contact.favourite,
    isCloseFriend: contact.closeFriend,
  };
}
