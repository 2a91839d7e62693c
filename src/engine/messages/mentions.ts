import type { Reader } from '../ports/database.ts';
import { EngineError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import type { Mention } from './references.ts';
import { findMembersAmong } from './store.ts';

/** The most people that one message can name. */
export const maxMentions = 50;

/**
 * Checks that mentions lie inside the text and name members.
 *
 * @throws EngineError `invalid_request`
 */
export async function assertMentions(
  reader: Reader,
  conversationId: string,
  text: string,
  mentions: readonly Mention[],
): Promise<void> {
  if (mentions.length === 0) return;
  if (mentions.length > maxMentions) throw invalid(`A message names at most ${maxMentions} people.`, '/mentions');
  const ids = mentions.map(({ personId }) => personId).filter(isId);
  const members = await findMembersAmong(reader, conversationId, ids);
  for (const [i, { personId, start, length }] of mentions.entries()) {
    if (start < 0 || length < 1 || start + length > text.length) {
      throw invalid('A mention is a part of the text.', `/mentions/${i}`);
    }
    if (!members.has(personId)) throw invalid('Only members can be mentioned.', `/mentions/${i}/personId`);
  }
}

const invalid = (message: string, path: string): EngineError => new EngineError('invalid_request', message, { path });
