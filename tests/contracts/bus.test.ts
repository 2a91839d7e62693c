import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMemoryBus } from '../../src/adapters/bus/memory.ts';
import { createRedisBus } from '../../src/adapters/bus/redis.ts';
import type { Bus } from '../../src/engine/ports/bus.ts';
import { describeWithRedis } from '../harness/services.ts';
import { RedisCorner } from './redis.ts';

/** What must hold for every bus. `open` gives two nodes of one installation; in memory they are one. */
function busContract(open: () => { one: Bus; other: Bus }): void {
  let one: Bus;
  let other: Bus;
  beforeEach(() => {
    ({ one, other } = open());
  });
  afterEach(() => Promise.all([one.close(), other.close()]));

  /** Resolves when everything that `from` has published before has reached `to`. */
  async function settled(from: Bus, to: Bus): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = await to.subscribe('settled', () => resolve());
    from.publish(['settled'], {});
    await promise;
    stop();
  }

  test('delivers to every node and handler that subscribes, and only what was published to the topic', async () => {
    const got: unknown[][] = [[], [], []];
    await one.subscribe('a', (payload) => got[0]?.push(payload));
    await other.subscribe('a', (payload) => got[1]?.push(payload));
    await other.subscribe('a', (payload) => got[2]?.push(payload));
    one.publish(['a'], { n: 1, text: 'grüße \u{1f44b}', nested: [null, { deep: true }] });
    one.publish(['b'], { n: 2 });
    await settled(one, other);
    await settled(one, one);
    const first = { n: 1, text: 'grüße \u{1f44b}', nested: [null, { deep: true }] };
    expect(got).toEqual([[first], [first], [first]]);
  });

  test('keeps the order of one publisher in one topic, and delivers each payload once', async () => {
    const got: number[] = [];
    await other.subscribe('order', (payload) => got.push((payload as { n: number }).n));
    const sent = Array.from({ length: 2_000 }, (_, n) => n);
    for (const n of sent) one.publish(n % 3 === 0 ? ['elsewhere', 'order'] : ['order'], { n });
    await settled(one, other);
    expect(got).toEqual(sent);
  });

  test('once subscribing has resolved, nothing that is published afterwards is missed', async () => {
    for (let round = 0; round < 50; round += 1) {
      const { promise, resolve } = Promise.withResolvers<unknown>();
      await other.subscribe(`fresh-${round}`, resolve);
      one.publish([`fresh-${round}`], { round });
      expect(await promise).toEqual({ round });
    }
  });

  test('stops one handler without touching the others, even where both are the same function', async () => {
    const got: unknown[] = [];
    const handler = (payload: unknown): void => {
      got.push(payload);
    };
    const stopFirst = await other.subscribe('shared', handler);
    const stopSecond = await other.subscribe('shared', handler);
    stopFirst();
    stopFirst();
    one.publish(['shared'], { n: 1 });
    await settled(one, other);
    expect(got).toEqual([{ n: 1 }]);
    stopSecond();
    one.publish(['shared'], { n: 2 });
    await settled(one, other);
    expect(got).toEqual([{ n: 1 }]);
  });

  test('a topic that is left and joined again at once ends as joined', async () => {
    const got: unknown[] = [];
    for (let round = 0; round < 20; round += 1) {
      const stop = await other.subscribe('flapping', () => {});
      stop();
      const leaving = other.subscribe('flapping', () => {});
      const staying = other.subscribe('flapping', (payload) => got.push(payload));
      (await leaving)();
      const stay = await staying;
      one.publish(['flapping'], { round });
      await settled(one, other);
      stay();
    }
    expect(got).toEqual(Array.from({ length: 20 }, (_, round) => ({ round })));
  });

  test('publishing where nobody listens does nothing', async () => {
    one.publish(['nobody'], {});
    one.publish([], {});
    await settled(one, other);
  });

  test('answers a ping', async () => {
    await one.ping();
  });
}

describe('the bus in memory', () => {
  busContract(() => {
    const bus = createMemoryBus();
    return { one: bus, other: bus };
  });
});

describeWithRedis('the bus over Redis', (url) => {
  let corner: RedisCorner;
  beforeEach(() => {
    corner = new RedisCorner(url);
  });
  afterEach(() => corner.close());
  const open = (prefix = corner.prefix): Bus => createRedisBus(corner.connect, { prefix });

  busContract(() => ({ one: open(), other: open() }));

  test('tells after a lost connection that messages may be missing, and goes on with all topics', async () => {
    const [one, other] = [open(), open()];
    const got: unknown[] = [];
    await other.subscribe('a', (payload) => got.push(payload));
    await other.subscribe('b', (payload) => got.push(payload));
    let gaps = 0;
    const gap = new Promise<void>((resolve) => {
      other.onGap(() => {
        gaps += 1;
        resolve();
      });
    });
    await corner.cutSubscribers();
    await gap;
    one.publish(['a', 'b'], { after: true });
    await expect.poll(() => got.length).toBe(2);
    expect(gaps).toBe(1);
    await Promise.all([one.close(), other.close()]);
  });

  test('a topic joined while the connection is away is there when it is back', async () => {
    const [one, other] = [open(), open()];
    await other.subscribe('before', () => {});
    const gap = new Promise<void>((resolve) => other.onGap(resolve));
    await corner.cutSubscribers();
    const got: unknown[] = [];
    await other.subscribe('during', (payload) => got.push(payload));
    await gap;
    one.publish(['during'], { n: 1 });
    await expect.poll(() => got).toEqual([{ n: 1 }]);
    await Promise.all([one.close(), other.close()]);
  });

  test('installations with different prefixes do not hear each other, and foreign text is ignored', async () => {
    const [one, other] = [open(), open(`${corner.prefix}-b`)];
    const got: unknown[] = [];
    await one.subscribe('a', (payload) => got.push(payload));
    other.publish(['a'], { from: 'the other' });
    await corner.connect().publish(`${corner.prefix}:bus:a`, 'not JSON');
    await other.ping();
    one.publish(['a'], { from: 'our own' });
    await expect.poll(() => got).toEqual([{ from: 'our own' }]);
    await Promise.all([one.close(), other.close()]);
  });

  test('without Redis, publishing does not throw, and subscribing and pinging reject', async () => {
    const bus = createRedisBus(corner.unreachable);
    bus.publish(['a'], {});
    await expect(bus.ping()).rejects.toThrow();
    await expect(bus.subscribe('a', () => {})).rejects.toThrow();
    await bus.close();
  });
});
