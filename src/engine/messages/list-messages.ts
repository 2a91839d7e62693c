import { assertMember } from '../conversations/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { EngineError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import { findMessage, type HistoryRange, selectHistory } from './store.ts';
import { type MessageView, messageView } from './views.ts';

/**
 * A page of a conversation's history, in ascending order of `seq`.
 *
 * @throws EngineError `conversation_not_found`
 */
export const listMessages =
  (deps: { database: Database }) =>
  async (actor: Actor, conversationId: string, range: HistoryRange, limit: number): Promise<MessageView[]> =>
    deps.database.read(async (reader) => {
      await assertMember(reader, actor, conversationId);
      return (await selectHistory(reader, conversationId, range, limit)).map(messageView);
    });

/**
 * One message.
 *
 * @throws EngineError `conversation_not_found`, `message_not_found`
 */
export const getMessage =
  (deps: { database: Database }) =>
  async (actor: Actor, conversationId: string, messageId: string): Promise<MessageView> =>
    deps.database.read(async (reader) => {
      await assertMember(reader, actor, conversationId);
      const row = isId(messageId) ? await findMessage(reader, conversationId, messageId) : undefined;
      if (!row) throw new EngineError('message_not_found', 'There is no such message in this conversation.');
      return messageView(row);
    });
