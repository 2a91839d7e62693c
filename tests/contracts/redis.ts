import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';

interface CornerOptions {
  readonly connectionName?: string;
  readonly autoResendUnfulfilledCommands?: boolean;
  readonly retryStrategy?: () => null;
}

/** A corner of the shared Redis for one test: connections with a name of their own, and keys with a prefix. */
export class RedisCorner {
  readonly prefix = `test-${randomUUID()}`;
  readonly #url: string;
  readonly #connections: Redis[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  /** As the server makes them. */
  readonly connect = (options: CornerOptions = {}): Redis => this.#open(new Redis(this.#url, this.#options(options)));

  /** A connection to where no Redis is. */
  readonly unreachable = (options: CornerOptions = {}): Redis =>
    this.#open(new Redis('redis://127.0.0.1:1', this.#options(options)));

  /** Cuts those of this corner's connections that subscribe. */
  async cutSubscribers(): Promise<void> {
    const redis = this.connect({ connectionName: `${this.prefix}-killer` });
    const clients = String(await redis.client('LIST', 'TYPE', 'PUBSUB')).split('\n');
    for (const client of clients.filter((line) => line.includes(` name=${this.prefix} `))) {
      const id = /^id=(\d+)/.exec(client)?.[1];
      if (id !== undefined) await redis.client('KILL', 'ID', id);
    }
  }

  #options(options: CornerOptions) {
    return { maxRetriesPerRequest: 1, enableAutoPipelining: true, connectionName: this.prefix, ...options };
  }

  #open(redis: Redis): Redis {
    redis.on('error', () => {}); // tests cut connections on purpose
    this.#connections.push(redis);
    return redis;
  }

  async close(): Promise<void> {
    const redis = this.connect();
    const keys = await redis.keys(`${this.prefix}:*`);
    if (keys.length > 0) await redis.del(keys);
    for (const connection of this.#connections) connection.disconnect();
  }
}
