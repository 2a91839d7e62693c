import { peersAmong } from '../conversations/index.ts';
import { visiblePresence } from '../people/index.ts';
import type { Reader } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { isId } from '../shared/ids.ts';
import { type PresenceView, presenceView } from './presence-view.ts';
import type { PresenceDeps } from './track-presence.ts';

/** How many people one request may ask about. */
export const maxPresencePeople = 500;

/** What the actor may see of the presence of people who exist; the registry is asked by the caller. */
export async function readPresence(reader: Reader, actor: Pick<Actor, 'personId'>, asked: readonly string[]) {
  const others = asked.filter((id) => id !== actor.personId);
  const peers = await peersAmong(reader, actor.personId, others);
  return visiblePresence(reader, actor.personId, asked, new Set(peers));
}

/**
 * The presence of people with whom the actor shares a conversation or who are in the actor's address book, and of the
 * actor. Left out without a word are others, those whose privacy does not allow the actor, and where one has blocked the
 * other: their presence is not the actor's to see.
 */
export const getPresence =
  (deps: PresenceDeps) =>
  async (actor: Actor, personIds: readonly string[]): Promise<PresenceView[]> => {
    const asked = [...new Set(personIds.filter(isId))];
    const rows = await deps.database.read((reader) => readPresence(reader, actor, asked));
    const connected = await deps.registry.online(rows.map(({ id }) => id));
    return rows.map((row) => presenceView(row, connected.has(row.id), deps.clock.now()));
  };
