import { assertMember, type MemberRole, type MemberView } from '../conversations/index.ts';
import type { Actor } from '../shared/actor.ts';
import { EngineError } from '../shared/errors.ts';
import { decodeCursor, encodeCursor, type Page } from '../shared/page.ts';
import { searchWords } from '../shared/search-words.ts';
import type { GroupDeps } from './deps.ts';
import { firstPlace, selectMembers } from './store.ts';
import { memberView } from './views.ts';

export interface MemberQuery {
  /** Part of a name or username. */
  readonly text?: string | undefined;
  readonly role?: MemberRole | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/**
 * The members of a conversation, those who joined first at first. Any of them may see the others.
 *
 * @throws EngineError `conversation_not_found`, `invalid_request`
 */
export const listMembers =
  (deps: GroupDeps) =>
  async (actor: Actor, conversationId: string, query: MemberQuery): Promise<Page<MemberView>> => {
    const { text, role = 'any', limit } = query;
    const key = text === undefined ? null : searchWords(text);
    if (key === '') throw new EngineError('invalid_request', 'Say what to search for.', { path: '/q' });
    const after = placeOf(query.cursor);
    const rows = await deps.database.read(async (reader) => {
      await assertMember(reader, actor, conversationId);
      return selectMembers(reader, conversationId, actor.personId, { after, key, role, limit: limit + 1 });
    });
    const items = rows.slice(0, limit).map(memberView);
    const last = items.at(-1);
    const more = last && rows.length > limit;
    return { items, next: more ? encodeCursor([last.joinedAt.getTime(), last.person.id]) : null };
  };

/** Behind what a page of this list, or of another one ordered by time and person, begins. */
export function placeOf(cursor: string | undefined): { at: Date; id: string } {
  if (cursor === undefined) return firstPlace;
  const [at, id] = decodeCursor(cursor, ['time', 'id']);
  return { at: new Date(at as number), id: id as string };
}
