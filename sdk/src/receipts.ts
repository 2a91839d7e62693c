import { backoff } from './backoff.ts';
import { mayPass, retryAfter } from './errors.ts';

interface Mark {
  read: number;
  delivered: number;
}

/** Sends one command. */
export type SendMark = (conversationId: string, mark: Partial<Mark>) => Promise<void>;

/**
 * Watermarks on their way to the server: all that a turn of the event loop brings goes out as one command for each
 * conversation, the highest wins, and one command of a conversation is under way at a time.
 */
export class Receipts {
  readonly #send: SendMark;
  readonly #wanted = new Map<string, Mark>();
  readonly #sending = new Map<string, Mark>();
  #waiting: { conversationId: string; read: number; settle: PromiseWithResolvers<void> }[] = [];
  #online = false;
  #scheduled = false;
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: SendMark) {
    this.#send = send;
  }

  /** How far I have read, counting what the server does not know yet. */
  readUpTo(conversationId: string): number {
    return Math.max(this.#wanted.get(conversationId)?.read ?? 0, this.#sending.get(conversationId)?.read ?? 0);
  }

  /** Whether something waits to be sent, or for its answer. */
  get busy(): boolean {
    return this.#wanted.size > 0 || this.#sending.size > 0;
  }

  delivered(conversationId: string, seq: number): void {
    if ((this.#sending.get(conversationId)?.delivered ?? 0) >= seq) return;
    this.#want(conversationId, { read: 0, delivered: seq });
  }

  /** Resolves when the server has it. */
  read(conversationId: string, seq: number): Promise<void> {
    const settle = Promise.withResolvers<void>();
    settle.promise.catch(() => {}); // may be ignored
    this.#waiting.push({ conversationId, read: seq, settle });
    this.#want(conversationId, { read: seq, delivered: 0 });
    return settle.promise;
  }

  resume(): void {
    this.#online = true;
    this.#attempt = 0;
    this.#schedule();
  }

  pause(): void {
    this.#online = false;
    clearTimeout(this.#timer);
  }

  close(reason: Error): void {
    this.pause();
    this.#wanted.clear();
    for (const { settle } of this.#waiting) settle.reject(reason);
    this.#waiting = [];
  }

  #want(conversationId: string, mark: Mark): void {
    const wanted = this.#wanted.get(conversationId);
    this.#wanted.set(conversationId, {
      read: Math.max(mark.read, wanted?.read ?? 0),
      delivered: Math.max(mark.delivered, wanted?.delivered ?? 0),
    });
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || !this.#online) return;
    this.#scheduled = true;
    // A frame of many events is applied in one turn: this comes after all of them.
    queueMicrotask(() => {
      this.#scheduled = false;
      for (const conversationId of [...this.#wanted.keys()]) void this.#flush(conversationId);
    });
  }

  async #flush(conversationId: string): Promise<void> {
    const mark = this.#wanted.get(conversationId);
    if (!mark || !this.#online || this.#sending.has(conversationId)) return;
    this.#wanted.delete(conversationId);
    this.#sending.set(conversationId, mark);
    let failure: unknown = null;
    try {
      await this.#send(conversationId, {
        ...(mark.read > 0 && { read: mark.read }),
        ...(mark.delivered > mark.read && { delivered: mark.delivered }),
      });
      this.#attempt = 0;
    } catch (error) {
      failure = error ?? new Error('unknown');
    }
    this.#sending.delete(conversationId);
    if (failure === null || !mayPass(failure)) {
      const done = this.#waiting.filter((each) => each.conversationId === conversationId && each.read <= mark.read);
      this.#waiting = this.#waiting.filter((each) => !done.includes(each));
      for (const { settle } of done) failure === null ? settle.resolve() : settle.reject(failure);
      return this.#schedule();
    }
    const wanted = this.#wanted.get(conversationId);
    this.#wanted.set(conversationId, {
      read: Math.max(mark.read, wanted?.read ?? 0),
      delivered: Math.max(mark.delivered, wanted?.delivered ?? 0),
    });
    this.#attempt += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#schedule(), Math.max(retryAfter(failure), backoff(this.#attempt)));
  }
}
