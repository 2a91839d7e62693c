import { type ConversationKind, conversationNotFound } from '../conversations/index.ts';
import type { Database, Reader } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import { decodeCursor, encodeCursor, type Page } from '../shared/page.ts';
import { searchWords } from '../shared/search-words.ts';
import {
  conversationsOf,
  countUnread,
  customNamesOf,
  type ListPosition,
  selectConversations,
  type UnreadTotal,
} from './store.ts';
import { type ConversationView, conversationView } from './views.ts';

/** What of the list of conversations is asked for. */
export interface ConversationQuery {
  /** Only those in the archive, or only those that are not; both where it is left out. */
  readonly archived?: boolean | undefined;
  /** Part of the title, of the name of the other person, or of what the actor calls it. */
  readonly text?: string | undefined;
  readonly kind?: ConversationKind | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/**
 * The actor's conversations, the last active first.
 *
 * @throws EngineError `invalid_request`
 */
export const listConversations =
  (deps: { database: Database; clock: Clock }) =>
  async (actor: Actor, query: ConversationQuery): Promise<Page<ConversationView>> => {
    const key = query.text === undefined ? null : searchWords(query.text);
    if (key === '') throw new EngineError('invalid_request', 'Say what to search for.', { path: '/q' });
    let before: ListPosition | null = null;
    if (query.cursor !== undefined) {
      const [asOf, at, id] = decodeCursor(query.cursor, ['time', 'time', 'id']);
      before = { asOf: new Date(asOf as number), at: new Date(at as number), id: id as string };
    }
    const now = new Date(deps.clock.now());
    const rows = await deps.database.read(async (reader) => {
      const found = key === null ? null : { key, ids: await conversationsCalled(reader, actor.personId, key) };
      const filter = { archived: query.archived ?? null, kind: query.kind ?? null, found };
      return selectConversations(reader, actor.personId, now, filter, before, query.limit + 1);
    });
    const page = rows.slice(0, query.limit);
    const items = page.map((row) => conversationView(row, now));
    const last = page.at(-1);
    if (!last || rows.length <= query.limit) return { items, next: null };
    const asOf = before?.asOf ?? (page[0] ?? last).listed_at;
    const next = encodeCursor([asOf.getTime(), last.listed_at.getTime(), last.id]);
    return { items, next };
  };

/** The conversations to which a person has given a name that contains `key`. */
async function conversationsCalled(reader: Reader, personId: string, key: string): Promise<string[]> {
  const named = await customNamesOf(reader, personId);
  // Compared here: what lower() does in SQL depends on the collation of the database.
  return named.filter(({ name }) => searchWords(name).includes(key)).map(({ id }) => id);
}

/**
 * One conversation of the actor, also one that they have deleted for themself.
 *
 * @throws EngineError `conversation_not_found`
 */
export const getConversation =
  (deps: { database: Database; clock: Clock }) =>
  async (actor: Actor, conversationId: string): Promise<ConversationView> => {
    const now = new Date(deps.clock.now());
    const rows = isId(conversationId)
      ? await deps.database.read((reader) => conversationsOf(reader, actor.personId, now, [conversationId]))
      : [];
    const [row] = rows;
    if (!row) throw conversationNotFound();
    return conversationView(row, now);
  };

/** What the actor has not read, exactly, without the archive: what the badge of an app shows. */
export const getUnread =
  (deps: { database: Database; clock: Clock }) =>
  (actor: Actor): Promise<UnreadTotal> =>
    deps.database.read((reader) => countUnread(reader, actor.personId, new Date(deps.clock.now())));
