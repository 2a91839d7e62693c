import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { PresenceRegistry } from '../../engine/ports/presence-registry.ts';

const leaseSeconds = 30;
const personKey = (id: string): string => `parley:presence:person:${id}`;
const nodeKey = (id: string): string => `parley:presence:node:${id}`;

/**
 * Presence over Redis. Each person has a set of the nodes on which they are connected; a node's name in it counts only
 * while that node renews its lease, so that one write a few seconds keeps all of a node's people.
 *
 * @param redis a connection that the registry closes
 */
export async function createRedisPresence(redis: Redis): Promise<PresenceRegistry> {
  const nodeId = randomUUID();
  const connections = new Map<string, number>();
  const renew = (): Promise<unknown> => redis.set(nodeKey(nodeId), '1', 'EX', leaseSeconds);
  await renew();
  const timer = setInterval(() => renew().catch(() => {}), (leaseSeconds * 1_000) / 3);
  timer.unref();

  /** Which of the people are online on a living node, other than `except`; names of dead nodes are swept. */
  async function onlineOf(personIds: readonly string[], except?: string): Promise<Set<string>> {
    if (personIds.length === 0) return new Set();
    const reply = await redis.pipeline(personIds.map((id) => ['smembers', personKey(id)])).exec();
    const nodesOf = personIds.map((_, i) => (reply?.[i]?.[1] ?? []) as string[]);
    const nodes = [...new Set(nodesOf.flat())];
    const leases = nodes.length > 0 ? await redis.mget(nodes.map(nodeKey)) : [];
    const alive = new Set(nodes.filter((_, i) => leases[i] !== null));
    const dead = nodes.filter((node) => !alive.has(node));
    if (dead.length > 0) {
      const sweep = personIds.flatMap((id, i) =>
        nodesOf[i]?.some((n) => !alive.has(n)) ? [['srem', personKey(id), ...dead]] : [],
      );
      redis
        .pipeline(sweep)
        .exec()
        .catch(() => {});
    }
    return new Set(personIds.filter((_, i) => nodesOf[i]?.some((node) => node !== except && alive.has(node))));
  }

  return {
    leaseSeconds,
    async enter(personId) {
      const before = connections.get(personId) ?? 0;
      connections.set(personId, before + 1);
      if (before > 0) return false;
      await redis.sadd(personKey(personId), nodeId);
      return !(await onlineOf([personId], nodeId)).has(personId);
    },
    async leave(personId) {
      const left = (connections.get(personId) ?? 0) - 1;
      if (left > 0) {
        connections.set(personId, left);
        return false;
      }
      connections.delete(personId);
      await redis.srem(personKey(personId), nodeId);
      return !(await onlineOf([personId])).has(personId);
    },
    online: (personIds) => onlineOf(personIds),
    async close() {
      clearInterval(timer);
      await redis.del(nodeKey(nodeId)).catch(() => {});
      redis.disconnect();
    },
  };
}
