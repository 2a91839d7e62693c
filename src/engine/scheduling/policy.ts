import { day, minute } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';

/** The most scheduled messages that a person has at a time, those that could not be sent among them. */
export const maxScheduled = 100;
const soonest = minute;
const latest = 366 * day;

export const scheduledNotFound = (): EngineError =>
  new EngineError('scheduled_not_found', 'You have no such scheduled message. It may have been sent.');

/** Its time has come: what the others get is decided. */
export const beingSent = (): EngineError => new EngineError('too_late', 'The message is being sent.');

/**
 * @throws EngineError `invalid_request` where the time is not between a minute and a year from now
 */
export function assertSendAt(sendAt: Date, now: number): void {
  const ahead = sendAt.getTime() - now;
  if (ahead >= soonest && ahead <= latest) return;
  throw new EngineError('invalid_request', 'sendAt is at least a minute and at most a year from now.', {
    path: '/sendAt',
  });
}
