import { type ConversationRow, maxMembersShown } from '../conversations/index.ts';
import { notifyAdded } from '../notifications/index.ts';
import { type PersonRow, publicPersonView } from '../people/index.ts';
import type { UnitOfWork } from '../ports/database.ts';
import { announceRequest } from './announce-request.ts';
import type { GroupDeps } from './deps.ts';
import { takeRequests } from './invite-store.ts';
import { announceJoined, membersShown } from './join-announcements.ts';
import { limitReached } from './policy.ts';
import { changeConversation, insertMembers } from './store.ts';

/**
 * Brings people into a group, whoever let them in, and tells the members and them. The caller has locked the group and
 * knows that none of them is in it.
 *
 * @param by who added them; they themselves where they came by a link
 * @throws EngineError `limit_reached`
 */
export async function admitMembers(
  unit: UnitOfWork,
  deps: GroupDeps,
  group: ConversationRow,
  people: readonly PersonRow[],
  by: string,
): Promise<void> {
  if (people.length === 0) return;
  if (group.member_count + people.length > deps.limit) throw limitReached(deps.limit);
  const { id: conversationId, last_seq: lastSeq } = group;
  const at = new Date(deps.clock.now());
  const personIds = people.map(({ id }) => id);
  const historyFrom = group.history_for_newcomers ? 0 : lastSeq;
  const newcomers = await insertMembers(unit, {
    conversationId,
    personIds,
    role: 'member',
    addedBy: by,
    at,
    lastSeq,
    historyFrom,
  });
  const memberCount = group.member_count + people.length;
  const joined = await changeConversation(unit, conversationId, { member_count: memberCount });
  const shown = memberCount > maxMembersShown ? [] : people;
  unit.announce({
    type: 'members.joined',
    audience: { kind: 'conversation', id: conversationId },
    data: {
      conversationId,
      rev: joined.rev,
      memberCount,
      members: shown.map((row) => ({
        person: publicPersonView(row),
        role: 'member',
        joinedAt: at,
        read: lastSeq,
        delivered: lastSeq,
      })),
      personIds,
      by,
    },
  });
  announceJoined(unit, joined, await membersShown(unit, joined), newcomers, {
    role: 'member',
    joinedAt: at,
    historyFrom: Math.max(historyFrom, group.history_from),
  });
  // Who came by a link knows it.
  const added = personIds.filter((id) => id !== by);
  if (added.length > 0) {
    const seen = { id: conversationId, title: group.title ?? '', seq: lastSeq + 1 };
    await notifyAdded(unit, deps.clock, seen, by, added);
  }
  for (const request of await takeRequests(unit, conversationId, personIds)) {
    await announceRequest(unit, conversationId, request, 'approved');
  }
}
