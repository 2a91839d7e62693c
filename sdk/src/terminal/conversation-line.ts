import type { ChatConversation } from '../index.ts';
import { messageWords, type Said } from './message-words.ts';
import { bold, dim, excerpt, nameOf, oneLine } from './plain-text.ts';
import type { Names } from './system-words.ts';

/** What a conversation is called. */
export const titleOf = ({ title, kind, peer }: Pick<ChatConversation, 'title' | 'kind' | 'peer'>): string =>
  oneLine(title) || (kind === 'group' ? 'group without a title' : nameOf(peer));

/** A conversation as the list shows it. */
export function conversationLine(conversation: ChatConversation, names: Names): string {
  const { kind, memberCount, unread, markedUnread, lastMessage } = conversation;
  const size = kind === 'group' ? dim(` (${memberCount})`) : '';
  const fresh = unread > 0 ? bold(` (${unread} new)`) : markedUnread ? bold(' (unread)') : '';
  const set = (['pinned', 'muted', 'archived', 'blocked'] as const).filter((mark) => conversation[mark]);
  const marks = set.length > 0 ? dim(` [${set.join(', ')}]`) : '';
  return `${titleOf(conversation)}${size}${fresh}${marks}${lastMessage ? dim(`  ${preview(lastMessage, kind, names)}`) : ''}`;
}

/** What is said in a conversation that is not open; in a group, who says it. */
export function preview(message: Said, kind: ChatConversation['kind'], names: Names): string {
  const words = excerpt(messageWords(message, names));
  return kind === 'group' && message.kind !== 'system' ? `${names(message.senderId)}: ${words}` : words;
}
