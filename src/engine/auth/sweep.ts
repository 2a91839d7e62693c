import { day } from '../shared/clock.ts';
import type { AuthDeps } from './deps.ts';
import { type Swept, sweepBatch } from './store.ts';

/** How long ended sessions and the login history are kept, in milliseconds. */
const keptFor: Record<Swept, number> = { codes: 0, sessions: 90 * day, signIns: 90 * day };
const batchSize = 1_000;

/** Removes what has expired, in batches, so that none holds up others. Run it now and then, on any node. */
export const sweep =
  ({ database, clock }: Pick<AuthDeps, 'database' | 'clock'>) =>
  async (): Promise<void> => {
    for (const [what, kept] of Object.entries(keptFor) as [Swept, number][]) {
      const before = new Date(clock.now() - kept);
      let removed: number;
      do removed = await database.write((unit) => sweepBatch(unit, what, before, batchSize));
      while (removed === batchSize);
    }
  };
