import { type Database, plainArray } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import type { Publish } from '../shared/events.ts';
import { GroupCommit } from '../shared/group-commit.ts';
import { isId } from '../shared/ids.ts';
import type { OwnViewEvent } from './own-view-event.ts';
import { conversationNotFound } from './policy.ts';
import { maxMembersTold, moveReceipts, type ReceiptRow } from './receipt-store.ts';
import { audienceOf } from './store.ts';

/** A member's watermarks: everything up to `read` is read, everything up to `delivered` has arrived. */
export interface ReceiptView {
  readonly conversationId: string;
  readonly personId: string;
  readonly read: number;
  readonly delivered: number;
}

/** Watermarks that have moved, and to which messages. */
export interface ReceiptChange extends ReceiptView {
  /** The last message of a person that is read from now on; null where none is that was not, or it is not to be known. */
  readonly readMessageId: string | null;
  /** The last message of a person that has arrived from now on; null where none has that had not. */
  readonly deliveredMessageId: string | null;
  /**
   * Messages of the other in a direct conversation that are shown as read from now on, the oldest first: not deleted ones,
   * and the last 1,000 at most. Empty in groups, and where it is not to be known.
   */
  readonly readMessages: readonly string[];
  /** Those that have arrived from now on, in the same way. */
  readonly deliveredMessages: readonly string[];
  readonly at: Date;
}

export interface ReceiptMark {
  readonly conversationId: string;
  /** Highest `seq` that the person has seen. Implies that it was delivered. */
  readonly read?: number | undefined;
  /** Highest `seq` that has reached one of the person's devices. */
  readonly delivered?: number | undefined;
}

interface Request {
  readonly conversationId: string;
  readonly personId: string;
  readonly read: number;
  readonly delivered: number;
  readonly origin: string | undefined;
}

/**
 * Moves the actor's watermarks forward. What arrives while a commit is in flight is coalesced: for each conversation
 * the highest wins and one event tells of it.
 */
export class ReceiptWriter {
  readonly #commits: GroupCommit<Request, ReceiptView>;

  constructor(deps: ReceiptDeps) {
    this.#commits = new GroupCommit({
      maxBatch: 1_000,
      maxWaiting: 50_000,
      commit: (requests) => commitReceipts(deps, requests),
    });
  }

  /**
   * A stale or too large watermark is clamped, not refused: `0 <= read <= delivered <= last seq` always holds.
   *
   * @returns the watermarks as they are now
   * @throws EngineError `conversation_not_found`
   */
  async mark(actor: Actor, mark: ReceiptMark, origin?: string): Promise<ReceiptView> {
    const { conversationId, read = 0, delivered = 0 } = mark;
    if (!isId(conversationId)) throw conversationNotFound();
    const receipt = await this.#commits.add({ conversationId, personId: actor.personId, read, delivered, origin });
    if (receipt.read < 0) throw conversationNotFound();
    return receipt;
  }

  idle(): Promise<void> {
    return this.#commits.idle();
  }
}

interface ReceiptDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly publish: Publish;
  readonly ownViewEvent: OwnViewEvent;
}

async function commitReceipts(deps: ReceiptDeps, requests: readonly Request[]): Promise<ReceiptView[]> {
  const merged = new Map<string, Request>();
  for (const request of requests) {
    const key = `${request.conversationId}:${request.personId}`;
    const earlier = merged.get(key);
    merged.set(key, {
      ...request,
      read: Math.max(request.read, earlier?.read ?? 0),
      delivered: Math.max(request.delivered, earlier?.delivered ?? 0),
      // Two devices: neither learns of the other's mark by its own ack, so both get the event.
      origin: earlier && earlier.origin !== request.origin ? undefined : request.origin,
    });
  }
  // In one order on all nodes: the statement locks the rows as they come, and two must not wait for each other in a circle.
  const marks = [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, mark]) => mark);
  const at = new Date(deps.clock.now());
  const rows = await deps.database.autocommit<ReceiptRow>(moveReceipts, [
    plainArray(marks.map((_, ord) => ord)),
    plainArray(marks.map((mark) => mark.conversationId)),
    plainArray(marks.map((mark) => mark.personId)),
    plainArray(marks.map((mark) => mark.read)),
    plainArray(marks.map((mark) => mark.delivered)),
    at,
  ]);
  const results = new Map<string, ReceiptView>();
  const unmarked: Request[] = [];
  for (const row of rows) {
    const mark = marks[row.ord];
    if (!mark) continue;
    const { conversationId, personId } = mark;
    const view: ReceiptView = row.member
      ? { conversationId, personId, read: row.read_seq, delivered: row.delivered_seq }
      : { conversationId, personId, read: -1, delivered: -1 };
    results.set(`${conversationId}:${personId}`, view);
    if (!row.changed) continue;
    publishReceipt(deps.publish, view, row, at, mark.origin);
    if (row.unmarked) unmarked.push(mark);
    if (row.notified) {
      const audience = { kind: 'people', ids: [personId] } as const;
      const data = { conversationId, upTo: row.read_seq, readAt: at };
      deps.publish({ type: 'notifications.read', audience, data });
    }
  }
  for (const mark of unmarked) await announceUnmarked(deps, mark);
  return requests.map(({ conversationId, personId }) => results.get(`${conversationId}:${personId}`) as ReceiptView);
}

/** To all devices, also to the one that has read: its answer does not tell of it. */
async function announceUnmarked(deps: ReceiptDeps, { personId, conversationId }: Request): Promise<void> {
  const event = await deps.database.read((reader) => deps.ownViewEvent(reader, { personId, conversationId }));
  if (event) deps.publish(event);
}

function publishReceipt(
  publish: Publish,
  view: ReceiptView,
  row: ReceiptRow,
  at: Date,
  origin: string | undefined,
): void {
  const { conversationId, personId, read } = view;
  const before = { read: row.read_before ?? 0, delivered: row.delivered_before ?? 0 };
  const change: ReceiptChange = {
    ...view,
    readMessageId: idPast(before.read, row.read_message),
    deliveredMessageId: idPast(before.delivered, row.delivered_message),
    readMessages: row.read_messages ?? [],
    deliveredMessages: row.delivered_messages ?? [],
    at,
  };
  const hidden = row.shown_read_seq < read;
  const told = !hidden && row.member_count <= maxMembersTold;
  const audience = told ? audienceOf(conversationId, row.direct_key) : ({ kind: 'people', ids: [personId] } as const);
  publish({ type: 'receipt.updated', audience, data: change, origin });
  const other = hidden && row.direct_key?.split(':').find((id) => id !== personId);
  // An event that changes nothing for them would tell by its mere arrival that I read at this moment.
  if (!other || view.delivered <= before.delivered) return;
  const shown = { ...change, read: row.shown_read_seq, readMessageId: null, readMessages: [] };
  publish({ type: 'receipt.updated', audience: { kind: 'people', ids: [other] }, data: shown });
}

/** Null where the member had come so far before. */
const idPast = (before: number, message: ReceiptRow['read_message']): string | null =>
  message && message.seq > before ? message.id : null;
