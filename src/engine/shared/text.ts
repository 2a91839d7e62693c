import { EngineError } from './errors.ts';

/**
 * Finds the first string inside a parsed JSON value that no PostgreSQL text column can hold: one with a NUL
 * character or with a lone surrogate (it has no UTF-8 form).
 *
 * @returns its path in JSON Pointer form (RFC 6901), or null where all strings are storable
 */
export function findUnstorableText(value: unknown, path = ''): string | null {
  if (typeof value === 'string') {
    return value.includes('\u0000') || !value.isWellFormed() ? path || '/' : null;
  }
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, item] of Object.entries(value)) {
    const here = `${path}/${key}`;
    if (key.includes('\u0000') || !key.isWellFormed()) return path || '/';
    const found = findUnstorableText(item, here);
    if (found !== null) return found;
  }
  return null;
}

/**
 * How deep an input may be nested. No input of ours needs more, and many JSON readers give up far below what V8 takes: a
 * message that one client sends must not break those who get it.
 */
const maxDepth = 32;

/** The usual answer, without the cost of knowing where. */
function isStorable(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return !value.includes('\u0000') && value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  // Socket.IO brings them inside of events: no input of ours has them, and each byte would be looked at as a field.
  if (ArrayBuffer.isView(value))
    throw new EngineError('invalid_request', 'The input contains binary data.', { path: '' });
  if (depth >= maxDepth) {
    throw new EngineError('invalid_request', `The input is nested deeper than ${maxDepth} levels.`, { path: '' });
  }
  for (const key in value) {
    if (!isStorable(key) || !isStorable((value as Record<string, unknown>)[key], depth + 1)) return false;
  }
  return true;
}

/**
 * Refuses a value that contains text which cannot be stored or binary data, or that is nested too deeply. Doors call it on everything that
 * they parse.
 */
export function assertStorableText(value: unknown): void {
  if (isStorable(value)) return;
  const path = findUnstorableText(value);
  if (path !== null) {
    throw new EngineError('invalid_text', `The text at ${path} contains a NUL character or a lone surrogate.`, {
      path,
    });
  }
}

/**
 * The form in which names are compared and searched: compatibility-composed, lower case, single spaces. Made here and
 * not in SQL, because what lower() does depends on the collation of the database.
 */
export function searchKey(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}
