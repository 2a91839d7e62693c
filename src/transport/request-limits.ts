import { LRUCache } from 'lru-cache';
import type { Clock } from '../engine/shared/clock.ts';
import { EngineError } from '../engine/shared/errors.ts';
import { TokenBucket } from './token-bucket.ts';

/** How often something may happen. */
export interface Rate {
  /** What is counted, in the plural; shown in the refusal. */
  readonly what: string;
  readonly perSecond: number;
  /** The most at once. */
  readonly burst: number;
}

/** What one session, or one address without a session, may ask for. */
const requestRate: Rate = { what: 'requests', perSecond: 20, burst: 200 };

/** Connections that one address may open. High: many people may share an address, and come back all at once. */
export const handshakeRate: Rate = { what: 'connections', perSecond: 50, burst: 1_000 };

/** Refuses floods of requests. Counted on each node by itself: it guards the node, not a quota. */
export class RequestLimits {
  readonly #rate: Rate;
  readonly #factor: number;
  readonly #clock: Clock;
  readonly #buckets = new LRUCache<string, TokenBucket>({ max: 50_000 });

  /** @param factor multiplies the limit; 0 switches it off */
  constructor(factor: number, clock: Clock, rate: Rate = requestRate) {
    this.#rate = rate;
    this.#factor = factor;
    this.#clock = clock;
  }

  /** @throws EngineError `rate_limited` */
  consume(key: string): void {
    if (this.#factor === 0) return;
    const now = this.#clock.now();
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      const { perSecond, burst } = this.#rate;
      bucket = new TokenBucket(perSecond * this.#factor, burst * this.#factor, now);
      this.#buckets.set(key, bucket);
    }
    refuseAfter(bucket.take(now), this.#rate.what);
  }
}

/** @throws EngineError `rate_limited` where there is something to wait for */
export function refuseAfter(seconds: number, limit: string): void {
  if (seconds === 0) return;
  const retryAfter = Math.max(1, Math.ceil(seconds));
  throw new EngineError('rate_limited', `Too many ${limit}. Try again in ${retryAfter} s.`, { retryAfter, limit });
}
