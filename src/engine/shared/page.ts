import { EngineError } from './errors.ts';
import { isId } from './ids.ts';
import { findUnstorableText } from './text.ts';

/** One page of a list. `next` is an opaque cursor, null on the last page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Packs the sort key of the last row of a page into an opaque cursor. */
export function encodeCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

const isPart = {
  id: (part: unknown): boolean => typeof part === 'string' && isId(part),
  time: (part: unknown): boolean => typeof part === 'number' && part >= 0 && part <= 8.64e15,
  count: (part: unknown): boolean => Number.isSafeInteger(part) && (part as number) >= 0,
  text: (part: unknown): boolean => typeof part === 'string' && findUnstorableText(part) === null,
} as const;

/**
 * Unpacks a cursor made by {@link encodeCursor}.
 *
 * @param shape what each part must be: an id, a time in milliseconds since the epoch, a count, or any text
 * @throws EngineError `invalid_request` where it was not made by this list
 */
export function decodeCursor(cursor: string, shape: readonly (keyof typeof isPart)[]): (string | number)[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(key) && key.length === shape.length && shape.every((kind, i) => isPart[kind](key[i]))) return key;
  } catch {
    // falls through: an unreadable cursor is the same mistake as one of another list
  }
  throw new EngineError('invalid_request', 'The cursor was not made by this list. Start again without a cursor.', {
    path: '/cursor',
  });
}
