import { assertMember, notPermitted } from '../conversations/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { isId } from '../shared/ids.ts';
import { decodeCursor, encodeCursor, type Page } from '../shared/page.ts';
import type { MessagePlace } from './change-message.ts';
import { assertTouchable, messageNotFound } from './policy.ts';
import { findMessage } from './store.ts';
import { selectSeenBy } from './store-changes.ts';

/** Somebody to whom a message was delivered. */
export interface SeenByView {
  readonly personId: string;
  /** Has read it too, and lets others know. */
  readonly read: boolean;
}

const beforeAll = '00000000-0000-0000-0000-000000000000';

/**
 * To whom of the members an own message was delivered, and who has read it, ordered by person id. Who came later is not
 * among them.
 *
 * @throws EngineError `conversation_not_found`, `message_not_found`, `message_deleted`, `not_permitted`,
 *   `invalid_request` (cursor)
 */
export const listSeenBy =
  (deps: { database: Database; clock: Clock }) =>
  async (
    actor: Actor,
    { conversationId, messageId }: MessagePlace,
    query: { cursor?: string | undefined; limit: number },
  ): Promise<Page<SeenByView>> => {
    const [after] = query.cursor === undefined ? [beforeAll] : decodeCursor(query.cursor, ['id']);
    const rows = await deps.database.read(async (reader) => {
      const { history_from: historyFrom } = await assertMember(reader, actor, conversationId);
      const viewing = { conversationId, personId: actor.personId, historyFrom };
      const message = isId(messageId) ? await findMessage(reader, viewing, messageId) : undefined;
      if (!message || message.hidden) throw messageNotFound();
      if (message.sender_id !== actor.personId) throw notPermitted('the sender');
      assertTouchable(message, new Date(deps.clock.now()));
      return selectSeenBy(reader, message, after as string, query.limit + 1);
    });
    const items = rows.slice(0, query.limit).map(({ person_id, read }) => ({ personId: person_id, read }));
    const last = items.at(-1);
    return { items, next: last && rows.length > query.limit ? encodeCursor([last.personId]) : null };
  };
