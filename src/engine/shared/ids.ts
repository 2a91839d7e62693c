import { randomFillSync } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Clock } from './clock.ts';

const bytesPerId = 16;
/** Random bytes in stock: asking the system for each id by itself costs more than all the rest of making one. */
const stock = new Uint8Array(256 * bytesPerId);
let used = stock.length;

/** A new opaque id: UUIDv7 (RFC 9562), so that indexes grow at their right edge. Order is never taken from it. */
export function newId(clock: Clock): string {
  if (used === stock.length) {
    randomFillSync(stock);
    used = 0;
  }
  const random = stock.subarray(used, used + bytesPerId);
  used += bytesPerId;
  return uuidv7({ msecs: clock.now(), random });
}

const idForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Whether a string has the form of an id. A string without it names nothing: treat it as not found. Capital letters are
 * not that form, although SQL would take them for the same UUID: whatever compares ids as text must not know one thing
 * by two names.
 */
export function isId(value: string): boolean {
  return idForm.test(value);
}
