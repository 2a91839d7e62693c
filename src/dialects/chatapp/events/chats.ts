import type { ConversationFacts, NewConversationView } from '../../../engine/conversations/index.ts';
import type { EventMap } from '../../../engine/shared/events.ts';
import { type DoorConnection, type EventText, eventText } from '../../kit/door-connection.ts';
import { disappearing, groupInfo, presentFacts, presentMySettings, presentParticipant } from '../present/chat.ts';
import { presentFace } from '../present/participant.ts';
import { isoTime } from '../present/time.ts';

/** What a client gets depends on who it belongs to. */
export type PersonalTexts = (connection: Pick<DoorConnection, 'personId'>) => readonly EventText[];

/** Stands for the one who gets the event, in a text that is otherwise the same for all. No JSON has it by itself. */
const receiver = `receiver-${crypto.randomUUID()}`;

/**
 * `chat_created`: the chat as the receiver sees it, who has just come into it. Made of the event alone: nobody's presence is
 * known from it, and of a group that is too large no member is named.
 *
 * @param base stands for where the door is for the receiver
 */
export function chatCreated({ conversation: joined }: EventMap['conversation.joined'], base: string): PersonalTexts {
  const text = eventText('chat_created', { chat: newChat(joined, base) });
  return ({ personId }) => [text.replaceAll(receiver, personId)];
}

function newChat({ conversation, members, own, lastSeq, lastActivityAt }: NewConversationView, base: string) {
  const facts = presentFacts(conversation, base);
  const participants = members.map((member) =>
    presentParticipant(conversation.id, member, (person) => presentFace(person, base)),
  );
  const lastActivity = isoTime(lastActivityAt);
  return {
    ...facts,
    participants,
    activeParticipants: participants,
    lastMessage: null,
    unreadCount: 0,
    unreadCounts: [{ userId: receiver, count: 0, lastReadMessageId: null, lastReadAt: null }],
    mySettings: {
      notifications: true,
      customName: null,
      isPinned: false,
      isArchived: false,
      isMuted: false,
      mutedUntil: null,
    },
    isArchived: false,
    isPinned: false,
    isMuted: false,
    myRole: own.role,
    settings: { ...facts.settings, autoDownload: { photos: true, videos: false, documents: false } },
    analytics: { messageCount: lastSeq, mediaCount: 0, lastActivity },
    updatedAt: lastActivity,
  };
}

/**
 * `chat_updated`: what a chat is for all has changed. Nothing where the server has only removed what was too old.
 *
 * @param timestamp when it is told
 */
export function chatUpdated(
  { conversation, changed, by }: EventMap['conversation.updated'],
  timestamp: string,
  base: string,
): readonly EventText[] {
  const changes = changesOf(conversation, changed, base);
  if (Object.keys(changes).length === 0) return [];
  const chat = { ...presentFacts(conversation, base), updatedAt: timestamp };
  return [eventText('chat_updated', { chatId: conversation.id, changes, chat, updatedBy: by, timestamp })];
}

function changesOf(facts: ConversationFacts, changed: readonly (keyof ConversationFacts)[], base: string): object {
  const info = groupInfo(facts, base, null);
  return {
    ...(changed.includes('title') && { name: facts.title }),
    ...(changed.includes('description') && { description: facts.description }),
    ...(changed.includes('photoUrl') && { avatar: info?.avatar }),
    ...(changed.includes('settings') && { settings: info?.settings }),
    ...(changed.includes('disappearingSeconds') && { disappearingMessages: disappearing(facts) }),
  };
}

/**
 * `chat_updated` to one's own devices: how one has a chat for oneself has changed on one of them.
 *
 * @param now in milliseconds
 */
export function ownChatUpdated(
  { conversationId: chatId, me, unread }: EventMap['inbox.updated'],
  { personId, now, timestamp }: { readonly personId: string; readonly now: number; readonly timestamp: string },
): EventText {
  const mySettings = presentMySettings(me, now);
  const { isArchived, isPinned, isMuted } = mySettings;
  const { autoDownload } = me.preferences;
  const chat = { _id: chatId, id: chatId, mySettings, isArchived, isPinned, isMuted, unreadCount: unread };
  const changes = { mySettings, autoDownload };
  return eventText('chat_updated', {
    chatId,
    changes,
    chat: { ...chat, settings: { autoDownload } },
    updatedBy: personId,
    timestamp,
  });
}

/** `chat_deleted`: a group was closed for everybody, or one has deleted a chat for oneself. */
export const chatDeleted = (
  { conversationId }: Pick<EventMap['conversation.closed'], 'conversationId'>,
  timestamp: string,
): readonly EventText[] => [eventText('chat_deleted', { chatId: conversationId, timestamp })];
