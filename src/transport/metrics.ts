import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What `/metrics` shows, for Prometheus. One registry for each server, so that two in one process do not mix. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'parley_http_request_seconds',
    help: 'Time from the arrival of a request to the end of its response.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [registry],
  });
  const events = new Counter({
    name: 'parley_events_total',
    help: 'Events that this node has published, by type.',
    labelNames: ['type'],
    registers: [registry],
  });
  const counters = new Map<string, Counter.Internal>();
  return {
    registry,
    requests,
    /** Counts an event. Looks the counter of its type up once: this is on the path of every message. */
    countEvent(type: string): void {
      let counter = counters.get(type);
      if (!counter) {
        counter = events.labels(type);
        counters.set(type, counter);
      }
      counter.inc();
    },
    /** Shows a count of live connections, read when asked. */
    trackConnections(count: () => number): void {
      new Gauge({
        name: 'parley_connections',
        help: 'Live socket connections of this node.',
        registers: [registry],
        collect() {
          this.set(count());
        },
      });
    },
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
