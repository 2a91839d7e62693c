/** Receives what is published to a topic. Must not throw and must not wait. */
export type BusHandler = (payload: unknown) => void;

/**
 * Carries facts between the nodes of one installation.
 *
 * Guarantees: at most once; from one publisher to one topic, in order. A payload is plain JSON. Nothing is kept: who is
 * not subscribed at that moment, or loses the connection to the bus, misses it and finds it again in the database (a
 * gap in `seq` or `rev` tells). Publishing never waits and never throws.
 *
 * Concurrency: handlers run one at a time, after `publish` has returned or during it (in memory); so a handler may
 * not assume either.
 */
export interface Bus {
  /** Whether a subscription delivers from the moment of the call on, and not only once its promise has resolved. */
  readonly immediate: boolean;
  /** Sends one payload to each of the topics. */
  publish(topics: readonly string[], payload: object): void;
  /**
   * Starts delivery to `handler`. Once the promise resolves, whatever is published anywhere afterwards arrives.
   *
   * @returns stops delivery to this handler
   */
  subscribe(topic: string, handler: BusHandler): Promise<() => void>;
  /** Resolves when the bus can carry messages, rejects when it cannot. */
  ping(): Promise<void>;
  /**
   * Calls `listener` after the connection to the bus was lost and is back: messages may have been missed. Never called
   * by a bus without a connection.
   */
  onGap(listener: () => void): void;
  close(): Promise<void>;
}
