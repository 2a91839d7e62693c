import { randomFillSync } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Clock } from './clock.ts';

const bytesPerId = 16;
/** Random bytes in stock: asking the system for each id by itself costs more than all the rest of making one. */
const stock = new Uint8Array(256 * bytesPerId);
let used = stock.length;

/** When the last id was made, and its place among those of that moment. */
let last = { msecs: 0, seq: 0 };

/**
 * A new opaque id: UUIDv7 (RFC 9562), so that indexes grow at their right edge. Ids of one process follow each other in the
 * order in which they were made, also within a millisecond (6.2, method 1). Those of several do so only roughly, so order is
 * taken from them only where nothing better is known.
 */
export function newId(clock: Clock): string {
  if (used === stock.length) {
    randomFillSync(stock);
    used = 0;
  }
  const random = stock.subarray(used, used + bytesPerId);
  used += bytesPerId;
  const msecs = clock.now();
  last = { msecs, seq: msecs === last.msecs ? last.seq + 1 : firstSeq(random) };
  return uuidv7({ msecs, random, seq: last.seq });
}

/** Random, with room for all that a millisecond can hold: the highest of its 32 bits is free. */
const firstSeq = (random: Uint8Array): number => new DataView(random.buffer, random.byteOffset + 6).getUint32(0) >>> 1;

const idForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Whether a string has the form of an id. A string without it names nothing: treat it as not found. Capital letters are
 * not that form, although SQL would take them for the same UUID: whatever compares ids as text must not know one thing
 * by two names.
 */
export function isId(value: string): boolean {
  return idForm.test(value);
}
