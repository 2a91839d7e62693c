import { publicPersonView } from '../people/index.ts';
import type { UnitOfWork } from '../ports/database.ts';
import type { JoinRequestState } from './events.ts';
import type { JoinRequestRow } from './invite-store.ts';
import { adminsOf } from './store.ts';

/** Tells the admins of a group, and the person who asked, what has become of a request. */
export async function announceRequest(
  unit: UnitOfWork,
  conversationId: string,
  row: JoinRequestRow,
  state: JoinRequestState,
): Promise<void> {
  const ids = [...new Set([...(await adminsOf(unit, conversationId)), row.id])];
  const data = { conversationId, request: { person: publicPersonView(row), requestedAt: row.requested_at }, state };
  unit.announce({ type: 'join_request.changed', audience: { kind: 'people', ids }, data });
}
