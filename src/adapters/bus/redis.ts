import type { Redis } from 'ioredis';
import type { Bus, BusHandler } from '../../engine/ports/bus.ts';

const prefix = 'parley:bus:';

interface Subscription {
  readonly handlers: Set<BusHandler>;
  /** Resolves when Redis has confirmed it. */
  active: Promise<unknown>;
}

/**
 * A bus over Redis publish/subscribe, for many nodes. Redis keeps nothing: what is published while a node is cut off is
 * lost to that node, and `onGap` tells when it is back.
 *
 * @param connect makes a connection; the bus needs two and closes both
 */
export function createRedisBus(connect: () => Redis): Bus {
  const publisher = connect();
  const subscriber = connect();
  const subscriptions = new Map<string, Subscription>();
  const gapListeners: (() => void)[] = [];
  let lost = false;

  subscriber.on('message', (channel: string, text: string) => {
    const subscription = subscriptions.get(channel.slice(prefix.length));
    if (!subscription) return;
    const payload: unknown = JSON.parse(text);
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
    publish(topics, payload) {
      const text = JSON.stringify(payload);
      for (const topic of topics) publisher.publish(prefix + topic, text).catch(() => {});
    },
    async subscribe(topic, handler) {
      let subscription = subscriptions.get(topic);
      if (!subscription) {
        subscription = { handlers: new Set(), active: subscriber.subscribe(prefix + topic) };
        subscriptions.set(topic, subscription);
      }
      const current = subscription;
      current.handlers.add(handler);
      const stop = (): void => {
        if (!current.handlers.delete(handler) || current.handlers.size > 0) return;
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
