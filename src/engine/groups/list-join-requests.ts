import type { Actor } from '../shared/actor.ts';
import { encodeCursor, type Page } from '../shared/page.ts';
import type { GroupDeps } from './deps.ts';
import { selectRequests } from './invite-store.ts';
import { placeOf } from './list-members.ts';
import { assertGroupAdmin } from './policy.ts';
import { type JoinRequestView, joinRequestView } from './views.ts';

/**
 * Who waits to be let into a group, the first at first; for its admins.
 *
 * @throws EngineError `conversation_not_found`, `not_permitted`, `invalid_request`
 */
export const listJoinRequests =
  (deps: GroupDeps) =>
  async (
    actor: Actor,
    conversationId: string,
    query: { cursor?: string | undefined; limit: number },
  ): Promise<Page<JoinRequestView>> => {
    const after = placeOf(query.cursor);
    const rows = await deps.database.read(async (reader) => {
      await assertGroupAdmin(reader, actor, conversationId);
      return selectRequests(reader, conversationId, actor.personId, after, query.limit + 1);
    });
    const items = rows.slice(0, query.limit).map(joinRequestView);
    const last = items.at(-1);
    const more = last && rows.length > query.limit;
    return { items, next: more ? encodeCursor([last.requestedAt.getTime(), last.person.id]) : null };
  };
