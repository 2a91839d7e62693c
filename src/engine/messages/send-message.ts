import { audienceOf, conversationNotFound } from '../conversations/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import type { Publish } from '../shared/events.ts';
import { GroupCommit } from '../shared/group-commit.ts';
import { isId, newId } from '../shared/ids.ts';
import { type MessageKind, type StoreOutcome, storeMessages } from './store.ts';
import type { MessageView } from './views.ts';

export interface NewMessage {
  readonly conversationId: string;
  readonly kind: MessageKind;
  readonly text: string;
  /** The sender's own name for the message; sending it again gives the first one's ack. */
  readonly clientId?: string | undefined;
}

/** Proof that a message is stored. */
export interface SendAck {
  readonly message: MessageView;
  /** True where it had been stored before under this clientId. */
  readonly duplicate: boolean;
}

interface Pending {
  readonly id: string;
  readonly senderId: string;
  readonly message: NewMessage;
  readonly origin: string | undefined;
}

type Settled = SendAck | EngineError;

/** Longest text of a message, in UTF-16 code units. */
export const maxTextLength = 10_000;

export class MessageWriter {
  readonly #deps: { database: Database; clock: Clock; publish: Publish };
  readonly #commits: GroupCommit<Pending, Settled>;

  constructor(deps: { database: Database; clock: Clock; publish: Publish }) {
    this.#deps = deps;
    this.#commits = new GroupCommit({
      maxBatch: 250,
      maxWaiting: 20_000,
      commit: (batch) => this.#commit(batch),
    });
  }

  /**
   * Sends a message. Resolves when it is stored for good; delivery follows at once.
   *
   * @param origin the connection that sends, which gets the ack and not the event
   * @throws EngineError `conversation_not_found`, `client_id_conflict`, `invalid_request`, `overloaded`
   */
  async send(actor: Actor, message: NewMessage, origin?: string): Promise<SendAck> {
    if (!isId(message.conversationId)) throw conversationNotFound();
    if (message.text.trim() === '' || message.text.length > maxTextLength) {
      throw new EngineError('invalid_request', `A text has 1 to ${maxTextLength} characters and is not blank.`, {
        path: '/text',
      });
    }
    const id = newId(this.#deps.clock);
    const settled = await this.#commits.add({ id, senderId: actor.personId, message, origin });
    if (settled instanceof EngineError) throw settled;
    return settled;
  }

  /** Resolves when no message waits to be stored. */
  idle(): Promise<void> {
    return this.#commits.idle();
  }

  async #commit(batch: readonly Pending[]): Promise<Settled[]> {
    const results = new Array<Settled>(batch.length);
    let open = batch.map((_, ord) => ord);
    for (let attempt = 1; open.length > 0; attempt += 1) {
      if (attempt > 20) throw new EngineError('overloaded', 'The conversation is too busy. Try again shortly.');
      open = await this.#store(batch, open, results);
    }
    return results;
  }

  /** Stores what is open, and returns what is still open: it has to be tried again. */
  async #store(batch: readonly Pending[], open: readonly number[], results: Settled[]): Promise<number[]> {
    // The statement cannot see two messages of one batch with the same clientId: the second waits for the first.
    const names = new Set<string>();
    const again: number[] = [];
    const now: number[] = [];
    for (const ord of open) {
      const { message, senderId } = batch[ord] as Pending;
      const name = message.clientId === undefined ? '' : `${message.conversationId}:${senderId}:${message.clientId}`;
      if (name !== '' && names.has(name)) again.push(ord);
      else now.push(ord);
      names.add(name);
    }
    const items = now.map((ord) => batch[ord] as Pending);
    const createdAt = new Date(this.#deps.clock.now());
    const rows = await this.#deps.database.autocommit<StoreOutcome>(storeMessages, [
      now,
      items.map((item) => item.id),
      items.map((item) => item.message.conversationId),
      items.map((item) => item.senderId),
      items.map((item) => item.message.clientId ?? null),
      items.map((item) => item.message.kind),
      items.map((item) => item.message.text),
      [...new Set(items.map((item) => item.message.conversationId))],
      createdAt,
    ]);
    rows.sort((a, b) => a.ord - b.ord);
    for (const row of rows) {
      if (row.outcome === 'retry') again.push(row.ord);
      else results[row.ord] = this.#settle(batch[row.ord] as Pending, row, createdAt);
    }
    return again;
  }

  #settle(pending: Pending, row: StoreOutcome, createdAt: Date): Settled {
    const { message, senderId, origin } = pending;
    if (row.outcome === 'not_member') return conversationNotFound();
    const duplicate = row.outcome === 'duplicate';
    if (duplicate && (row.text !== message.text || row.kind !== message.kind)) {
      return new EngineError('client_id_conflict', 'You have used this clientId for another message here.', {
        path: '/clientId',
        messageId: row.id,
      });
    }
    const view: MessageView = {
      id: row.id,
      conversationId: message.conversationId,
      seq: row.seq,
      rev: row.rev,
      senderId,
      clientId: message.clientId ?? null,
      kind: message.kind,
      text: message.text,
      createdAt: duplicate ? row.created_at : createdAt,
    };
    if (!duplicate) {
      const audience = audienceOf(message.conversationId, row.direct_key);
      this.#deps.publish({ type: 'message.created', audience, data: { message: view }, origin });
    }
    return { message: view, duplicate };
  }
}
