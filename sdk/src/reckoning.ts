import type { Conversation, Message } from './generated/protocol.ts';

/** Whether a message counts as unread, where it comes after what is read. */
export function isUnread(message: Message, self: { id: string; blocked: ReadonlySet<string> }): boolean {
  const { senderId, kind, deletedAt, hidden } = message;
  const counts = kind !== 'system' && deletedAt === undefined && !hidden;
  return counts && senderId !== self.id && !self.blocked.has(senderId);
}

/** `version` of a conversation, as the documents define it. */
export function sumOfMarks({ rev, me, members }: Conversation): number {
  const base = rev + me.version;
  if (members.length === 0) return base + me.read + me.delivered;
  return members.reduce((sum, { read, delivered, person }) => sum + read + delivered + person.version, base);
}

/** Times of the server all have the same form, so they compare as text. */
export const latest = (a: string, b: string): string => (a > b ? a : b);
