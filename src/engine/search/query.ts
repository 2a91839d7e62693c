import { searchableText } from '../messages/index.ts';
import { EngineError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import { searchKey } from '../shared/text.ts';
import type { ReadRow } from './store.ts';

/** What to search for. At least one of text, sender, kind, after and before. */
export interface SearchQuery {
  readonly text?: string | undefined;
  /** Without it, all conversations of the person. */
  readonly conversationId?: string | undefined;
  readonly senderId?: string | undefined;
  readonly kind?: string | undefined;
  /** Sent at this time or later. */
  readonly after?: Date | undefined;
  /** Sent earlier than this. */
  readonly before?: Date | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** A query in the form in which messages are compared with it. */
export interface Wanted {
  /** Parts of words, all of which must occur. */
  readonly words: readonly string[];
  readonly senderId: string | undefined;
  readonly kind: string | undefined;
  readonly after: number;
  readonly before: number;
}

/** @throws EngineError `invalid_request` */
export function parseQuery(query: SearchQuery): Wanted {
  const words = query.text === undefined ? [] : [...new Set(searchKey(query.text).split(' '))].filter(Boolean);
  if (query.text !== undefined && words.length === 0) {
    throw new EngineError('invalid_request', 'Say what to search for, or leave out q.', { path: '/q' });
  }
  const { senderId, kind } = query;
  const after = query.after?.getTime() ?? Number.NEGATIVE_INFINITY;
  const before = query.before?.getTime() ?? Number.POSITIVE_INFINITY;
  if (words.length === 0 && [senderId, kind, query.after, query.before].every((filter) => filter === undefined)) {
    throw new EngineError('invalid_request', 'Give a text (q) or a filter: senderId, kind, after or before.', {
      path: '/q',
    });
  }
  return { words, senderId, kind, after, before };
}

/** Whether nothing can match: no person, or no time. */
export function isHopeless({ senderId, after, before }: Wanted): boolean {
  return (senderId !== undefined && !isId(senderId)) || after >= before;
}

export function matches(row: ReadRow, { words, senderId, kind, after, before }: Wanted): boolean {
  if (!row.shown) return false;
  if (senderId !== undefined && row.sender_id !== senderId) return false;
  // What has happened was said by nobody: it comes only to who asks for it.
  if (kind === undefined ? row.kind === 'system' : row.kind !== kind) return false;
  const at = row.created_at.getTime();
  if (at < after || at >= before) return false;
  if (words.length === 0) return true;
  const text = searchKey(searchableText(row));
  return words.every((word) => text.includes(word));
}
