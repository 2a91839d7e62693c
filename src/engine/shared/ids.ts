import { v7 as uuidv7, validate } from 'uuid';
import type { Clock } from './clock.ts';

/** A new opaque id: UUIDv7 (RFC 9562), so that indexes grow at their right edge. Order is never taken from it. */
export function newId(clock: Clock): string {
  return uuidv7({ msecs: clock.now() });
}

/**
 * Whether a string has the form of an id. A string without it names nothing: treat it as not found. Capital letters are
 * not that form, although SQL would take them for the same UUID: whatever compares ids as text must not know one thing
 * by two names.
 */
export function isId(value: string): boolean {
  return validate(value) && value === value.toLowerCase();
}
