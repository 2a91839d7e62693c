import type { Media } from '../media/index.ts';
import type { Messages } from '../messages/index.ts';
import type { Database } from '../ports/database.ts';
import type { Limiter } from '../ports/limiter.ts';
import type { Clock } from '../shared/clock.ts';

/** What the use cases of moderation need. */
export interface ModerationDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly limiter: Limiter;
  readonly messages: Pick<Messages, 'get'>;
  readonly media: Pick<Media, 'reportedLinks'>;
}
