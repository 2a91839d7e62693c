import { EngineError } from './errors.ts';

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export interface GroupCommitOptions<Item, Result> {
  /**
   * Stores a batch with one commit.
   *
   * @returns one result an item, in their order. Rejecting fails the whole batch
   */
  readonly commit: (items: Item[]) => Promise<Result[]>;
  /** The most items that one commit takes. */
  readonly maxBatch: number;
  /** The most items that may wait; one more is refused with `overloaded`. */
  readonly maxWaiting: number;
}

/**
 * Commits what arrives while a commit is in flight together, by the next one. Alone, an item is committed at once:
 * there is no timer. Under load, batches grow by themselves and the cost of a commit is shared.
 *
 * Guarantees: items are committed in the order of `add`, one batch after the other.
 */
export class GroupCommit<Item, Result> {
  readonly #options: GroupCommitOptions<Item, Result>;
  #waiting: Waiting<Item, Result>[] = [];
  #running: Promise<void> | null = null;

  constructor(options: GroupCommitOptions<Item, Result>) {
    this.#options = options;
  }

  /** Resolves once the item's batch is committed. */
  add(item: Item): Promise<Result> {
    if (this.#waiting.length >= this.#options.maxWaiting) {
      return Promise.reject(new EngineError('overloaded', 'The server has too much to store. Try again shortly.'));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    // Whatever else this turn of the event loop has already received joins the first batch. Not a timer: no waiting.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#options.maxBatch);
      try {
        const results = await this.#options.commit(batch.map(({ item }) => item));
        for (const [i, { resolve }] of batch.entries()) resolve(results[i] as Result);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#running = null;
  }
}
