import type { Database } from '../ports/database.ts';
import type { Clock } from '../shared/clock.ts';
import { deleteOlder } from './store.ts';

/** Notifications that one transaction removes: others wait no longer for it. */
const batchSize = 500;

/** Removes what is older than notifications are kept, step by step. What two nodes are at, each leaves to the other. */
export const removeOldNotifications =
  (deps: { database: Database; clock: Clock; keep: number | null }) =>
  async (stopping?: AbortSignal): Promise<void> => {
    if (deps.keep === null) return;
    const before = new Date(deps.clock.now() - deps.keep);
    while (!stopping?.aborted) {
      const removed = await deps.database.write((unit) => deleteOlder(unit, before, batchSize));
      if (removed < batchSize) return;
    }
  };
