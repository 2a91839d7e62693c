import { assertMember } from '../conversations/index.ts';
import { type MessageView, messageView } from '../messages/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { decodeCursor, encodeCursor, type Page } from '../shared/page.ts';
import { type StarredPosition, selectStarred } from './store.ts';

export interface StarredQuery {
  /** Of this conversation only. */
  readonly conversationId?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/**
 * The messages that the actor has starred and may see now, the last starred first.
 *
 * @throws EngineError `conversation_not_found`
 */
export const listStarred =
  (deps: { database: Database; clock: Clock }) =>
  async (actor: Actor, query: StarredQuery): Promise<Page<MessageView>> => {
    const now = new Date(deps.clock.now());
    let before: StarredPosition | null = null;
    if (query.cursor !== undefined) {
      const [at, conversationId, seq] = decodeCursor(query.cursor, ['time', 'id', 'count']);
      before = { starredAt: new Date(at as number), conversationId: conversationId as string, seq: seq as number };
    }
    const { conversationId, limit } = query;
    const rows = await deps.database.read(async (reader) => {
      if (conversationId !== undefined) await assertMember(reader, actor, conversationId);
      return selectStarred(reader, actor.personId, now, conversationId ?? null, before, limit + 1);
    });
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    const next = last ? encodeCursor([last.starred_at.getTime(), last.conversation_id, last.seq]) : null;
    return { items: page.map((row) => messageView(row, now)), next };
  };
