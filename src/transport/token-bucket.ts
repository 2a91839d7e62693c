/**
 * Limits how often one connection may speak. Two numbers a connection and no timer; a shared counter would be too dear
 * for something that happens with every event.
 */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #at: number;

  /**
   * @param perSecond refill; 0 means no limit
   * @param burst the most that may be saved
   * @param now milliseconds
   */
  constructor(perSecond: number, burst: number, now: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
    this.#at = now;
  }

  /** @returns 0 where it is allowed, else the seconds until it will be */
  take(now: number): number {
    if (this.#perSecond === 0) return 0;
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#at) / 1_000) * this.#perSecond);
    this.#at = now;
    if (this.#tokens < 1) return (1 - this.#tokens) / this.#perSecond;
    this.#tokens -= 1;
    return 0;
  }
}
