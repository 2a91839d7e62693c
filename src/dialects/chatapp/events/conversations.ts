import { type DoorEvents, eventText } from '../../kit/door-connection.ts';
import { isoTime } from '../present/time.ts';
import { typingText } from '../present/typing.ts';
import { chatCreated, chatDeleted, chatUpdated } from './chats.ts';
import { baseOf, type Encoders } from './encoders.ts';
import { participantRemoved, participantsAdded, rolesUpdated } from './groups.ts';

/** Chats, who is in them, and how far they have read. */
export const conversationEncoders = {
  'conversation.joined': (data, deps) => chatCreated(data, baseOf(deps)),
  'conversation.updated': (data, deps, timestamp) => chatUpdated(data, timestamp, baseOf(deps)),
  'conversation.closed': (data, _deps, timestamp) => chatDeleted(data, timestamp),
  'conversation.hidden': (data, _deps, timestamp) => chatDeleted(data, timestamp),
  'members.joined': (data, _deps, timestamp) => participantsAdded(data, timestamp),
  'member.left'(data, { typing }, timestamp): DoorEvents {
    const texts = participantRemoved(data, timestamp);
    return (connection) => {
      if (connection.personId === data.personId) typing.forget(connection, data.conversationId);
      return texts(connection);
    };
  },
  'members.updated': (data, _deps, timestamp) => rolesUpdated(data, timestamp),

  'typing.changed'(change, { typing }, timestamp): DoorEvents {
    const text = typingText(change, timestamp);
    return (connection) => {
      // Not to the other devices of who types.
      if (connection.personId === change.personId) return [];
      if (change.typing) typing.shown(connection, change);
      return change.typing || typing.ended(connection, change) ? [text] : [];
    };
  },

  'viewing.changed'({ personId, conversationId, viewing }, _deps, timestamp): DoorEvents {
    const data = { userId: personId, chatId: conversationId, timestamp };
    const text = viewing ? eventText('user_joined_chat', data) : eventText('user_left_chat', data);
    return ({ viewing: open }) => (open.has(conversationId) ? [text] : []);
  },

  'receipt.updated'({ conversationId, personId, readMessageId, deliveredMessageId, at }): DoorEvents | null {
    const messageId = readMessageId ?? deliveredMessageId;
    if (messageId === null) return null;
    const status = readMessageId === null ? 'delivered' : 'read';
    const data = { messageId, chatId: conversationId, status, userId: personId, timestamp: isoTime(at) };
    return [eventText('message_status_update', data)];
  },

  'conversation.read'({ conversationId }, _deps, timestamp): DoorEvents {
    return [eventText('unread_count_reset', { chatId: conversationId, timestamp })];
  },
} satisfies Encoders;
