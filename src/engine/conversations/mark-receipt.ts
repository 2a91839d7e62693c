import { type Database, plainArray } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Publish } from '../shared/events.ts';
import { GroupCommit } from '../shared/group-commit.ts';
import { isId } from '../shared/ids.ts';
import { conversationNotFound } from './policy.ts';
import { audienceOf, moveReceipts, type ReceiptRow } from './store.ts';

/** A member's watermarks: everything up to `read` is read, everything up to `delivered` has arrived. */
export interface ReceiptView {
  readonly conversationId: string;
  readonly personId: string;
  readonly read: number;
  readonly delivered: number;
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

  constructor(deps: { database: Database; publish: Publish }) {
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

async function commitReceipts(
  deps: { database: Database; publish: Publish },
  requests: readonly Request[],
): Promise<ReceiptView[]> {
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
  const marks = [...merged.values()];
  const rows = await deps.database.autocommit<ReceiptRow>(moveReceipts, [
    plainArray(marks.map((_, ord) => ord)),
    plainArray(marks.map((mark) => mark.conversationId)),
    plainArray(marks.map((mark) => mark.personId)),
    plainArray(marks.map((mark) => mark.read)),
    plainArray(marks.map((mark) => mark.delivered)),
  ]);
  const results = new Map<string, ReceiptView>();
  for (const row of rows) {
    const mark = marks[row.ord];
    if (!mark) continue;
    const { conversationId, personId } = mark;
    const view: ReceiptView = row.member
      ? { conversationId, personId, read: row.read_seq, delivered: row.delivered_seq }
      : { conversationId, personId, read: -1, delivered: -1 };
    results.set(`${conversationId}:${personId}`, view);
    if (!row.changed) continue;
    const audience = audienceOf(conversationId, row.direct_key);
    deps.publish({ type: 'receipt.updated', audience, data: view, origin: mark.origin });
  }
  return requests.map(({ conversationId, personId }) => results.get(`${conversationId}:${personId}`) as ReceiptView);
}
