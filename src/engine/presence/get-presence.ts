import { peersAmong } from '../conversations/index.ts';
import { lastSeenOf } from '../people/index.ts';
import type { Actor } from '../shared/actor.ts';
import { isId } from '../shared/ids.ts';
import type { PresenceDeps, PresenceView } from './track-presence.ts';

/** How many people one request may ask about. */
export const maxPresencePeople = 500;

/**
 * The presence of people with whom the actor shares a conversation, and of the actor. Others are left out without a word: their
 * presence is not the actor's to see.
 */
export const getPresence =
  (deps: PresenceDeps) =>
  async (actor: Actor, personIds: readonly string[]): Promise<PresenceView[]> => {
    const asked = [...new Set(personIds.filter(isId))];
    const lastSeen = await deps.database.read(async (reader) => {
      const others = await peersAmong(
        reader,
        actor.personId,
        asked.filter((id) => id !== actor.personId),
      );
      return lastSeenOf(reader, asked.includes(actor.personId) ? [...others, actor.personId] : others);
    });
    const online = await deps.registry.online([...lastSeen.keys()]);
    return [...lastSeen].map(([personId, lastSeenAt]) => ({ personId, online: online.has(personId), lastSeenAt }));
  };
