import type { PresenceRegistry } from '../../engine/ports/presence-registry.ts';

/** Presence within one process. */
export function createMemoryPresence(): PresenceRegistry {
  const connections = new Map<string, number>();
  return {
    leaseSeconds: 0,
    async enter(personId) {
      const before = connections.get(personId) ?? 0;
      connections.set(personId, before + 1);
      return before === 0;
    },
    async leave(personId) {
      const left = (connections.get(personId) ?? 0) - 1;
      if (left > 0) connections.set(personId, left);
      else connections.delete(personId);
      return left === 0;
    },
    online: async (personIds) => new Set(personIds.filter((id) => connections.has(id))),
    close: async () => connections.clear(),
  };
}
