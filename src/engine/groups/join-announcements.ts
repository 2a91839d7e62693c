import {
  announceMembershipChanged,
  type ConversationRow,
  conversationFacts,
  type MemberRole,
  type MemberView,
  maxMembersShown,
  type NewConversationView,
} from '../conversations/index.ts';
import { publicPersonView } from '../people/index.ts';
import type { UnitOfWork } from '../ports/database.ts';
import { allMembers } from './store.ts';
import { memberView } from './views.ts';

/** All members of a group, or none where they are more than are shown. */
export async function membersShown(unit: UnitOfWork, group: ConversationRow): Promise<MemberView[]> {
  if (group.member_count > maxMembersShown) return [];
  return (await allMembers(unit, group.id)).map((row) => ({ ...memberView(row), person: publicPersonView(row) }));
}

/**
 * Tells people that they are in a group now: each by their own topic, with what they are in it. Once for all who are the
 * same in it.
 *
 * @param group as it is with them and before any later message
 * @param newcomers the version of each one's own settings
 */
export function announceJoined(
  unit: UnitOfWork,
  group: ConversationRow,
  members: readonly MemberView[],
  newcomers: ReadonlyMap<string, number>,
  own: { role: MemberRole; joinedAt: Date; historyFrom: number },
): void {
  const byVersion = Map.groupBy(newcomers, ([, version]) => version);
  for (const [version, same] of byVersion) {
    const conversation: NewConversationView = {
      conversation: conversationFacts(group),
      lastActivityAt: group.last_activity_at,
      lastSeq: group.last_seq,
      members,
      own: { ...own, version },
    };
    const audience = { kind: 'people', ids: same.map(([personId]) => personId) } as const;
    unit.announce({ type: 'conversation.joined', audience, data: { conversation } });
  }
  announceMembershipChanged(unit, group.id);
}
