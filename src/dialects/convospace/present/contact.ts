import type { ContactView } from '../../../engine/people/index.ts';
import type { Showing } from './showing.ts';
import { isoTime } from './time.ts';
import { type Card, nameOf, presentUserCard } from './user.ts';

/** An entry of the owner's address book. Names the contact, its owner and its person. */
export function presentContact(contact: ContactView, ownerId: string, card: Card, show: Showing) {
  const { n } = show;
  const id = n.contact(contact.id);
  const addedAt = isoTime(contact.createdAt);
  return {
    id,
    contact_id: id,
    user_id: n.user(ownerId),
    contact_user_id: n.user(card.id),
    contact_name: contact.name ?? nameOf(card, show),
    is_blocked: contact.blocked,
    is_favorite: contact.favourite,
    added_at: addedAt,
    created_at: addedAt,
    updated_at: contact.changedAt === contact.createdAt ? addedAt : isoTime(contact.changedAt),
    contact: presentUserCard(card, show),
  };
}
