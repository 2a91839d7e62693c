import { type PersonView, type ProfileCard, personView, phoneOf, profileCards } from '../people/index.ts';
import type { Actor } from '../shared/actor.ts';
import { isId } from '../shared/ids.ts';
import { readPresence } from './get-presence.ts';
import { presenceOf } from './presence-of.ts';
import type { PresenceView } from './presence-view.ts';
import type { PresenceDeps } from './track-presence.ts';

/** All that one person sees of another, for doors that show it together. */
export interface ProfileView {
  readonly person: PersonView;
  readonly createdAt: Date;
  /** When the photo was brought here; null where it is elsewhere. */
  readonly photoAt: Date | null;
  /** What there is, and may not be seen. */
  readonly hidden: { readonly about: boolean; readonly photo: boolean };
  readonly isContact: boolean;
  /** Whether the actor has blocked them, and they the actor. The latter is nobody's to be told. */
  readonly blocked: boolean;
  readonly blocksMe: boolean;
  /** In E.164: of contacts who let themselves be found by number, and of who has no name to be known by. */
  readonly phone: string | null;
  /** null where it may not be seen. */
  readonly presence: PresenceView | null;
}

/**
 * Several people as a viewer sees them, in the order asked, whatever the number in three statements. Whoever is not there
 * is left out.
 */
export const getProfiles =
  (deps: PresenceDeps) =>
  async (viewer: Pick<Actor, 'personId'>, personIds: readonly string[]): Promise<ProfileView[]> => {
    const asked = [...new Set(personIds.filter(isId))];
    if (asked.length === 0) return [];
    const [cards, seen] = await deps.database.read(
      async (reader) =>
        [await profileCards(reader, viewer.personId, asked), await readPresence(reader, viewer, asked)] as const,
    );
    const presence = await presenceOf(deps)(seen);
    const byId = new Map(cards.map((card) => [card.id, profileView(card, presence.get(card.id) ?? null)]));
    return asked.flatMap((id) => byId.get(id) ?? []);
  };

function profileView(card: ProfileCard, presence: PresenceView | null): ProfileView {
  return {
    person: personView(card),
    createdAt: card.created_at,
    photoAt: card.photo_at,
    hidden: { about: card.about_hidden, photo: card.photo_hidden },
    isContact: card.is_contact,
    blocked: card.blocked,
    blocksMe: card.blocks_me,
    phone: card.phone && phoneOf(card.phone),
    presence,
  };
}
