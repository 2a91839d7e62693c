import pLimit from 'p-limit';
import { type MessageView, messageView } from '../messages/index.ts';
import type { Database, Reader } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import {
  type ChangedRow,
  changedMessages,
  conversationsOf,
  groupsOf,
  messagesInRanges,
  type StandingRow,
  standingsOf,
} from './store.ts';
import { type ConversationView, conversationView } from './views.ts';

/** How a client holds a conversation. */
export interface KnownConversation {
  readonly id: string;
  /** It has all messages from some point up to this one. */
  readonly seq: number;
  /** It has all changes up to this one. */
  readonly rev: number;
  /** `me.version` of what it holds. */
  readonly mine: number;
  /** The `version` that it computes from what it holds. */
  readonly version: number;
}

export interface SyncRequest {
  readonly known: readonly KnownConversation[];
  /** How many of the latest conversations the client keeps; it is told of new ones among these. */
  readonly window: number;
}

/** A group as its live stream has to know it: the person sees messages with a `seq` larger than `historyFrom` only. */
export interface FollowedGroup {
  readonly id: string;
  readonly historyFrom: number;
}

/** Opens the live stream of a person's groups, before what is in them is read. @returns whether any was not open yet */
export type FollowGroups = (groups: readonly FollowedGroup[]) => Promise<boolean>;

/** What a client lacks of one conversation. */
export interface SyncChange {
  readonly conversation: ConversationView;
  /** What follows the client's `seq`, in order; with `reset`, the latest messages. */
  readonly messages: readonly MessageView[];
  /** Messages up to the client's `seq` as they are now, where they have changed. Those that it does not hold are of no use. */
  readonly changed: readonly MessageView[];
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
/** The most changed messages that are brought of one conversation; who lacks more gets a reset. */
const maxChanged = 200;
/** The most messages that a reset brings. */
const resetMessages = 20;
/**
 * The most bytes of text and content that are brought of one conversation, and as many again of its changed messages; who
 * lacks more gets a reset.
 */
const maxConversationBytes = 256 * 1024;
/** About how much text one answer brings. What is beyond it comes with the next: a slow line must get it through. */
const maxAnswerBytes = 1024 * 1024;

/**
 * Compares what a client holds with what is, and brings what it lacks: exactly, in order, and bounded. A client whose
 * last answer says `more: false` and who applies the live events since then shows what a fresh fetch would.
 */
export const sync = (deps: { database: Database; clock: Clock }) => {
  const turn = pLimit(atOnce);
  return async (actor: Actor, request: SyncRequest, follow?: FollowGroups): Promise<SyncResult> => {
    // Followed first: what happens while the database is read then comes as an event.
    if (follow) await follow(await turn(() => deps.database.read((reader) => groupsOf(reader, actor.personId))));
    return turn(() => compare(deps, actor, request));
  };
};

/** Reads what {@link sync} answers. */
const compare = (
  deps: { database: Database; clock: Clock },
  { personId }: Actor,
  request: SyncRequest,
): Promise<SyncResult> =>
  deps.database.read(async (reader) => {
    const now = new Date(deps.clock.now());
    const known = new Map(request.known.map((entry) => [entry.id, entry]));
    const standings = await standingsOf(reader, personId);
    standings.sort(byActivity);
    const behind = standings.filter((standing, rank) => {
      const held = known.get(standing.id);
      return held ? !isCurrent(held, standing) : rank < request.window;
    });
    const present = new Set(standings.map(({ id }) => id));
    const removed = request.known.filter(({ id }) => !present.has(id)).map(({ id }) => id);

    const page = behind.slice(0, pageSize).map(({ id }) => id);
    const rows = page.length > 0 ? await conversationsOf(reader, personId, now, page) : [];
    const plans = rows.map((row) => planFor(conversationView(row, now), known.get(row.id)));
    const changed = Map.groupBy(await readChanged(reader, personId, plans), (row) => row.conversation_id);
    for (const plan of plans) {
      const { conversation } = plan;
      if (isWhole(changed.get(conversation.id) ?? [])) continue;
      Object.assign(plan, { reset: true, after: resetFrom(conversation) });
    }
    const messages = Map.groupBy(
      await readMessages(reader, personId, now, plans),
      ({ conversationId }) => conversationId,
    );
    let bytes = 0;
    const changes: SyncChange[] = [];
    for (const { conversation, reset, after } of plans) {
      if (bytes > maxAnswerBytes) break;
      const brought = messages.get(conversation.id) ?? [];
      const whole = brought.length === Math.max(0, conversation.lastSeq - after);
      const anew = reset || !whole;
      const updates = anew ? [] : (changed.get(conversation.id) ?? []).map((row) => messageView(row, now));
      changes.push({ conversation, messages: brought, changed: updates, reset: anew });
      for (const message of [...brought, ...updates]) bytes += sizeOf(message);
    }
    return { changes, removed, more: behind.length > changes.length };
  });

/** What is to be read of one conversation. */
interface Plan {
  readonly conversation: ConversationView;
  readonly held: KnownConversation | undefined;
  reset: boolean;
  /** Messages after this one. */
  after: number;
}

const resetFrom = ({ lastSeq, me }: ConversationView): number => Math.max(me.historyFrom, lastSeq - resetMessages);

function planFor(conversation: ConversationView, held: KnownConversation | undefined): Plan {
  const { lastSeq, me } = conversation;
  const after = Math.max(held?.seq ?? 0, me.historyFrom);
  // Ahead of what is: it has seen what a restored backup does not know.
  const ahead = held !== undefined && (held.seq > lastSeq || held.rev > conversation.rev || held.mine > me.version);
  const reset = !held || ahead || lastSeq - after > maxCatchUp;
  return { conversation, held, reset, after: reset ? resetFrom(conversation) : after };
}

async function readMessages(
  reader: Reader,
  personId: string,
  now: Date,
  plans: readonly Plan[],
): Promise<MessageView[]> {
  const ranges = plans
    .filter(({ conversation, after }) => conversation.lastSeq > after)
    .map(({ conversation, after }) => ({ conversationId: conversation.id, after, upTo: conversation.lastSeq }));
  const rows = await messagesInRanges(reader, personId, ranges, maxConversationBytes);
  return rows.map((row) => messageView(row, now));
}

async function readChanged(reader: Reader, personId: string, plans: readonly Plan[]): Promise<ChangedRow[]> {
  const known = plans.flatMap(({ conversation: { id, rev, me }, held, reset }) =>
    held && !reset && (held.rev < rev || held.mine < me.version)
      ? [{ conversationId: id, seq: held.seq, rev: held.rev, mine: held.mine, historyFrom: me.historyFrom }]
      : [],
  );
  return changedMessages(reader, personId, known, maxChanged, maxConversationBytes);
}

const isWhole = (changed: readonly ChangedRow[]): boolean =>
  changed.length < maxChanged && changed.length === (changed[0]?.touched ?? 0);

/** About how long a message is on the wire. */
function sizeOf({ text, content, mentions, reactions }: MessageView): number {
  const more = content || mentions || reactions ? JSON.stringify({ content, mentions, reactions }).length : 0;
  return text.length + more;
}

function isCurrent(held: KnownConversation, standing: StandingRow): boolean {
  return (
    held.seq === standing.last_seq &&
    held.rev === standing.rev &&
    held.mine === standing.mine &&
    held.version === standing.version
  );
}

function byActivity(a: StandingRow, b: StandingRow): number {
  return b.last_activity_at.getTime() - a.last_activity_at.getTime() || (a.id < b.id ? 1 : -1);
}
