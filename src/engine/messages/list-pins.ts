import { assertMember } from '../conversations/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { selectPins } from './store-changes.ts';
import { type MessageView, messageView } from './views.ts';

/**
 * The pinned messages of a conversation, the last pinned first.
 *
 * @throws EngineError `conversation_not_found`
 */
export const listPins =
  (deps: { database: Database; clock: Clock }) =>
  (actor: Actor, conversationId: string): Promise<MessageView[]> =>
    deps.database.read(async (reader) => {
      const { history_from: historyFrom } = await assertMember(reader, actor, conversationId);
      const rows = await selectPins(reader, { conversationId, personId: actor.personId, historyFrom });
      const now = new Date(deps.clock.now());
      return rows.map((row) => messageView(row, now)).filter(({ deletedAt }) => deletedAt === undefined);
    });
