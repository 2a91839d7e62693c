/** How long something is waited for that should come at once. */
const patience = 1_000;

/** Waits for what events make true. */
export class Awaited {
  readonly #waiting = new Map<() => boolean, () => void>();

  /** Resolves when it holds, or when that takes too long. @returns whether it holds */
  async until(holds: () => boolean): Promise<boolean> {
    if (holds()) return true;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(holds, resolve);
    const timer = setTimeout(resolve, patience);
    await promise;
    clearTimeout(timer);
    this.#waiting.delete(holds);
    return holds();
  }

  /** Call it when something has changed. */
  check(): void {
    for (const [holds, resolve] of this.#waiting) if (holds()) resolve();
  }
}
