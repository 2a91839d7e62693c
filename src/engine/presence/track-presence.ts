import { type MovedRow, setLastSeen } from '../people/index.ts';
import type { Database } from '../ports/database.ts';
import type { Limiter } from '../ports/limiter.ts';
import type { PresenceRegistry } from '../ports/presence-registry.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import type { Publish } from '../shared/events.ts';
import { GroupCommit } from '../shared/group-commit.ts';
import { presenceEvents } from './announce-presence.ts';
import { presenceView } from './presence-view.ts';

export interface PresenceDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly registry: PresenceRegistry;
  readonly limiter: Limiter;
  readonly publish: Publish;
}

/**
 * Follows connections. Last seen is written when a person comes and when they go, many people in one statement, so
 * that a storm of reconnects costs a few commits; after a crash it tells when they came. The same statement brings the
 * status with which others are told: nobody learns anything of who appears offline.
 */
export class PresenceTracker {
  readonly #deps: PresenceDeps;
  readonly #lastSeen: GroupCommit<{ personId: string; at: Date }, MovedRow | undefined>;

  constructor(deps: PresenceDeps) {
    this.#deps = deps;
    this.#lastSeen = new GroupCommit({
      maxBatch: 1_000,
      maxWaiting: 100_000,
      commit: async (seen) => {
        const latest = new Map(seen.map(({ personId, at }) => [personId, at]));
        // Sorted, so that two nodes lock the rows in the same order.
        const ids = [...latest.keys()].sort();
        const rows = await deps.database.write((unit) =>
          setLastSeen(
            unit,
            ids,
            ids.map((id) => latest.get(id) as Date),
          ),
        );
        const byId = new Map(rows.map((row) => [row.id, row]));
        return seen.map(({ personId }) => byId.get(personId));
      },
    });
  }

  /**
   * A connection of the person is open.
   *
   * @returns whether it is their only one
   */
  async connected(personId: string): Promise<boolean> {
    const isFirst = await this.#deps.registry.enter(personId);
    if (isFirst) this.#changed(personId, true);
    return isFirst;
  }

  /** A connection of the person is closed. Call it once for each `connected`. */
  async disconnected(personId: string): Promise<void> {
    if (await this.#deps.registry.leave(personId)) this.#changed(personId, false);
  }

  /** Tells who may see it that the actor is here, once more; where they have no connection it tells nothing. */
  async announce({ personId }: Pick<Actor, 'personId'>): Promise<void> {
    if ((await this.#deps.registry.online([personId])).has(personId)) this.#changed(personId, true);
  }

  /** Resolves when no last seen waits to be stored. */
  idle(): Promise<void> {
    return this.#lastSeen.idle();
  }

  #changed(personId: string, connected: boolean): void {
    const at = new Date(this.#deps.clock.now());
    this.#lastSeen.add({ personId, at }).then(
      (row) => {
        if (!row || row.availability === 'offline' || (connected && row.deleted_at !== null)) return;
        const data = { ...presenceView(row, connected, at.getTime()), change: 'connection', moved: true } as const;
        for (const event of presenceEvents(data, row.privacy_last_seen)) this.#deps.publish(event);
      },
      () => {}, // presence is a courtesy; storage trouble shows elsewhere
    );
  }
}
