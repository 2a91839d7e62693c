import type { Database } from '../ports/database.ts';
import type { Clock } from '../shared/clock.ts';

export interface GroupDeps {
  readonly database: Database;
  readonly clock: Clock;
  /** Most members of a group. */
  readonly limit: number;
}
