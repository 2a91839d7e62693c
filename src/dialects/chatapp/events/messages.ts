import { type DoorEvents, eventText, lazily } from '../../kit/door-connection.ts';
import { presentMentions } from '../present/message.ts';
import { freshMessageText } from '../present/message-text.ts';
import { isoTime } from '../present/time.ts';
import { typingText } from '../present/typing.ts';
import { ownChatUpdated } from './chats.ts';
import type { Encoders } from './encoders.ts';

/** Messages, and what becomes of them. */
export const messageEncoders = {
  'message.created'(created, deps, timestamp): DoorEvents | null {
    const { message } = created;
    if (message.kind === 'system') return null;
    deps.places.noteFresh(message);
    const { others, own } = freshMessageText(deps, created);
    const rest = `"chatId":"${message.conversationId}","tempId":${JSON.stringify(message.clientId)}}]`;
    const toOthers = `["new_message",{"message":${others},${rest}`;
    const toSender = lazily(() => `["new_message",{"message":${own},${rest}`);
    const typed = { conversationId: message.conversationId, personId: message.senderId };
    const stopped = lazily(() => typingText({ ...typed, typing: false }, timestamp));
    return (connection) => {
      if (connection.personId === message.senderId) return [toSender()];
      return deps.typing.ended(connection, typed) ? [stopped(), toOthers] : [toOthers];
    };
  },

  'message.updated'({ message, change, by }, _deps, timestamp): DoorEvents | null {
    const { id: messageId, conversationId: chatId } = message;
    if (message.kind === 'system') return null;
    switch (change) {
      case 'edited': {
        const editedAt = message.editedAt ? isoTime(message.editedAt) : timestamp;
        const mentions = message.mentions && { mentions: presentMentions(message.mentions) };
        const edit = { messageId, chatId, newContent: message.text, editedAt, timestamp, ...mentions };
        return [eventText('message_edited', edit)];
      }
      case 'deleted':
      case 'expired':
        return [eventText('message_deleted', { messageId, chatId, deletedBy: by, deleteForEveryone: true, timestamp })];
      default:
        return null;
    }
  },

  'reaction.changed'({ conversationId, messageId, personId, emoji, replaced, at }): DoorEvents {
    const action = emoji === null ? 'remove' : 'add';
    const data = { messageId, chatId: conversationId, userId: personId, emoji: emoji ?? replaced, action };
    return [eventText('message_reaction', { ...data, timestamp: isoTime(at) })];
  },

  'inbox.updated'(change, { clock }, timestamp): DoorEvents | null {
    const { conversationId: chatId, marks } = change;
    if (marks.length === 0) {
      return ({ personId }) => [ownChatUpdated(change, { personId, now: clock.now(), timestamp })];
    }
    const hidden = marks.filter((mark) => mark.hidden);
    return ({ personId: deletedBy }) =>
      hidden.map(({ messageId }) =>
        eventText('message_deleted', { messageId, chatId, deletedBy, deleteForEveryone: false, timestamp }),
      );
  },
} satisfies Encoders;
