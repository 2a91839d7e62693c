import { type SeenRow, type ViewerOf, visibleAmong } from '../people/index.ts';
import { type PresenceView, presenceView } from './presence-view.ts';
import type { PresenceDeps } from './track-presence.ts';

/** How many pairs one statement looks at. */
const pairsAtOnce = 2_000;

/** Somebody's presence, as one viewer may see it. */
export interface PresenceSeen {
  readonly viewerId: string;
  readonly presence: PresenceView;
}

/**
 * Those of the pairs in which the viewer may see the presence of the person, with that presence. For doors whose
 * connections follow people without being told by their clients: many of them are asked for at once.
 */
export const visibleTo =
  (deps: Pick<PresenceDeps, 'database' | 'registry' | 'clock'>) =>
  async (pairs: readonly ViewerOf[]): Promise<PresenceSeen[]> => {
    const found: (SeenRow & { readonly viewer_id: string })[] = [];
    for (let at = 0; at < pairs.length; at += pairsAtOnce) {
      const some = pairs.slice(at, at + pairsAtOnce);
      found.push(...(await deps.database.read((reader) => visibleAmong(reader, some))));
    }
    const connected = await deps.registry.online([...new Set(found.map(({ id }) => id))]);
    const now = deps.clock.now();
    return found.map((row) => ({
      viewerId: row.viewer_id,
      presence: presenceView(row, connected.has(row.id), now),
    }));
  };
