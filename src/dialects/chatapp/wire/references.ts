import type { Mention } from '../../../engine/messages/index.ts';
import type { Fields } from '../../kit/fields.ts';

/** Id of the message that another one answers: as a text, or in an object; undefined where there is none. */
export function readReplyTo(root: Fields): string | undefined {
  const given = root.object('replyTo') ?? { messageId: root.value('replyTo') };
  const id = [given.messageId, given.message, given._id, given.id].find((one) => typeof one === 'string' && one !== '');
  return id as string | undefined;
}

/** The most people who are named in a message. */
const maxMentions = 50;

/**
 * People named in a text: as ids, or each with its place. An id alone is put at the next word that begins with `@`, or else
 * at the whole text.
 */
export function readMentions(root: Fields, text: string): Mention[] {
  const given = root.value('mentions');
  if (!Array.isArray(given) || text === '') return [];
  const words = [...text.matchAll(/@[\p{L}\p{N}_.]+/gu)].map(({ index, 0: word }) => ({
    start: index,
    length: word.length,
  }));
  return given.slice(0, maxMentions).flatMap((one: unknown): Mention[] => {
    const named = typeof one === 'object' && one !== null ? (one as Record<string, unknown>) : { userId: one };
    const personId = named.userId ?? named._id ?? named.id;
    if (typeof personId !== 'string' || personId === '') return [];
    const place = placeOf(named, text) ?? words.shift() ?? { start: 0, length: text.length };
    return [{ personId, ...place }];
  });
}

function placeOf(named: Readonly<Record<string, unknown>>, text: string): Omit<Mention, 'personId'> | undefined {
  const [start, length] = [named.startIndex ?? named.start, named.length];
  if (!Number.isInteger(start) || !Number.isInteger(length)) return undefined;
  const right =
    (start as number) >= 0 && (length as number) > 0 && (start as number) + (length as number) <= text.length;
  return right ? { start: start as number, length: length as number } : undefined;
}
