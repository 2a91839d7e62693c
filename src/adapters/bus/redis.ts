import type { Redis } from 'ioredis';
import type { Bus, BusHandler } from '../../engine/ports/bus.ts';

/** What the bus asks of a connection. */
export interface RedisConnectionOptions {
  readonly autoResendUnfulfilledCommands?: boolean;
}

export interface RedisBusOptions {
  /** What the names of all channels begin with. Installations that share a Redis need different ones. */
  readonly prefix?: string;
}

interface Subscription {
  readonly handlers: Set<BusHandler>;
  /** Resolves when Redis has confirmed it. */
  readonly active: Promise<unknown>;
}

/**
 * A bus over Redis publish/subscribe, for many nodes. Redis keeps nothing: what is published while a node is cut off is
 * lost to that node, and `onGap` tells when it is back.
 *
 * Concurrency: all commands about a topic go over one connection in the order of the calls, so a topic that is left and
 * joined again before Redis has answered ends as joined.
 *
 * @param connect makes a connection, with these options over its own; the bus needs two and closes both
 */
export function createRedisBus(
  connect: (options?: RedisConnectionOptions) => Redis,
  options: RedisBusOptions = {},
): Bus {
  const prefix = `${options.prefix ?? 'parley'}:bus:`;
  // A command that was in flight when the connection broke may have been done: sent again, it would arrive twice.
  const publisher = connect({ autoResendUnfulfilledCommands: false });
  const subscriber = connect();
  const subscriptions = new Map<string, Subscription>();
  const gapListeners: (() => void)[] = [];
  let lost = false;

  subscriber.on('message', (channel: string, text: string) => {
    const subscription = subscriptions.get(channel.slice(prefix.length));
    if (!subscription) return;
    let payload: unknown;
    try {
      payload = JSON.parse(text);
    } catch {
      return; // not from a node of Parley
    }
    for (const handler of subscription.handlers) handler(payload);
  });
  subscriber.on('close', () => {
    lost = true;
  });
  subscriber.on('ready', () => {
    if (!lost) return;
    lost = false;
    // ioredis subscribes again by itself; the ping is answered after that, on the same connection.
    subscriber.ping().then(
      () => {
        for (const listener of gapListeners) listener();
      },
      () => {},
    );
  });

  return {
    immediate: false,
    publish(topics, payload) {
      const text = JSON.stringify(payload);
      for (const topic of topics) publisher.publish(prefix + topic, text).catch(() => {});
    },
    async subscribe(topic, handler) {
      // A set tells handlers apart by identity, and each subscription is to be stopped by itself.
      const own: BusHandler = (payload) => handler(payload);
      const current = subscriptions.get(topic) ?? {
        handlers: new Set<BusHandler>(),
        active: subscriber.subscribe(prefix + topic),
      };
      subscriptions.set(topic, current);
      current.handlers.add(own);
      const stop = (): void => {
        if (!current.handlers.delete(own) || current.handlers.size > 0) return;
        if (subscriptions.get(topic) !== current) return;
        subscriptions.delete(topic);
        subscriber.unsubscribe(prefix + topic).catch(() => {});
      };
      try {
        await current.active;
      } catch (error) {
        stop();
        throw error;
      }
      return stop;
    },
    async ping() {
      await publisher.ping();
    },
    onGap(listener) {
      gapListeners.push(listener);
    },
    async close() {
      subscriptions.clear();
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}
