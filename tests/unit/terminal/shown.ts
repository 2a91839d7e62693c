import { stripVTControlCharacters } from 'node:util';
import type { ChatMessage } from '../../../sdk/src/index.ts';
import { messageLine } from '../../../sdk/src/terminal/message-line.ts';

const names: Record<string, string> = { me: 'you', ann: 'Ann', bob: 'Bob', cem: 'Cem', dora: 'Dora' };

export const nameOf = (personId: string): string => names[personId] ?? 'somebody without a name';

/** A text of Ann's, with something else about it. */
export const messageOf = (change: Partial<ChatMessage> = {}): ChatMessage => ({
  key: 'key',
  id: 'id',
  clientId: null,
  conversationId: 'conversation',
  seq: 1,
  senderId: 'ann',
  mine: change.senderId === 'me',
  kind: 'text',
  text: 'Hello',
  content: null,
  replyTo: null,
  mentions: [],
  reactions: [],
  createdAt: new Date().toISOString(),
  editedAt: null,
  deletedAt: null,
  pinnedAt: null,
  expiresAt: null,
  hidden: false,
  starred: false,
  forwardCount: 0,
  status: 'sent',
  failure: null,
  ...change,
});

/** The line of a message, without colours and without the time. */
export const lineOf = (change: Partial<ChatMessage>, number = 7): string =>
  stripVTControlCharacters(messageLine(messageOf(change), number, nameOf)).replace(/^( *\d+) \S+( [AP]M)? /, '$1 ');
