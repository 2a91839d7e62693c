import { assertMember } from '../conversations/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { isId } from '../shared/ids.ts';
import { messageNotFound } from './policy.ts';
import { findMessage, type HistoryRange, selectHistory } from './store.ts';
import { type MessageView, messageView } from './views.ts';

/**
 * A page of a conversation's history, in ascending order of `seq`. Deleted and hidden messages keep their place in it, so
 * that a client can tell a gap.
 *
 * @throws EngineError `conversation_not_found`
 */
export const listMessages =
  (deps: { database: Database; clock: Clock }) =>
  async (actor: Actor, conversationId: string, range: HistoryRange, limit: number): Promise<MessageView[]> =>
    deps.database.read(async (reader) => {
      const { history_from: historyFrom } = await assertMember(reader, actor, conversationId);
      const viewing = { conversationId, personId: actor.personId, historyFrom };
      const now = new Date(deps.clock.now());
      return (await selectHistory(reader, viewing, range, limit)).map((row) => messageView(row, now));
    });

/**
 * One message.
 *
 * @throws EngineError `conversation_not_found`, `message_not_found`
 */
export const getMessage =
  (deps: { database: Database; clock: Clock }) =>
  async (actor: Actor, conversationId: string, messageId: string): Promise<MessageView> =>
    deps.database.read(async (reader) => {
      const { history_from: historyFrom } = await assertMember(reader, actor, conversationId);
      const viewing = { conversationId, personId: actor.personId, historyFrom };
      const row = isId(messageId) ? await findMessage(reader, viewing, messageId) : undefined;
      if (!row) throw messageNotFound();
      return messageView(row, new Date(deps.clock.now()));
    });
