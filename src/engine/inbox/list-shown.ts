import { type ConversationKind, conversationNotFound } from '../conversations/index.ts';
import { type PersonView, personView } from '../people/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { isId } from '../shared/ids.ts';
import {
  type ShownConversationRow,
  selectShownConversations,
  shownConversationsOf,
} from './shown-conversations-store.ts';
import { type ConversationView, conversationView } from './views.ts';

type Deps = { readonly database: Database; readonly clock: Clock };

/** The most conversations that are listed at once. */
export const maxShownConversations = 5_000;

/** A conversation whose `lastMessage` is the last one that is shown: not deleted, not hidden, not of the system. */
export interface ShownConversation extends ConversationView {
  readonly lastSender: PersonView | null;
  /** The last message of a person up to which the actor has read, of those that were not deleted; null where there is none. */
  readonly readMessageId: string | null;
  /** When the actor last read on. */
  readonly readAt: Date | null;
  /** The actor has deleted it for themself, and nothing was said since: in no list. */
  readonly deleted: boolean;
}

export interface ShownConversationQuery {
  /** Only those in the archive, or only those that are not; both where it is left out. */
  readonly archived?: boolean | undefined;
  readonly kind?: ConversationKind | undefined;
  /** So many are passed over. */
  readonly offset?: number | undefined;
  /** {@link maxShownConversations} where it is left out. */
  readonly limit?: number | undefined;
}

/**
 * The actor's conversations for doors whose clients count pages, by the time of the last message that is shown; those
 * without any come last, the newest first. Others read `list`, whose pages stay as they are while something is said.
 *
 * @returns `total`: how many there are on all pages
 */
export const listShownConversations =
  (deps: Deps) =>
  async (
    { personId }: Actor,
    { archived, kind, offset = 0, limit = maxShownConversations }: ShownConversationQuery = {},
  ): Promise<{ readonly items: readonly ShownConversation[]; readonly total: number }> => {
    const now = new Date(deps.clock.now());
    return deps.database.read(async (reader) => {
      const filter = { archived: archived ?? null, kind: kind ?? null };
      const page = { offset, limit: Math.min(limit, maxShownConversations) };
      const rows = await selectShownConversations(reader, personId, now, filter, page);
      // Beyond the end no row says how many there are.
      const [first] =
        rows.length === 0 && offset > 0
          ? await selectShownConversations(reader, personId, now, filter, { offset: 0, limit: 1 })
          : rows;
      return { items: rows.map((row) => shownConversation(row, now)), total: first?.total ?? 0 };
    });
  };

/**
 * One conversation of the actor, also one that they have deleted for themself.
 *
 * @throws EngineError `conversation_not_found`
 */
export const getShownConversation =
  (deps: Deps) =>
  async ({ personId }: Actor, conversationId: string): Promise<ShownConversation> => {
    const now = new Date(deps.clock.now());
    const [row] = isId(conversationId)
      ? await deps.database.read((reader) => shownConversationsOf(reader, personId, now, [conversationId]))
      : [];
    if (!row) throw conversationNotFound();
    return shownConversation(row, now);
  };

function shownConversation(row: ShownConversationRow, now: Date): ShownConversation {
  return {
    ...conversationView(row, now),
    lastSender: row.last_message && personView(row.last_message.sender),
    readMessageId: row.read_id,
    readAt: row.read_at,
    deleted: row.deleted,
  };
}
