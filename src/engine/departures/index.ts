import type { Database, Migration } from '../ports/database.ts';
import type { Clock } from '../shared/clock.ts';
import { beginDeparture, continueDepartures, depart } from './depart.ts';
import { departures } from './migrations/0019-departures.ts';

export const departureMigrations: readonly Migration[] = [departures];

/** People whose accounts are deleted leave what they share with others. */
export function createDepartures(deps: { database: Database; clock: Clock }) {
  return {
    begin: beginDeparture(deps),
    depart: depart(deps),
    /** Goes on with what is begun. Run it now and then, on all nodes. */
    goOn: continueDepartures(deps),
  };
}

export type Departures = ReturnType<typeof createDepartures>;
