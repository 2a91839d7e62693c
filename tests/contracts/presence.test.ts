import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMemoryPresence } from '../../src/adapters/presence/memory.ts';
import { createRedisPresence } from '../../src/adapters/presence/redis.ts';
import type { PresenceRegistry } from '../../src/engine/ports/presence-registry.ts';
import { describeWithRedis } from '../harness/services.ts';
import { RedisCorner } from './redis.ts';

/** What must hold for every registry. `open` gives two nodes of one installation; in memory they are one. */
function presenceContract(open: () => Promise<{ one: PresenceRegistry; other: PresenceRegistry }>): void {
  let one: PresenceRegistry;
  let other: PresenceRegistry;
  beforeEach(async () => {
    ({ one, other } = await open());
  });
  afterEach(() => Promise.all([one.close(), other.close()]));

  test('tells the first to come and the last to go, over all nodes and connections', async () => {
    const ann = randomUUID();
    expect(await one.enter(ann)).toBe(true);
    expect(await other.enter(ann)).toBe(false);
    expect(await one.enter(ann)).toBe(false);
    expect(await one.leave(ann)).toBe(false);
    expect(await one.leave(ann)).toBe(false);
    expect(await one.online([ann])).toEqual(new Set([ann]));
    expect(await other.leave(ann)).toBe(true);
    expect(await one.online([ann])).toEqual(new Set());
    expect(await one.enter(ann)).toBe(true);
  });

  test('names those who are online, whichever node is asked', async () => {
    const [ann, bob, cid] = [randomUUID(), randomUUID(), randomUUID()];
    await one.enter(ann);
    await other.enter(bob);
    for (const registry of [one, other]) {
      expect(await registry.online([ann, bob, cid])).toEqual(new Set([ann, bob]));
      expect(await registry.online([])).toEqual(new Set());
    }
  });

  test('of many that come at once exactly one is first, and of many that go one is last', async () => {
    for (let round = 0; round < 20; round += 1) {
      const ann = randomUUID();
      const nodes = [one, other, one, other, one, other];
      const first = await Promise.all(nodes.map((node) => node.enter(ann)));
      expect(first.filter(Boolean)).toHaveLength(1);
      const last = await Promise.all(nodes.map((node) => node.leave(ann)));
      expect(last.filter(Boolean)).toHaveLength(1);
      expect(await one.online([ann])).toEqual(new Set());
    }
  });

  test('coming and going in quick succession ends with where it ended', async () => {
    const ann = randomUUID();
    const told = await Promise.all(
      Array.from({ length: 21 }, (_, turn) => (turn % 2 === 0 ? one.enter(ann) : one.leave(ann))),
    );
    expect(told).toEqual(told.map(() => true));
    expect(await other.online([ann])).toEqual(new Set([ann]));
    await one.leave(ann);
    expect(await other.online([ann])).toEqual(new Set());
  });
}

describe('presence in memory', () => {
  presenceContract(async () => {
    const registry = createMemoryPresence();
    return { one: registry, other: registry };
  });
});

describeWithRedis('presence over Redis', (url) => {
  let corner: RedisCorner;
  beforeEach(() => {
    corner = new RedisCorner(url);
  });
  afterEach(() => corner.close());
  const open = (redis: Redis = corner.connect(), leaseSeconds = 30): Promise<PresenceRegistry> =>
    createRedisPresence(redis, { prefix: corner.prefix, leaseSeconds });

  presenceContract(async () => ({ one: await open(), other: await open() }));

  test('a node that dies is forgotten when its lease ends, and whoever comes then is first', async () => {
    const connection = corner.connect();
    const [dying, living] = [await open(connection, 0.5), await open()];
    const [ann, bob] = [randomUUID(), randomUUID()];
    await dying.enter(ann);
    await dying.enter(bob);
    await living.enter(bob);
    connection.disconnect();
    expect(await living.online([ann, bob])).toEqual(new Set([ann, bob]));
    await expect.poll(() => living.online([ann, bob])).toEqual(new Set([bob]));
    expect(await living.enter(ann)).toBe(true);
    expect(await living.leave(bob)).toBe(true);
    expect(dying.leaseSeconds).toBe(0.5);
    await Promise.all([dying.close(), living.close()]);
  });

  test('a living node keeps its lease, and enters its people again where Redis has lost them', async () => {
    const [one, other] = [await open(undefined, 0.5), await open()];
    const ann = randomUUID();
    await one.enter(ann);
    const redis = corner.connect();
    await redis.del(await redis.keys(`${corner.prefix}:*`));
    expect(await other.online([ann])).toEqual(new Set());
    await expect.poll(() => other.online([ann])).toEqual(new Set([ann]));
    await Promise.all([one.close(), other.close()]);
  });

  test('a person who could not be entered is entered by the next connection', async () => {
    const connection = corner.connect({ retryStrategy: () => null });
    const [one, other] = [await open(connection), await open()];
    const ann = randomUUID();
    connection.disconnect();
    await expect(one.enter(ann)).rejects.toThrow();
    await connection.connect();
    expect(await one.enter(ann)).toBe(true);
    expect(await other.online([ann])).toEqual(new Set([ann]));
    await Promise.all([one.close(), other.close()]);
  });

  test('a node that closes is gone at once', async () => {
    const [one, other] = [await open(), await open()];
    const ann = randomUUID();
    await one.enter(ann);
    await one.close();
    expect(await other.online([ann])).toEqual(new Set());
    await other.close();
  });
});
