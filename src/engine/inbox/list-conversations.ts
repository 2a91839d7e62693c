import { conversationNotFound } from '../conversations/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { isId } from '../shared/ids.ts';
import { decodeCursor, encodeCursor, type Page } from '../shared/page.ts';
import { conversationsOf, countUnread, selectConversations } from './store.ts';
import { type ConversationView, conversationView } from './views.ts';

/** The actor's conversations, the last active first. */
export const listConversations =
  (deps: { database: Database }) =>
  async (actor: Actor, query: { cursor?: string | undefined; limit: number }): Promise<Page<ConversationView>> => {
    let before: { at: Date; id: string } | null = null;
    if (query.cursor !== undefined) {
      const [at, id] = decodeCursor(query.cursor, ['time', 'id']);
      before = { at: new Date(at as number), id: id as string };
    }
    const rows = await deps.database.read((reader) =>
      selectConversations(reader, actor.personId, before, query.limit + 1),
    );
    const items = rows.slice(0, query.limit).map(conversationView);
    const last = items.at(-1);
    const next = last && rows.length > query.limit ? encodeCursor([last.lastActivityAt.getTime(), last.id]) : null;
    return { items, next };
  };

/**
 * One conversation of the actor.
 *
 * @throws EngineError `conversation_not_found`
 */
export const getConversation =
  (deps: { database: Database }) =>
  async (actor: Actor, conversationId: string): Promise<ConversationView> => {
    const rows = isId(conversationId)
      ? await deps.database.read((reader) => conversationsOf(reader, actor.personId, [conversationId]))
      : [];
    const [row] = rows;
    if (!row) throw conversationNotFound();
    return conversationView(row);
  };

/** How many messages the actor has not read, exactly. */
export const getUnread =
  (deps: { database: Database }) =>
  (actor: Actor): Promise<{ messages: number; conversations: number }> =>
    deps.database.read((reader) => countUnread(reader, actor.personId));
