import { backoff, pause } from './backoff.ts';
import { retryAfter } from './errors.ts';

/** How long a gap may close by itself: an answer often comes just before the events that happened before it. */
const gapPatience = 50;
/** A sync that left something open is not repeated in a hurry. */
const incompletePause = 1_000;

export interface SyncHooks {
  /** Before the first sync of a connection: nothing that this brings may fall between it and the sync. */
  readonly prepare: () => Promise<void>;
  /** Syncs once, until the server has nothing more. @returns whether something is still missing */
  readonly sync: (current: () => boolean) => Promise<boolean>;
  /** A sync has failed, and another one follows. */
  readonly failed: () => void;
  /** The first sync of a connection is done. */
  readonly done: () => void;
  /** Whether something is missing that a sync would bring. */
  readonly incomplete: () => boolean;
}

/** Decides when to sync: at each connection, and when something turns out to be missing. One at a time. */
export class SyncLoop {
  readonly #hooks: SyncHooks;
  readonly #closing = new AbortController();
  /** Counts connections, so that what belongs to an earlier one does nothing any more. */
  #generation = 0;
  #running = 0;
  #again = false;
  #prepared = false;
  #online = false;
  #wanted = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(hooks: SyncHooks) {
    this.#hooks = hooks;
  }

  get busy(): boolean {
    return this.#running !== 0 || this.#timer !== undefined;
  }

  /** A connection is there. */
  open(): void {
    this.#generation += 1;
    this.#prepared = false;
    this.#start();
  }

  /** The connection is gone. */
  lost(): void {
    this.#generation += 1;
    this.#running = 0;
    this.#online = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  close(): void {
    this.lost();
    this.#closing.abort();
  }

  /** Something is missing: syncs, unless it comes by itself in a moment. */
  missing(): void {
    this.#schedule(gapPatience);
  }

  /** Syncs as soon as that is possible. */
  now(): void {
    this.#wanted = true;
    this.#schedule(0);
  }

  #schedule(delay: number): void {
    if (!this.#online || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#wanted || this.#hooks.incomplete()) this.#start();
    }, delay);
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#running === this.#generation) {
      this.#again = true;
      return;
    }
    this.#running = this.#generation;
    void this.#run(this.#generation);
  }

  async #run(generation: number): Promise<void> {
    const current = (): boolean => generation === this.#generation;
    for (let attempt = 1; current(); attempt += 1) {
      try {
        if (!this.#prepared) await this.#hooks.prepare();
        if (!current() || (await this.#once(current))) return;
      } catch (error) {
        if (!current()) return;
        this.#hooks.failed();
        await pause(Math.max(retryAfter(error), backoff(attempt)), this.#closing.signal);
      }
    }
  }

  /** @returns false where the connection is gone, or another sync should follow at once */
  async #once(current: () => boolean): Promise<boolean> {
    this.#again = false;
    this.#wanted = false;
    const incomplete = await this.#hooks.sync(current);
    if (!current() || this.#again) return false;
    this.#running = 0;
    if (!this.#online) {
      this.#online = true;
      this.#prepared = true;
      this.#hooks.done();
    }
    if (incomplete && current()) this.#schedule(incompletePause);
    return true;
  }
}
