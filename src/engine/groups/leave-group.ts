import { storeSystemMessage } from '../messages/index.ts';
import type { UnitOfWork } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { announceLeft } from './announce-left.ts';
import type { GroupDeps } from './deps.ts';
import { deleteAllRequests, deleteInvite } from './invite-store.ts';
import { lockGroup } from './policy.ts';
import { endAllMemberships, endMembership, findSuccessor } from './store.ts';

/**
 * Leaves a group. The owner hands it over to the admin who joined first, or else to the member who did; where nobody is
 * left who has an account, the group is closed.
 *
 * @throws EngineError `conversation_not_found`, `not_permitted`
 */
export const leaveGroup =
  (deps: GroupDeps) =>
  async (actor: Actor, conversationId: string): Promise<void> =>
    deps.database.write((unit) => leaveWithin(unit, deps.clock, actor, conversationId));

/** {@link leaveGroup} inside the caller's unit of work. */
export async function leaveWithin(
  unit: UnitOfWork,
  clock: Clock,
  actor: Pick<Actor, 'personId'>,
  conversationId: string,
): Promise<void> {
  const { group, me } = await lockGroup(unit, actor, conversationId);
  const { personId } = actor;
  const at = new Date(clock.now());
  const left = { conversationId, personId, by: personId };
  const successor = me.role === 'owner' ? await findSuccessor(unit, conversationId, personId) : undefined;
  if (me.role === 'owner' && !successor) {
    await endAllMemberships(unit, conversationId, at);
    await deleteInvite(unit, conversationId);
    await deleteAllRequests(unit, conversationId);
    await announceLeft(unit, { ...left, memberCount: 0 });
    return;
  }
  await endMembership(unit, conversationId, personId, at, null);
  const roles = successor ? [{ personId: successor, role: 'owner' as const }] : [];
  await announceLeft(unit, { ...left, memberCount: group.member_count - 1, roles });
  await storeSystemMessage(unit, clock, conversationId, personId, { event: 'member.left', personIds: [personId] });
  if (!successor) return;
  await storeSystemMessage(unit, clock, conversationId, personId, { event: 'owner.changed', personIds: [successor] });
}
