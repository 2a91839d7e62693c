import type { Messages } from '../messages/index.ts';
import type { Database } from '../ports/database.ts';
import type { Clock } from '../shared/clock.ts';

/** What the use cases of scheduling need. */
export interface SchedulingDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly messages: Pick<Messages, 'send' | 'takeContent'>;
}
