import type { Database } from '../ports/database.ts';
import type { Limiter } from '../ports/limiter.ts';
import type { Clock } from '../shared/clock.ts';

/** What the use cases of contacts need. */
export interface ContactsDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly limiter: Limiter;
}
