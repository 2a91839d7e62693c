import { announceMembershipChanged, type MemberRole } from '../conversations/index.ts';
import type { UnitOfWork } from '../ports/database.ts';
import { isId } from '../shared/ids.ts';
import { notInGroup } from './policy.ts';
import { changeConversation, membershipsOf, setMemberRole } from './store.ts';

/**
 * The role of a member.
 *
 * @throws EngineError `person_not_found`
 */
export async function roleOf(unit: UnitOfWork, conversationId: string, personId: string): Promise<MemberRole> {
  const found = isId(personId) ? (await membershipsOf(unit, conversationId, [personId])).get(personId) : undefined;
  if (!found?.present) throw notInGroup();
  return found.role;
}

/** Gives members other roles, in this order, and tells of it. The caller has locked the group. */
export async function changeRoles(
  unit: UnitOfWork,
  conversationId: string,
  roles: readonly { personId: string; role: MemberRole }[],
  by: string,
): Promise<void> {
  for (const { personId, role } of roles) await setMemberRole(unit, conversationId, personId, role);
  const { rev } = await changeConversation(unit, conversationId, {});
  const audience = { kind: 'conversation', id: conversationId } as const;
  unit.announce({ type: 'members.updated', audience, data: { conversationId, rev, roles, by } });
  announceMembershipChanged(unit, conversationId);
}
