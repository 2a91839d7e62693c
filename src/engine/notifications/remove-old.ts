import type { Database } from '../ports/database.ts';
import type { Clock } from '../shared/clock.ts';
import { deleteOlder } from './store.ts';

/** Notifications that one transaction removes. */
const batchSize = 500;
/** Transactions of one step: what is left waits for the next. */
const batchesPerStep = 20;

/** One step of removing what is older than notifications are kept. Run it now and then, on any node. */
export const removeOldNotifications =
  (deps: { database: Database; clock: Clock; keep: number | null }) =>
  async (stopping?: AbortSignal): Promise<void> => {
    if (deps.keep === null) return;
    const before = new Date(deps.clock.now() - deps.keep);
    for (let left = batchesPerStep; left > 0 && !stopping?.aborted; left -= 1) {
      const removed = await deps.database.write((unit) => deleteOlder(unit, before, batchSize));
      if (removed < batchSize) return;
    }
  };
