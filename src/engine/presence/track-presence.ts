import { setLastSeen } from '../people/index.ts';
import type { Database } from '../ports/database.ts';
import type { PresenceRegistry } from '../ports/presence-registry.ts';
import type { Clock } from '../shared/clock.ts';
import type { Publish } from '../shared/events.ts';
import { GroupCommit } from '../shared/group-commit.ts';

/** Whether a person is connected, and when they last were. */
export interface PresenceView {
  readonly personId: string;
  readonly online: boolean;
  /** null where it was never seen. While online: when they came. */
  readonly lastSeenAt: Date | null;
}

export interface PresenceDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly registry: PresenceRegistry;
  readonly publish: Publish;
}

/**
 * Follows connections. Last seen is written when a person comes and when they go, many people in one statement, so
 * that a storm of reconnects costs a few commits; after a crash it tells when they came.
 */
export class PresenceTracker {
  readonly #deps: PresenceDeps;
  readonly #lastSeen: GroupCommit<{ personId: string; at: Date }, undefined>;

  constructor(deps: PresenceDeps) {
    this.#deps = deps;
    this.#lastSeen = new GroupCommit({
      maxBatch: 1_000,
      maxWaiting: 100_000,
      commit: async (seen) => {
        const latest = new Map(seen.map(({ personId, at }) => [personId, at]));
        // Sorted, so that two nodes lock the rows in the same order.
        const ids = [...latest.keys()].sort();
        await deps.database.write((unit) =>
          setLastSeen(
            unit,
            ids,
            ids.map((id) => latest.get(id) as Date),
          ),
        );
        return seen.map(() => undefined);
      },
    });
  }

  /** A connection of the person is open. */
  async connected(personId: string): Promise<void> {
    if (await this.#deps.registry.enter(personId)) this.#changed(personId, true);
  }

  /** A connection of the person is closed. Call it once for each `connected`. */
  async disconnected(personId: string): Promise<void> {
    if (await this.#deps.registry.leave(personId)) this.#changed(personId, false);
  }

  /** Resolves when no last seen waits to be stored. */
  idle(): Promise<void> {
    return this.#lastSeen.idle();
  }

  #changed(personId: string, online: boolean): void {
    const at = new Date(this.#deps.clock.now());
    const data: PresenceView = { personId, online, lastSeenAt: at };
    this.#deps.publish({ type: 'presence.changed', audience: { kind: 'watchers', id: personId }, data });
    this.#lastSeen.add({ personId, at }).catch(() => {}); // presence is a courtesy; storage trouble shows elsewhere
  }
}
