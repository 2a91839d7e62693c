import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Limiter, LimitRule } from '../../engine/ports/limiter.ts';
import { EngineError } from '../../engine/shared/errors.ts';

export interface LimiterOptions {
  /** Multiplies every limit that is not fixed; 0 switches them off. */
  readonly factor: number;
  /** Where counts are shared by all nodes; without it, each process counts for itself. */
  readonly redis?: Redis | undefined;
  /** What all keys in Redis begin with. Installations that share a Redis need different ones. */
  readonly prefix?: string;
}

/** {@link Limiter} by rate-limiter-flexible: fixed windows, in memory or in Redis. */
export function createLimiter(options: LimiterOptions): Limiter {
  const limiters = new Map<string, RateLimiterMemory | RateLimiterRedis>();

  function limiterOf(rule: LimitRule): RateLimiterMemory | RateLimiterRedis {
    let limiter = limiters.get(rule.name);
    if (!limiter) {
      const settings = {
        keyPrefix: `${options.prefix ?? 'parley'}:limit:${rule.name}`,
        points: rule.fixed ? rule.points : Math.max(1, Math.ceil(rule.points * options.factor)),
        duration: rule.windowSeconds,
      };
      const memory = new RateLimiterMemory(settings);
      limiter = options.redis
        ? new RateLimiterRedis({
            ...settings,
            storeClient: options.redis,
            insuranceLimiter: memory,
            rejectIfRedisNotReady: true, // counts in memory at once, without waiting for a connection
          })
        : memory;
      limiters.set(rule.name, limiter);
    }
    return limiter;
  }

  const isOff = ({ fixed }: LimitRule): boolean => options.factor === 0 && !fixed;

  return {
    async consume(rule, key, points = 1) {
      if (isOff(rule)) return;
      try {
        await limiterOf(rule).consume(key, points);
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        const retryAfter = Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000));
        throw new EngineError('rate_limited', `Too many attempts. Try again in ${retryAfter} s.`, {
          retryAfter,
          limit: rule.name,
        });
      }
    },
    async reset(rule, key) {
      if (isOff(rule)) return;
      await limiterOf(rule).delete(key);
    },
    async close() {
      options.redis?.disconnect();
    },
  };
}
