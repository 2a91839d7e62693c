/** Puts what is numbered 1, 2, 3 ... back into order. What comes early waits; what came before is ignored. */
export class InOrder<Item> {
  #last: number;
  readonly #early = new Map<number, Item>();

  /** @param last the number before which nothing is missing */
  constructor(last: number) {
    this.#last = last;
  }

  /** The number up to which everything has been taken. */
  get last(): number {
    return this.#last;
  }

  /** Whether something waits for what comes before it. */
  get waiting(): boolean {
    return this.#early.size > 0;
  }

  /** What waits, in order. */
  get early(): Item[] {
    return [...this.#early].sort(([a], [b]) => a - b).map(([, item]) => item);
  }

  /** @returns false where it is known already */
  add(number: number, item: Item): boolean {
    if (number <= this.#last || this.#early.has(number)) return false;
    this.#early.set(number, item);
    return true;
  }

  /** What follows the last that was taken, if it is there. */
  peek(): Item | undefined {
    return this.#early.get(this.#last + 1);
  }

  /** Takes what {@link peek} has shown. */
  take(): void {
    this.#last += 1;
    this.#early.delete(this.#last);
  }

  /** Begins anew after a number. What waits is dropped: the caller has it elsewhere. */
  restart(last: number): void {
    this.#last = last;
    this.#early.clear();
  }
}
