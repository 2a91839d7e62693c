/** Longest text that is sent back. */
const longest = 100;

/**
 * What a client calls something by, as an error may name it again: a text or a number. Nothing else goes back, for it was not
 * looked at yet: JSON that is nested deeply enough can be read, and not be written.
 *
 * @returns undefined where it is anything else, or too long for a name
 */
export function echoed(value: unknown): string | number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.length <= longest ? value : undefined;
}
