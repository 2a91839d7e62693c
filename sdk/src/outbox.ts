import { backoff, pause } from './backoff.ts';
import type { DraftParts } from './draft.ts';
import { mayPass, ParleyError, retryAfter } from './errors.ts';
import type { Message } from './generated/protocol.ts';
import { randomId } from './random-id.ts';
import type { ClientStorage } from './storage.ts';

/** A message that the server has not acknowledged yet. */
export interface QueuedMessage extends DraftParts {
  readonly clientId: string;
  readonly conversationId: string;
  /** By the clock of this machine. */
  readonly createdAt: string;
  /** Why the server refused it for good; null while it waits. */
  readonly failure: { readonly code: string; readonly message: string } | null;
}

interface Entry {
  message: QueuedMessage;
  /** Its place in the queue, also in storage. */
  readonly order: number;
  /** Resolves when it is in storage. */
  stored: Promise<void>;
  settle: PromiseWithResolvers<Message>;
}

export interface OutboxHooks {
  /** Sends once; resolves with the stored message. */
  readonly send: (message: QueuedMessage) => Promise<Message>;
  /** The entry is new, has failed, or waits again. */
  readonly changed: (message: QueuedMessage) => void;
  /** The server has it. */
  readonly settled: (message: Message) => void;
  /** Storage refused; the message is only in memory. */
  readonly troubled: (error: unknown) => void;
}

/**
 * Messages on their way, in order for each conversation. Each is written to storage before it is first sent, and sent
 * with the same clientId until the server has it or refuses it for good: so nothing is lost and nothing doubled,
 * whatever dies in between.
 */
export class Outbox {
  readonly #storage: ClientStorage;
  readonly #hooks: OutboxHooks;
  readonly #prefix: string;
  readonly #queues = new Map<string, Entry[]>();
  readonly #sending = new Set<string>();
  /** The last write to storage of each message, by clientId. */
  readonly #writes = new Map<string, Promise<void>>();
  #nextOrder = 1;
  #online: AbortController | null = null;
  #closed = false;

  constructor(storage: ClientStorage, personId: string, hooks: OutboxHooks) {
    this.#storage = storage;
    this.#hooks = hooks;
    // One person's queue is never sent as another.
    this.#prefix = `outbox:${personId}:`;
  }

  /** Takes what an earlier process has left. */
  async restore(): Promise<void> {
    const entries: Entry[] = [];
    for (const key of await this.#storage.keys(this.#prefix)) {
      const text = await this.#storage.get(key);
      if (text === null) continue;
      const { order, ...message } = JSON.parse(text) as QueuedMessage & { order: number };
      entries.push({ message, order, stored: Promise.resolve(), settle: promise() });
    }
    entries.sort((a, b) => a.order - b.order);
    for (const entry of entries) this.#queue(entry.message.conversationId).push(entry);
    this.#nextOrder = (entries.at(-1)?.order ?? 0) + 1;
  }

  /** What waits or has failed in a conversation, in the order of sending. */
  messages(conversationId: string): QueuedMessage[] {
    return (this.#queues.get(conversationId) ?? []).map(({ message }) => message);
  }

  /** How many messages wait to be acknowledged. */
  get waiting(): number {
    return this.all.filter(({ failure }) => failure === null).length;
  }

  /** Puts a message into the queue. */
  add(conversationId: string, draft: DraftParts): { message: QueuedMessage; acked: Promise<Message> } {
    const message: QueuedMessage = {
      clientId: randomId(),
      conversationId,
      ...draft,
      createdAt: new Date().toISOString(),
      failure: null,
    };
    const entry: Entry = { message, order: this.#nextOrder++, stored: Promise.resolve(), settle: promise() };
    this.#queue(conversationId).push(entry);
    this.#store(entry);
    this.#hooks.changed(message);
    void this.#run(conversationId);
    return { message, acked: entry.settle.promise };
  }

  /** Tries a message again that was refused. */
  retry(conversationId: string, clientId: string): Promise<Message> {
    const entry = this.#find(conversationId, clientId);
    if (!entry?.message.failure) return Promise.reject(new ParleyError('invalid_request', 'It has not failed.'));
    entry.settle = promise();
    this.#update(entry, null);
    void this.#run(conversationId);
    return entry.settle.promise;
  }

  /** Takes a message out that was refused. One that waits may be on its way already and stays. */
  discard(conversationId: string, clientId: string): boolean {
    const entry = this.#find(conversationId, clientId);
    if (!entry?.message.failure) return false;
    this.#remove(entry);
    return true;
  }

  /** Sends from now on. */
  resume(): void {
    this.#online ??= new AbortController();
    for (const conversationId of this.#queues.keys()) void this.#run(conversationId);
  }

  /** Sends no more until `resume`. */
  pause(): void {
    this.#online?.abort();
    this.#online = null;
  }

  /** A message of mine is stored, by whatever way that is known. One that was not waiting here is ignored. */
  settle(message: Message): void {
    const entry = message.clientId === null ? undefined : this.#find(message.conversationId, message.clientId);
    if (!entry) return;
    this.#remove(entry);
    entry.settle.resolve(message);
    this.#hooks.settled(message);
  }

  /** All messages that wait or have failed. */
  get all(): QueuedMessage[] {
    return [...this.#queues.values()].flat().map(({ message }) => message);
  }

  /** Forgets everything, in storage too. */
  async clear(): Promise<void> {
    this.close(new ParleyError('discarded', 'Signed out before the message was sent.'));
    for (const key of await this.#storage.keys(this.#prefix)) await this.#storage.remove(key);
  }

  /** Stops. What waits stays in storage. */
  close(reason: ParleyError): void {
    this.#closed = true;
    this.pause();
    for (const { settle } of [...this.#queues.values()].flat()) settle.reject(reason);
    this.#queues.clear();
  }

  async #run(conversationId: string): Promise<void> {
    if (this.#sending.has(conversationId) || !this.#online) return;
    this.#sending.add(conversationId);
    try {
      let attempt = 0;
      for (let entry = this.#next(conversationId); entry && this.#online; entry = this.#next(conversationId)) {
        const { signal } = this.#online;
        try {
          await entry.stored;
          if (signal.aborted) continue;
          this.settle(await this.#hooks.send(entry.message));
          attempt = 0;
        } catch (error) {
          if (this.#closed || this.#find(conversationId, entry.message.clientId) !== entry) continue;
          if (mayPass(error)) {
            attempt += 1;
            await pause(Math.max(retryAfter(error), backoff(attempt)), signal);
          } else {
            const { code, message } = error as ParleyError;
            this.#update(entry, { code, message });
            entry.settle.reject(error);
          }
        }
      }
    } finally {
      this.#sending.delete(conversationId);
    }
  }

  #next(conversationId: string): Entry | undefined {
    return this.#queues.get(conversationId)?.find(({ message }) => message.failure === null);
  }

  #queue(conversationId: string): Entry[] {
    const queue = this.#queues.get(conversationId) ?? [];
    this.#queues.set(conversationId, queue);
    return queue;
  }

  #find(conversationId: string, clientId: string): Entry | undefined {
    return this.#queues.get(conversationId)?.find(({ message }) => message.clientId === clientId);
  }

  #update(entry: Entry, failure: QueuedMessage['failure']): void {
    entry.message = { ...entry.message, failure };
    this.#store(entry);
    this.#hooks.changed(entry.message);
  }

  #store(entry: Entry): void {
    const { message, order } = entry;
    entry.stored = this.#inOrder(entry, () =>
      this.#storage.set(this.#key(entry), JSON.stringify({ ...message, order })),
    );
  }

  #remove(entry: Entry): void {
    const { conversationId } = entry.message;
    const rest = this.#queue(conversationId).filter((each) => each !== entry);
    if (rest.length > 0) this.#queues.set(conversationId, rest);
    else this.#queues.delete(conversationId);
    entry.stored = this.#inOrder(entry, () => this.#storage.remove(this.#key(entry)));
  }

  /** Storage may be asynchronous: what is written first must be there first. */
  #inOrder(entry: Entry, write: () => void | Promise<void>): Promise<void> {
    const earlier = this.#writes.get(entry.message.clientId);
    // Without an earlier write, a synchronous storage is done before this returns.
    const done = earlier ? earlier.then(write) : attempt(write);
    const written = done.catch((error: unknown) => this.#hooks.troubled(error));
    this.#writes.set(entry.message.clientId, written);
    return written.finally(() => {
      if (this.#writes.get(entry.message.clientId) === written) this.#writes.delete(entry.message.clientId);
    });
  }

  #key({ message }: Entry): string {
    return `${this.#prefix}${message.clientId}`;
  }
}

async function attempt(write: () => void | Promise<void>): Promise<void> {
  await write();
}

/** A promise that nobody has to wait for: its rejection is no uncaught error. */
function promise(): PromiseWithResolvers<Message> {
  const settle = Promise.withResolvers<Message>();
  settle.promise.catch(() => {});
  return settle;
}
