import type { SeenRow } from '../people/index.ts';
import { type PresenceView, presenceView } from './presence-view.ts';
import type { PresenceDeps } from './track-presence.ts';

/** The presence of people who were read with what is known of it, by their ids. Whether it may be seen was asked there. */
export const presenceOf =
  (deps: Pick<PresenceDeps, 'registry' | 'clock'>) =>
  async (seen: readonly SeenRow[]): Promise<ReadonlyMap<string, PresenceView>> => {
    const connected = await deps.registry.online(seen.map(({ id }) => id));
    const now = deps.clock.now();
    return new Map(seen.map((row) => [row.id, presenceView(row, connected.has(row.id), now)]));
  };
