/** Connections that have closed, whose people are still online for a moment. */
export class Lingering {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** @param milliseconds 0: they are gone at once */
  add(sessionId: string, leave: () => void, milliseconds: number): void {
    if (milliseconds === 0) {
      leave();
      return;
    }
    const over = (): void => {
      clearTimeout(timer);
      const waiting = this.#waiting.get(sessionId);
      waiting?.delete(over);
      if (waiting?.size === 0) this.#waiting.delete(sessionId);
      leave();
    };
    const timer = setTimeout(over, milliseconds);
    timer.unref();
    this.#waiting.set(sessionId, (this.#waiting.get(sessionId) ?? new Set()).add(over));
  }

  /** Those of a session that has ended, or all, are gone now. */
  end(sessionId?: string): void {
    const ids = sessionId === undefined ? [...this.#waiting.keys()] : [sessionId];
    for (const over of ids.flatMap((id) => [...(this.#waiting.get(id) ?? [])])) over();
  }
}
