import { audienceOf, conversationNotFound } from '../conversations/index.ts';
import { type Database, plainArray } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import type { Publish } from '../shared/events.ts';
import { GroupCommit } from '../shared/group-commit.ts';
import { isId, newId } from '../shared/ids.ts';
import { lockConversations, type MessageKind, type StoreOutcome, storeMessages } from './store.ts';
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
  /** What the sender calls it, unique in the installation; null where it has no clientId. */
  readonly name: string | null;
  readonly senderId: string;
  readonly message: NewMessage;
  readonly origin: string | undefined;
}

/** Of one message: stored, or why not. */
type Settled = SendAck | Error;

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
    const { conversationId, clientId } = message;
    const name = clientId === undefined ? null : `${conversationId}:${actor.personId}:${clientId}`;
    const settled = await this.#commits.add({ id, name, senderId: actor.personId, message, origin });
    if (settled instanceof Error) throw settled;
    return settled;
  }

  /** Resolves when no message waits to be stored. */
  idle(): Promise<void> {
    return this.#commits.idle();
  }

  async #commit(batch: readonly Pending[]): Promise<Settled[]> {
    const results = new Array<Settled>(batch.length);
    let open = batch.map((_, ord) => ord);
    for (let round = 1; open.length > 0; round += 1) {
      try {
        open = await this.#store(batch, open, results, round > 1);
      } catch (error) {
        // What an earlier round has stored is stored: only the rest has failed.
        for (const ord of open) results[ord] = error instanceof Error ? error : new Error(String(error));
        break;
      }
    }
    return results;
  }

  /**
   * Stores what is open, and returns what is still open: it has to be tried again.
   *
   * @param lockFirst take the locks before the statement that stores: then its snapshot cannot be older than they are,
   *   and another node that writes without a pause cannot make it start over for ever
   */
  async #store(
    batch: readonly Pending[],
    open: readonly number[],
    results: Settled[],
    lockFirst: boolean,
  ): Promise<number[]> {
    // The statement cannot see two messages of one batch with the same clientId: the others wait for the first, and are
    // then all found to be duplicates at once.
    const firsts = new Map<string, number>();
    batch.forEach(({ name }, ord) => {
      if (name !== null && !firsts.has(name)) firsts.set(name, ord);
    });
    const again: number[] = [];
    const now: number[] = [];
    for (const ord of open) {
      const { name } = batch[ord] as Pending;
      const first = name === null ? ord : (firsts.get(name) ?? ord);
      if (first === ord || results[first] !== undefined) now.push(ord);
      else again.push(ord);
    }
    const items = now.map((ord) => batch[ord] as Pending);
    const conversationIds = [...new Set(items.map((item) => item.message.conversationId))];
    const createdAt = new Date(this.#deps.clock.now());
    const values = [
      plainArray(now),
      plainArray(items.map((item) => item.id)),
      plainArray(items.map((item) => item.message.conversationId)),
      plainArray(items.map((item) => item.senderId)),
      items.map((item) => item.message.clientId ?? null),
      plainArray(items.map((item) => item.message.kind)),
      items.map((item) => item.message.text),
      createdAt,
    ];
    const rows = lockFirst
      ? await this.#deps.database.write(async (unit) => {
          await unit.prepared(lockConversations, [plainArray(conversationIds)]);
          return unit.prepared<StoreOutcome>(storeMessages, values);
        })
      : await this.#deps.database.autocommit<StoreOutcome>(storeMessages, values);
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
