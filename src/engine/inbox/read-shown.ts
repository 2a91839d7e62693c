import { assertMember } from '../conversations/index.ts';
import {
  findMessage,
  findMessagesBySeq,
  findPlace,
  goneSince,
  type MessageRow,
  messageNotFound,
  selectShown,
} from '../messages/index.ts';
import type { Database, Reader } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import { type ShownMessage, showMessages } from './shown-messages.ts';

type Deps = { readonly database: Database; readonly clock: Clock };

/** How far into a conversation pages lead; who wants to see more names the message before which to go on. */
export const maxShownOffset = 100_000;

/** Which of the messages of a conversation are shown. */
export interface ShownQuery {
  /** So many are passed over: at most {@link maxShownOffset}, beyond it there is nothing. */
  readonly offset?: number | undefined;
  /** Those before this message. */
  readonly before?: string | undefined;
  /** By `seq`: the newest first, if not told otherwise. */
  readonly order?: 'asc' | 'desc' | undefined;
  readonly limit: number;
}

export interface ShownPage {
  readonly messages: readonly ShownMessage[];
  /** There are others behind these. */
  readonly more: boolean;
}

/**
 * A page of what the actor is shown of a conversation: without what was deleted, hidden or has vanished, and without what
 * the server wrote. For doors whose clients count pages; others read `messages.list`, which leaves no gaps.
 *
 * @throws EngineError `conversation_not_found`, `message_not_found` (of `before`)
 */
export const listShown =
  (deps: Deps) =>
  async (actor: Actor, conversationId: string, query: ShownQuery): Promise<ShownPage> =>
    deps.database.read(async (reader) => {
      const { history_from: historyFrom } = await assertMember(reader, actor, conversationId);
      const { offset = 0, order = 'desc', limit } = query;
      const before = await beforeOf(reader, conversationId, query.before);
      if (offset > maxShownOffset) return { messages: [], more: false };
      const viewing = { conversationId, personId: actor.personId, historyFrom };
      const now = new Date(deps.clock.now());
      // Those next to the message that is named, in whatever order they are wanted.
      const nearest = query.before !== undefined;
      const direction = nearest ? 'desc' : order;
      const rows = await selectShown(reader, viewing, { before, order: direction, offset, limit: limit + 1 }, now);
      const floors = new Map([[conversationId, historyFrom]]);
      const page = rows.slice(0, limit);
      if (direction !== order) page.reverse();
      const messages = await showMessages(reader, actor.personId, page, floors, now);
      return { messages, more: rows.length > limit };
    });

/** It need not be shown any more: a client may go on before one that was deleted. */
async function beforeOf(reader: Reader, conversationId: string, messageId: string | undefined): Promise<number> {
  if (messageId === undefined) return Number.MAX_SAFE_INTEGER;
  const place = isId(messageId) ? await findPlace(reader, messageId) : undefined;
  if (place?.conversation_id !== conversationId) throw messageNotFound('/before');
  return place.seq;
}

/**
 * One message as the actor is shown it, by its id alone.
 *
 * @throws EngineError `message_not_found`, also where it is not shown to the actor; `conversation_not_found` where the actor
 *   is not in its conversation
 */
export const getShown =
  (deps: Deps) =>
  async (actor: Pick<Actor, 'personId'>, messageId: string): Promise<ShownMessage> =>
    deps.database.read(async (reader) => {
      const place = isId(messageId) ? await findPlace(reader, messageId) : undefined;
      if (!place) throw messageNotFound();
      const conversationId = place.conversation_id;
      const { history_from: historyFrom } = await assertMember(reader, actor, conversationId);
      const row = await findMessage(reader, { conversationId, personId: actor.personId, historyFrom }, messageId);
      const now = new Date(deps.clock.now());
      if (!row || !isShownTo(row, now)) throw messageNotFound();
      const [shown] = await showMessages(reader, actor.personId, [row], new Map([[conversationId, historyFrom]]), now);
      return shown as ShownMessage;
    });

/** The most messages that are shown by their places at once. */
export const maxShownPlaces = 100;

/**
 * Messages that the actor has found, in the order of their places, each in a conversation of theirs. What is not shown to
 * them is left out.
 *
 * @throws EngineError `conversation_not_found`, `invalid_request`
 */
export const showPlaces =
  (deps: Deps) =>
  async (
    { personId }: Actor,
    places: readonly { readonly conversationId: string; readonly seq: number }[],
  ): Promise<ShownMessage[]> => {
    if (places.length > maxShownPlaces) {
      throw new EngineError('invalid_request', `Name at most ${maxShownPlaces} messages.`);
    }
    return deps.database.read(async (reader) => {
      const floors = new Map<string, number>();
      for (const id of new Set(places.map(({ conversationId }) => conversationId))) {
        floors.set(id, (await assertMember(reader, { personId }, id)).history_from);
      }
      const wanted = places.map((place) => ({ ...place, viewerId: personId }));
      const rows = await findMessagesBySeq(reader, wanted);
      const now = new Date(deps.clock.now());
      const keyOf = (conversationId: string, seq: number) => `${conversationId}:${seq}`;
      const byPlace = new Map(rows.map((row) => [keyOf(row.conversation_id, row.seq), row]));
      const seen = places.flatMap(({ conversationId, seq }) => {
        const row = byPlace.get(keyOf(conversationId, seq));
        return row && seq > (floors.get(conversationId) ?? 0) && isShownTo(row, now) ? [row] : [];
      });
      return showMessages(reader, personId, seen, floors, now);
    });
  };

const isShownTo = (row: MessageRow, now: Date): boolean =>
  row.kind !== 'system' && !row.hidden && goneSince(row, now) === null;
