import type { EventMap } from '../../../engine/shared/events.ts';
import { type EventText, eventText } from '../../kit/door-connection.ts';
import type { PersonalTexts } from './chats.ts';

/**
 * `group_participants_added`: people have come into a group.
 *
 * @param timestamp when it is told
 */
export const participantsAdded = (
  { conversationId, personIds, by }: EventMap['members.joined'],
  timestamp: string,
): readonly EventText[] => [
  eventText('group_participants_added', { chatId: conversationId, userIds: personIds, addedBy: by, timestamp }),
];

/**
 * `group_participant_removed`: somebody has left a group or was removed from it. What follows from it for the others is not
 * told to who is gone.
 */
export function participantRemoved(
  { conversationId, personId, by, roles }: EventMap['member.left'],
  timestamp: string,
): PersonalTexts {
  const left = personId === by;
  const removed = eventText('group_participant_removed', {
    chatId: conversationId,
    userId: personId,
    removedBy: by,
    left,
    timestamp,
  });
  const all = [removed, ...rolesUpdated({ conversationId, roles, by }, timestamp)];
  return (connection) => (connection.personId === personId ? [removed] : all);
}

/** `group_role_updated`, once for each who has another role. */
export const rolesUpdated = (
  { conversationId, roles, by }: Pick<EventMap['members.updated'], 'conversationId' | 'roles' | 'by'>,
  timestamp: string,
): readonly EventText[] =>
  roles.map(({ personId, role }) =>
    eventText('group_role_updated', { chatId: conversationId, userId: personId, role, updatedBy: by, timestamp }),
  );
