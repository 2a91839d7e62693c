import { stripVTControlCharacters, styleText } from 'node:util';
import type { Person } from '../index.ts';

/** What lets a terminal show characters in another order than they are in. */
const reordering = /[\u202a-\u202e\u2066-\u2069]/g;

/** Names and texts come from others: nothing in them may steer the terminal. */
const harmless = (text: string): string =>
  stripVTControlCharacters(text)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
    .replace(reordering, '');

/** What somebody else has written, as one line. */
export const oneLine = (text: string): string => harmless(text.replace(/\s+/g, ' ')).trim();

/** What somebody else has said. Its further lines are indented, so that none looks like a message of its own. */
export const indented = (text: string): string =>
  harmless(text.replace(/\r\n?|[\u2028\u2029]/g, '\n')).replaceAll('\n', '\n      ');

/** The beginning of a text, on one line. */
export function excerpt(text: string, length = 40): string {
  const characters = [...oneLine(text)];
  return characters.length > length ? `${characters.slice(0, length - 1).join('')}…` : characters.join('');
}

export const bold = (text: string): string => styleText('bold', text);
export const dim = (text: string): string => styleText('dim', text);

export const nameOf = (person: Pick<Person, 'name' | 'deleted'> | null | undefined): string =>
  person?.deleted ? 'deleted account' : oneLine(person?.name ?? '') || 'somebody without a name';

/** A time of today, or with its date. */
export function timeOf(time: string | null, now = new Date()): string {
  if (time === null) return 'long ago';
  const at = new Date(time);
  const clock = at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  return at.toDateString() === now.toDateString() ? clock : `${at.toLocaleDateString()} ${clock}`;
}
