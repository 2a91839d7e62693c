import pLimit from 'p-limit';
import { type MessageView, messageView } from '../messages/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { conversationsOf, messagesInRanges, type StandingRow, standingsOf } from './store.ts';
import { type ConversationView, conversationView } from './views.ts';

/** How a client holds a conversation. */
export interface KnownConversation {
  readonly id: string;
  /** It has all messages from some point up to this one. */
  readonly seq: number;
  /** The `version` that it computes from what it holds. */
  readonly version: number;
}

export interface SyncRequest {
  readonly known: readonly KnownConversation[];
  /** How many of the latest conversations the client keeps; it is told of new ones among these. */
  readonly window: number;
}

/** What a client lacks of one conversation. */
export interface SyncChange {
  readonly conversation: ConversationView;
  /** What follows the client's `seq`, in order; with `reset`, the latest messages. */
  readonly messages: readonly MessageView[];
  /** The client is too far behind (or was never here): drop what it holds of the conversation and begin with this. */
  readonly reset: boolean;
}

export interface SyncResult {
  readonly changes: readonly SyncChange[];
  /** Known conversations in which the actor is no more. */
  readonly removed: readonly string[];
  /** There are more changes: apply these, and sync again. */
  readonly more: boolean;
}

/**
 * How many syncs a node reads for at the same time. When thousands of clients return at once, they wait for their turn
 * here and not for the database, which others need too.
 */
const atOnce = 4;
/** The most conversations that one answer brings. */
const pageSize = 50;
/** The most messages that are brought after the client's; who lacks more gets a reset. */
const maxCatchUp = 200;
/** The most messages that a reset brings. */
const resetMessages = 20;
/** The most bytes of text that are brought of one conversation; who lacks more gets a reset. */
const maxConversationBytes = 256 * 1024;
/** About how much text one answer brings. What is beyond it comes with the next: a slow line must get it through. */
const maxAnswerBytes = 1024 * 1024;

/**
 * Compares what a client holds with what is, and brings what it lacks: exactly, in order, and bounded. A client whose
 * last answer says `more: false` and who applies the live events since then shows what a fresh fetch would.
 */
export const sync = (deps: { database: Database }) => {
  const turn = pLimit(atOnce);
  return (actor: Actor, request: SyncRequest): Promise<SyncResult> =>
    turn(() => compare(deps.database, actor, request));
};

/** Reads what {@link sync} answers. */
const compare = (database: Database, actor: Actor, request: SyncRequest): Promise<SyncResult> =>
  database.read(async (reader) => {
    const known = new Map(request.known.map((entry) => [entry.id, entry]));
    const standings = await standingsOf(reader, actor.personId);
    standings.sort(byActivity);
    const behind = standings.filter((standing, rank) => {
      const held = known.get(standing.id);
      return held ? held.version !== standing.version || held.seq !== standing.last_seq : rank < request.window;
    });
    const present = new Set(standings.map(({ id }) => id));
    const removed = request.known.filter(({ id }) => !present.has(id)).map(({ id }) => id);

    const page = behind.slice(0, pageSize).map(({ id }) => id);
    const views = page.length > 0 ? (await conversationsOf(reader, actor.personId, page)).map(conversationView) : [];
    const plans = views.map((conversation) => {
      const held = known.get(conversation.id);
      const lacks = conversation.lastSeq - (held?.seq ?? 0);
      const reset = !held || lacks < 0 || lacks > maxCatchUp;
      const after = reset ? Math.max(0, conversation.lastSeq - resetMessages) : held.seq;
      return { conversation, reset, after };
    });
    const ranges = plans
      .filter(({ conversation, after }) => conversation.lastSeq > after)
      .map(({ conversation, after }) => ({ conversationId: conversation.id, after, upTo: conversation.lastSeq }));
    const messages = Map.groupBy(
      (await messagesInRanges(reader, ranges, maxConversationBytes)).map(messageView),
      ({ conversationId }) => conversationId,
    );
    let bytes = 0;
    const changes: SyncChange[] = [];
    for (const { conversation, reset, after } of plans) {
      if (bytes > maxAnswerBytes) break;
      const brought = messages.get(conversation.id) ?? [];
      const whole = brought.length === Math.max(0, conversation.lastSeq - after);
      changes.push({ conversation, messages: brought, reset: reset || !whole });
      bytes += brought.reduce((sum, { text }) => sum + text.length, 0);
    }
    return { changes, removed, more: behind.length > changes.length };
  });

function byActivity(a: StandingRow, b: StandingRow): number {
  return b.last_activity_at.getTime() - a.last_activity_at.getTime() || (a.id < b.id ? 1 : -1);
}
