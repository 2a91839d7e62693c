import { conversationNotFound } from '../conversations/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { isId } from '../shared/ids.ts';
import { decodeCursor, encodeCursor, type Page } from '../shared/page.ts';
import { conversationsOf, countUnread, type ListPosition, selectConversations } from './store.ts';
import { type ConversationView, conversationView } from './views.ts';

/** The actor's conversations, the last active first. */
export const listConversations =
  (deps: { database: Database }) =>
  async (actor: Actor, query: { cursor?: string | undefined; limit: number }): Promise<Page<ConversationView>> => {
    let before: ListPosition | null = null;
    if (query.cursor !== undefined) {
      const [asOf, at, id] = decodeCursor(query.cursor, ['time', 'time', 'id']);
      before = { asOf: new Date(asOf as number), at: new Date(at as number), id: id as string };
    }
    const rows = await deps.database.read((reader) =>
      selectConversations(reader, actor.personId, before, query.limit + 1),
    );
    const page = rows.slice(0, query.limit);
    const items = page.map(conversationView);
    const last = page.at(-1);
    if (!last || rows.length <= query.limit) return { items, next: null };
    const asOf = before?.asOf ?? (page[0] ?? last).listed_at;
    const next = encodeCursor([asOf.getTime(), last.listed_at.getTime(), last.id]);
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
