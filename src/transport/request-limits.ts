import { LRUCache } from 'lru-cache';
import type { Clock } from '../engine/shared/clock.ts';
import { EngineError } from '../engine/shared/errors.ts';
import { TokenBucket } from './token-bucket.ts';

/** What one session, or one address without a session, may ask for. */
const perSecond = 20;
const burst = 200;

/** Refuses floods of requests. Counted on each node by itself: it guards the node, not a quota. */
export class RequestLimits {
  readonly #factor: number;
  readonly #clock: Clock;
  readonly #buckets = new LRUCache<string, TokenBucket>({ max: 50_000 });

  /** @param factor multiplies the limit; 0 switches it off */
  constructor(factor: number, clock: Clock) {
    this.#factor = factor;
    this.#clock = clock;
  }

  /** @throws EngineError `rate_limited` */
  consume(key: string): void {
    if (this.#factor === 0) return;
    const now = this.#clock.now();
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      bucket = new TokenBucket(perSecond * this.#factor, burst * this.#factor, now);
      this.#buckets.set(key, bucket);
    }
    refuseAfter(bucket.take(now), 'requests');
  }
}

/** @throws EngineError `rate_limited` where there is something to wait for */
export function refuseAfter(seconds: number, limit: string): void {
  if (seconds === 0) return;
  const retryAfter = Math.max(1, Math.ceil(seconds));
  throw new EngineError('rate_limited', `Too many ${limit}. Try again in ${retryAfter} s.`, { retryAfter, limit });
}
