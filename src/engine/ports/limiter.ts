/** How often something may happen. */
export interface LimitRule {
  /** Unique among all rules; part of the key under which it is counted. */
  readonly name: string;
  /** How many times within the window. */
  readonly points: number;
  readonly windowSeconds: number;
  /** Holds as it is, whatever PARLEY_RATE_LIMIT_FACTOR says. */
  readonly fixed?: true;
}

/**
 * Counts what is done too often.
 *
 * Guarantees: over all nodes that share a Redis; in one process otherwise. Fails open: where the counter cannot be
 * reached, it counts in the process, because nobody could sign in otherwise.
 */
export interface Limiter {
  /**
   * Counts a use of `rule` by `key`.
   *
   * @param points how much it counts, one if not given. Counted also where it is refused
   * @throws EngineError `rate_limited`, with `retryAfter` in seconds
   */
  consume(rule: LimitRule, key: string, points?: number): Promise<void>;
  /** Forgets what was counted, after a success that proves good faith. */
  reset(rule: LimitRule, key: string): Promise<void>;
  close(): Promise<void>;
}
