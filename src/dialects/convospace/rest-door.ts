import { bearerToken } from '../../transport/origin.ts';
import { RequestLimits } from '../../transport/request-limits.ts';
import type { RestDoor } from '../kit/rest.ts';
import type { ConvospaceDeps } from './deps.ts';
import { renderError } from './errors.ts';
import { doorName as name } from './name.ts';

/** Of one session, or of one address without a session: clients read most things twice, and tell of each message. */
const rate = { what: 'requests', perSecond: 20, burst: 600 };

/** How this door speaks over REST. */
export function createRestDoor({ rateLimitFactor, clock }: ConvospaceDeps): RestDoor {
  const limits = new RequestLimits(rateLimitFactor, clock, rate);
  return {
    name,
    tokenOf: bearerToken,
    count: ({ ip }, actor) => limits.consume(actor?.sessionId ?? ip),
    renderError,
  };
}
