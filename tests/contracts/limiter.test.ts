import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLimiter } from '../../src/adapters/limiter/index.ts';
import type { Limiter, LimitRule } from '../../src/engine/ports/limiter.ts';
import { describeWithRedis } from '../harness/services.ts';
import { RedisCorner } from './redis.ts';

const rule: LimitRule = { name: 'test-three', points: 3, windowSeconds: 60 };

/** How many of so many uses pass. */
async function passes(limiter: Limiter, uses: number, key: string, by: LimitRule = rule): Promise<number> {
  const outcomes = await Promise.allSettled(Array.from({ length: uses }, () => limiter.consume(by, key)));
  return outcomes.filter(({ status }) => status === 'fulfilled').length;
}

function limiterContract(open: (factor: number) => Promise<Limiter>): void {
  test('lets a rule through as often as it says, at once or in turn, and then says when to come back', async () => {
    const limiter = await open(1);
    const key = randomUUID();
    expect(await passes(limiter, 2, key)).toBe(2);
    expect(await passes(limiter, 5, key)).toBe(1);
    const refused = await limiter.consume(rule, key).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'rate_limited', details: { limit: rule.name } });
    const { retryAfter } = (refused as { details: { retryAfter: number } }).details;
    expect(retryAfter).toBeGreaterThan(50);
    expect(retryAfter).toBeLessThanOrEqual(60);
    await limiter.close();
  });

  test('multiplies a rule, or switches it off, unless it is fixed', async () => {
    const fixed: LimitRule = { ...rule, name: 'test-fixed', fixed: true };
    for (const [factor, free] of [
      [2, 6],
      [0, 10],
    ] as const) {
      const limiter = await open(factor);
      expect(await passes(limiter, 10, randomUUID())).toBe(free);
      expect(await passes(limiter, 10, randomUUID(), fixed)).toBe(3);
      await limiter.close();
    }
  });

  test('counts several points at once, and refuses more than are left', async () => {
    const limiter = await open(1);
    const key = randomUUID();
    await limiter.consume(rule, key, 2);
    await expect(limiter.consume(rule, key, 2)).rejects.toMatchObject({ code: 'rate_limited' });
    const other = randomUUID();
    await limiter.consume(rule, other, 2);
    await limiter.consume(rule, other);
    await expect(limiter.consume(rule, other)).rejects.toMatchObject({ code: 'rate_limited' });
    await limiter.close();
  });

  test('counts keys and rules apart', async () => {
    const limiter = await open(1);
    const key = randomUUID();
    await passes(limiter, 3, key);
    expect(await passes(limiter, 1, key)).toBe(0);
    expect(await passes(limiter, 1, randomUUID())).toBe(1);
    expect(await passes(limiter, 1, key, { ...rule, name: 'test-other' })).toBe(1);
    await limiter.close();
  });

  test('forgets on reset, also what it never counted', async () => {
    const limiter = await open(1);
    const key = randomUUID();
    await passes(limiter, 3, key);
    await limiter.reset(rule, key);
    expect(await passes(limiter, 5, key)).toBe(3);
    await limiter.reset(rule, randomUUID());
    await limiter.close();
  });

  test('multiplies limits by the factor, keeps at least one, and is off at 0', async () => {
    const key = randomUUID();
    for (const [factor, expected] of [
      [2, 6],
      [0.5, 2],
      [0.001, 1],
      [0, 20],
    ] as const) {
      const limiter = await open(factor);
      expect(await passes(limiter, 20, `${key}-${factor}`)).toBe(expected);
      await limiter.reset(rule, key);
      await limiter.close();
    }
  });

  test('lets through again when the window is over', async () => {
    const limiter = await open(1);
    const key = randomUUID();
    const short: LimitRule = { name: 'test-short', points: 1, windowSeconds: 1 };
    expect(await passes(limiter, 2, key, short)).toBe(1);
    await expect.poll(() => passes(limiter, 1, key, short), { timeout: 5_000 }).toBe(1);
    await limiter.close();
  });
}

describe('the limiter in memory', () => {
  limiterContract(async (factor) => createLimiter({ factor }));
});

describeWithRedis('the limiter over Redis', (url) => {
  let corner: RedisCorner;
  beforeEach(() => {
    corner = new RedisCorner(url);
  });
  afterEach(() => corner.close());
  const open = async (factor = 1): Promise<Limiter> => {
    const redis = corner.connect();
    await redis.ping(); // before it is connected, it counts in the process
    return createLimiter({ factor, redis, prefix: corner.prefix });
  };

  limiterContract(open);

  test('counts over all nodes', async () => {
    const [one, other] = [await open(), await open()];
    const key = randomUUID();
    const passed = await Promise.all([passes(one, 5, key), passes(other, 5, key)]);
    expect(passed[0] + passed[1]).toBe(3);
    await one.reset(rule, key);
    expect(await passes(other, 5, key)).toBe(3);
    await Promise.all([one.close(), other.close()]);
  });

  test('without Redis it counts in the process, and reset works', async () => {
    const limiter = createLimiter({ factor: 1, redis: corner.unreachable() });
    const key = randomUUID();
    expect(await passes(limiter, 5, key)).toBe(3);
    await limiter.reset(rule, key);
    expect(await passes(limiter, 5, key)).toBe(3);
    await limiter.close();
  });
});
