import { audienceOf, nextRev, tryLockConversation } from '../conversations/index.ts';
import type { Database } from '../ports/database.ts';
import type { Clock } from '../shared/clock.ts';
import { selectAsAll, selectExpired, selectStillExpired } from './removal-store.ts';
import { bury } from './store-changes.ts';
import { messageView } from './views.ts';

/** The most messages that one look-up brings; about the most that one transaction empties. */
const batchSize = 500;

/**
 * Empties the messages whose time is up, as if they were deleted for everybody. Before it comes to one, `messageView`
 * shows it as gone already.
 *
 * Run it on any node, now and then: a conversation that another node is at is left to it.
 */
export const expireMessages =
  (deps: { database: Database; clock: Clock }) =>
  async (stopping?: AbortSignal): Promise<void> => {
    for (;;) {
      const now = new Date(deps.clock.now());
      const due = await deps.database.read((reader) => selectExpired(reader, now, batchSize));
      let done = 0;
      for (const [conversationId, messages] of Map.groupBy(due, (message) => message.conversation_id)) {
        if (stopping?.aborted) return;
        const seqs = messages.map(({ seq }) => seq);
        done += await expireIn(deps.database, conversationId, seqs, now);
      }
      if (due.length < batchSize || done === 0) return;
    }
  };

/** @returns how many it has emptied */
function expireIn(database: Database, conversationId: string, seqs: readonly number[], now: Date): Promise<number> {
  return database.write(async (unit) => {
    const conversation = await tryLockConversation(unit, conversationId);
    if (!conversation) return 0;
    const expired = await selectStillExpired(unit, conversationId, seqs, now);
    if (expired.length === 0) return 0;
    const last = await nextRev(unit, conversationId, expired.length);
    const graves = expired.map((seq, i) => ({ seq, rev: last - expired.length + 1 + i }));
    await bury(unit, { conversationId, graves, by: null, at: null });
    const audience = audienceOf(conversationId, conversation.direct_key);
    for (const row of await selectAsAll(unit, conversationId, expired)) {
      const data = { message: messageView(row, now), change: 'expired', by: null } as const;
      unit.announce({ type: 'message.updated', audience, data });
    }
    return expired.length;
  });
}
