import { peersAmong } from '../conversations/index.ts';
import { visibleLastSeen } from '../people/index.ts';
import type { Actor } from '../shared/actor.ts';
import { isId } from '../shared/ids.ts';
import type { PresenceDeps, PresenceView } from './track-presence.ts';

/** How many people one request may ask about. */
export const maxPresencePeople = 500;

/**
 * The presence of people with whom the actor shares a conversation or who are in the actor's address book, and of the
 * actor. Left out without a word are others, those whose privacy does not allow the actor, and where one has blocked the
 * other: their presence is not the actor's to see.
 */
export const getPresence =
  (deps: PresenceDeps) =>
  async (actor: Actor, personIds: readonly string[]): Promise<PresenceView[]> => {
    const asked = [...new Set(personIds.filter(isId))];
    const lastSeen = await deps.database.read(async (reader) => {
      const others = asked.filter((id) => id !== actor.personId);
      const peers = await peersAmong(reader, actor.personId, others);
      return visibleLastSeen(reader, actor.personId, asked, new Set(peers));
    });
    const online = await deps.registry.online([...lastSeen.keys()]);
    return [...lastSeen].map(([personId, lastSeenAt]) => ({ personId, online: online.has(personId), lastSeenAt }));
  };
