import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { PresenceRegistry } from '../../engine/ports/presence-registry.ts';

export interface RedisPresenceOptions {
  /** What all keys begin with. Installations that share a Redis need different ones. */
  readonly prefix?: string;
  /** How long a node that does not renew its lease counts as alive. */
  readonly leaseSeconds?: number;
}

/**
 * KEYS: the person's set of nodes; the lease of this node. ARGV: what the keys of leases begin with; this node; the lease
 * in milliseconds, or 0 to leave. Answers 1 where no other living node has the person. One script, so that of two
 * nodes that come or go at once one is first or last.
 */
const enterOrLeave = `
  local alone = 1
  for _, node in ipairs(redis.call('SMEMBERS', KEYS[1])) do
    if node ~= ARGV[2] then
      if redis.call('EXISTS', ARGV[1] .. node) == 1 then alone = 0 else redis.call('SREM', KEYS[1], node) end
    end
  end
  if ARGV[3] == '0' then
    redis.call('SREM', KEYS[1], ARGV[2])
  else
    redis.call('SADD', KEYS[1], ARGV[2])
    redis.call('SET', KEYS[2], '1', 'PX', ARGV[3])
  end
  return alone`;

/** Forgets the nodes of a person that are dead. KEYS: the person's set; ARGV: what the keys of leases begin with. */
const sweep = `
  for _, node in ipairs(redis.call('SMEMBERS', KEYS[1])) do
    if redis.call('EXISTS', ARGV[1] .. node) == 0 then redis.call('SREM', KEYS[1], node) end
  end`;

interface LocalPerson {
  connections: number;
  /** Redis's answer to the first of them; null where it failed. */
  entered: Promise<boolean> | null;
}

/**
 * Presence over Redis. Each person has a set of the nodes on which they are connected; a node's name in it counts only
 * while that node renews its lease, so that one write a few seconds keeps all of a node's people.
 *
 * Concurrency: all commands go over one connection in the order of the calls. The script is sent as text, since sending
 * it by its hash may need a second try, which would come after later calls.
 *
 * @param redis a connection that the registry closes
 */
export async function createRedisPresence(redis: Redis, options: RedisPresenceOptions = {}): Promise<PresenceRegistry> {
  const { prefix = 'parley', leaseSeconds = 30 } = options;
  const personKey = (id: string): string => `${prefix}:presence:person:${id}`;
  const nodePrefix = `${prefix}:presence:node:`;
  const nodeId = randomUUID();
  const nodeKey = nodePrefix + nodeId;
  const leaseMs = Math.round(leaseSeconds * 1_000);
  const people = new Map<string, LocalPerson>();

  const tell = async (personId: string, lease: number): Promise<boolean> =>
    (await redis.eval(enterOrLeave, 2, personKey(personId), nodeKey, nodePrefix, nodeId, lease)) === 1;

  async function renew(): Promise<void> {
    if ((await redis.pexpire(nodeKey, leaseMs)) === 1) return;
    // The lease had run out, or Redis has lost everything: others have forgotten this node's people.
    await redis.set(nodeKey, '1', 'PX', leaseMs);
    await redis.pipeline([...people.keys()].map((id) => ['sadd', personKey(id), nodeId])).exec();
  }
  await redis.set(nodeKey, '1', 'PX', leaseMs);
  const timer = setInterval(() => renew().catch(() => {}), leaseMs / 3);
  timer.unref();

  function enter(personId: string, person: LocalPerson): Promise<boolean> {
    const entered = tell(personId, leaseMs);
    person.entered = entered;
    entered.catch(() => {
      if (person.entered === entered) person.entered = null;
    });
    return entered;
  }

  return {
    leaseSeconds,
    async enter(personId) {
      const person = people.get(personId) ?? { connections: 0, entered: null };
      people.set(personId, person);
      person.connections += 1;
      if (!person.entered) return enter(personId, person);
      await person.entered;
      return false;
    },
    async leave(personId) {
      const person = people.get(personId);
      if (!person) return false;
      person.connections -= 1;
      if (person.connections > 0) return false;
      people.delete(personId);
      return tell(personId, 0);
    },
    async online(personIds) {
      if (personIds.length === 0) return new Set();
      const reply = await redis.pipeline(personIds.map((id) => ['smembers', personKey(id)])).exec();
      const nodesOf = personIds.map((_, i) => (reply?.[i]?.[1] ?? []) as string[]);
      const nodes = [...new Set(nodesOf.flat())];
      const leases = nodes.length > 0 ? await redis.mget(nodes.map((node) => nodePrefix + node)) : [];
      const alive = new Set(nodes.filter((_, i) => leases[i] !== null));
      for (const id of personIds.filter((_, i) => nodesOf[i]?.some((node) => !alive.has(node)))) {
        redis.eval(sweep, 1, personKey(id), nodePrefix).catch(() => {});
      }
      return new Set(personIds.filter((_, i) => nodesOf[i]?.some((node) => alive.has(node))));
    },
    async close() {
      clearInterval(timer);
      await redis.del(nodeKey).catch(() => {});
      redis.disconnect();
    },
  };
}
