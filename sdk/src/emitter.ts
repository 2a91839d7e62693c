/** A small typed event emitter. */
export class Emitter<Events> {
  readonly #listeners = new Map<keyof Events, Set<(payload: never) => void>>();

  /**
   * Calls `listener` for each event of a type from now on.
   *
   * @returns stops it
   */
  on<Type extends keyof Events>(type: Type, listener: (payload: Events[Type]) => void): () => void {
    const set = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, set.add(listener));
    return () => set.delete(listener);
  }

  /** Calls every listener. One that throws disturbs neither the others nor the caller. */
  emit<Type extends keyof Events>(type: Type, payload: Events[Type]): void {
    for (const listener of [...(this.#listeners.get(type) ?? [])]) {
      try {
        (listener as (payload: Events[Type]) => void)(payload);
      } catch (error) {
        // Uncaught, as an error in any other callback is.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
