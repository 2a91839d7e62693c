import type { Database } from '../ports/database.ts';
import type { Limiter } from '../ports/limiter.ts';
import type { SmsSender } from '../ports/sms.ts';
import type { Clock } from '../shared/clock.ts';
import type { Keys } from './secrets.ts';

/** What the use cases of sign-in need. */
export interface AuthDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly limiter: Limiter;
  readonly sms: SmsSender;
  readonly keys: Keys;
}
