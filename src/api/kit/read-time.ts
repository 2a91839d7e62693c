import { EngineError } from '../../engine/shared/errors.ts';

const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * A point in time as a client writes it.
 *
 * @param path where it stands in the input
 * @throws EngineError `invalid_request` where it is no time, or leaves open in which zone it is
 */
export function readTime(text: string, path: string): Date {
  const time = new Date(form.test(text) ? text : Number.NaN);
  if (Number.isNaN(time.getTime())) {
    throw new EngineError('invalid_request', 'A time is written like 2030-01-31T09:00:00Z, with its zone.', { path });
  }
  return time;
}
