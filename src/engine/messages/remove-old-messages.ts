import {
  audienceOf,
  type ConversationKind,
  conversationFacts,
  lockConversation,
  retainFrom,
} from '../conversations/index.ts';
import type { Database } from '../ports/database.ts';
import { type Clock, hour, minute } from '../shared/clock.ts';
import { isWalkDue, leaveWalk, removeMessages, selectOldest, selectWalkPage, takeWalk } from './removal-store.ts';
import { forgetSearchBlocks } from './search-index.ts';

/** How long messages are kept, in milliseconds, by the kind of their conversation; null: for ever. */
export type Retention = Readonly<Record<ConversationKind, number | null>>;

/** Conversations that one step looks at. */
const pageSize = 200;
/** Messages that one transaction removes. */
const batchSize = 500;
/** Transactions of one step: what is left of a long history waits for the next step. */
const batchesPerStep = 20;
/** A step takes far less; a node that has died at it holds the walk up for so long. */
const lease = 5 * minute;
const restBetweenRounds = hour;

/**
 * One step of the walk over all conversations that removes what is older than it may be. One node is at it at a time; the
 * next step, on any node, goes on where the last has ended. A step that dies in between is done again.
 */
export const removeOldMessages =
  (deps: { database: Database; clock: Clock; retention: Retention }) =>
  async (stopping?: AbortSignal): Promise<void> => {
    const { database, clock, retention } = deps;
    const now = clock.now();
    if (!(await database.read((reader) => isWalkDue(reader, new Date(now))))) return;
    const start = await database.write((unit) => takeWalk(unit, new Date(now), new Date(now + lease)));
    if (start === undefined) return;
    const page = await database.read((reader) => selectWalkPage(reader, start, pageSize));
    let position = start;
    let left = batchesPerStep;
    let stopped = false;
    for (const { id, kind, since } of page) {
      const keep = retention[kind];
      const before = keep === null ? null : new Date(now - keep);
      if (before && since && since < before) {
        let more = true;
        for (; more && left > 0 && !stopping?.aborted; left -= 1) more = await removeBatch(database, id, before);
        stopped = more;
      }
      if (stopped) break;
      position = id;
    }
    const over = !stopped && page.length < pageSize;
    const notBefore = over ? now + restBetweenRounds : now;
    await database.write((unit) => leaveWalk(unit, over ? null : position, new Date(notBefore)));
  };

/**
 * Removes the first messages of a conversation that are older than `before`, up to the first that is not.
 *
 * @returns whether there may be more
 */
function removeBatch(database: Database, conversationId: string, before: Date): Promise<boolean> {
  return database.write(async (unit) => {
    const conversation = await lockConversation(unit, conversationId);
    if (!conversation) return false;
    const after = conversation.history_from;
    const first = await selectOldest(unit, conversationId, after, batchSize);
    const young = first.findIndex((message) => message.created_at >= before);
    const old = young < 0 ? first : first.slice(0, young);
    const upTo = old.at(-1)?.seq;
    if (upTo === undefined) return false;
    await removeMessages(unit, conversationId, after, upTo);
    await forgetSearchBlocks(
      unit,
      conversationId,
      old.map(({ seq }) => seq),
    );
    const row = await retainFrom(unit, conversationId, upTo);
    const audience = audienceOf(conversationId, row.direct_key);
    const data = { conversation: conversationFacts(row), changed: ['retainedFrom'], by: null } as const;
    unit.announce({ type: 'conversation.updated', audience, data });
    return old.length === batchSize;
  });
}
