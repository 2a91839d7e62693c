import type { Fields } from '../../kit/fields.ts';

/** A message as it came: the fields of its root, and those of its content. */
export interface ContentFields {
  readonly root: Fields;
  readonly content: Fields;
  /** The content itself; empty where it is a text, or absent. */
  readonly inside: Readonly<Record<string, unknown>>;
}

/** Fields of every content that the engine keeps in its own place. */
const kept = ['type', 'text', 'media', 'location', 'contact', 'custom'];

/** What clients add for themselves: single values of the content that mean nothing here, and are shown again. */
export function scalarsBeside(
  inside: Readonly<Record<string, unknown>>,
  known: readonly string[],
): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(inside).filter(
      (entry): entry is [string, string | number | boolean] =>
        !kept.includes(entry[0]) &&
        !known.includes(entry[0]) &&
        ['string', 'number', 'boolean'].includes(typeof entry[1]),
    ),
  );
}
