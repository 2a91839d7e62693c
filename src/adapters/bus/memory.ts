import type { Bus, BusHandler } from '../../engine/ports/bus.ts';

/** A bus within one process. Handlers run during `publish`. */
export function createMemoryBus(): Bus {
  const handlers = new Map<string, Set<BusHandler>>();
  return {
    immediate: true,
    publish(topics, payload) {
      for (const topic of topics) for (const handler of handlers.get(topic) ?? []) handler(payload);
    },
    async subscribe(topic, handler) {
      // A set tells handlers apart by identity, and each subscription is to be stopped by itself.
      const own: BusHandler = (payload) => handler(payload);
      const set = handlers.get(topic) ?? new Set();
      handlers.set(topic, set.add(own));
      return () => {
        if (set.delete(own) && set.size === 0 && handlers.get(topic) === set) handlers.delete(topic);
      };
    },
    ping: async () => {},
    onGap: () => {},
    close: async () => handlers.clear(),
  };
}
