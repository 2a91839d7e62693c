import { styleText } from 'node:util';
import type { ChatMessage, Quote } from '../index.ts';
import { messageWords } from './message-words.ts';
import { bold, dim, excerpt, timeOf } from './plain-text.ts';
import type { Names } from './system-words.ts';

/** Reactions with more people than this are counted. */
const maxNamed = 3;

export const ticks: Record<ChatMessage['status'], string> = {
  pending: '…',
  sent: '✓',
  delivered: '✓✓',
  read: styleText('cyan', '✓✓ read'),
  failed: styleText('red', '✗ failed'),
};

/** A message as the terminal shows it: its number, when, who, and what, then its ticks. */
export function messageLine(message: ChatMessage, number: number, names: Names): string {
  const tick = message.mine && message.kind !== 'system' && !message.deletedAt ? `  ${ticks[message.status]}` : '';
  return `${dim(String(number).padStart(3))} ${timeOf(message.createdAt)} ${messageBody(message, names)}${tick}`;
}

/** What of a message all see: without its number, its time and its ticks. */
export function messageBody(message: ChatMessage, names: Names): string {
  const words = messageWords(message, names);
  if (message.kind === 'system') return dim(words);
  const who = message.mine ? styleText('green', 'you') : bold(names(message.senderId));
  const answering = message.replyTo ? dim(` (to ${quoteWords(message.replyTo, names)})`) : '';
  const behind = [marks(message), reactions(message, names)].filter((part) => part !== '');
  return [`${who}${answering}: ${words}`, ...behind.map(dim)].join(' ');
}

function quoteWords({ senderId, message }: Quote, names: Names): string {
  const who = senderId === null ? 'a message' : names(senderId);
  return message ? `${who} “${excerpt(messageWords(message, names), 30)}”` : who;
}

function marks({ forwardCount, editedAt, pinnedAt, starred, expiresAt, deletedAt }: ChatMessage): string {
  if (deletedAt) return '';
  const all = [
    forwardCount > 0 && 'forwarded',
    editedAt && 'edited',
    pinnedAt && 'pinned',
    starred && 'starred',
    expiresAt && `vanishes ${timeOf(expiresAt)}`,
  ].filter(Boolean);
  return all.length > 0 ? `(${all.join(', ')})` : '';
}

/** "[👍 Ann, you] [❤ 12]" */
function reactions({ reactions: all }: ChatMessage, names: Names): string {
  const people = Map.groupBy(all, ({ emoji }) => emoji);
  return [...people]
    .map(([emoji, given]) => {
      const who = given.length > maxNamed ? given.length : given.map(({ personId }) => names(personId)).join(', ');
      return `[${excerpt(emoji, 10)} ${who}]`;
    })
    .join(' ');
}
