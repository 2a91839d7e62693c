import { announceMembershipChanged, type MemberRole } from '../conversations/index.ts';
import type { UnitOfWork } from '../ports/database.ts';
import { changeConversation, setMemberRole } from './store.ts';

/**
 * Counts and tells that somebody is out of a group; their row says so already. The caller has locked the group.
 *
 * @param end.by who removed them; they themselves where they left
 * @param end.roles who gets another role by it
 */
export async function announceLeft(
  unit: UnitOfWork,
  end: {
    conversationId: string;
    memberCount: number;
    personId: string;
    by: string;
    roles?: readonly { personId: string; role: MemberRole }[];
  },
): Promise<void> {
  const { conversationId, memberCount, personId, by, roles = [] } = end;
  for (const { personId: id, role } of roles) await setMemberRole(unit, conversationId, id, role);
  const { rev } = await changeConversation(unit, conversationId, { member_count: memberCount });
  const data = { conversationId, rev, memberCount, personId, by, roles };
  // To themself first: from then on their connections do not follow the group, and drop what comes by its topic.
  unit.announce({ type: 'member.left', audience: { kind: 'people', ids: [personId] }, data });
  unit.announce({ type: 'member.left', audience: { kind: 'conversation', id: conversationId }, data });
  announceMembershipChanged(unit, conversationId);
  // Who shares nothing else with them may not see their presence any more. What they watch themself ends at their connections.
  const watched = { personId, viewerId: null };
  unit.announce({ type: 'presence.audience_changed', audience: { kind: 'watchers', id: personId }, data: watched });
}
