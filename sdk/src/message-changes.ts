import type { Events, Message } from './generated/protocol.ts';

type Mark = Events['inbox.updated']['marks'][number];

/** A message after a change that all see. What I have done with it for myself stays. */
export function updated(held: Message, update: Message): Message {
  if (held.rev >= update.rev) return held;
  if (held.hidden) return hide(update);
  const { hidden: _, starred: __, ...shared } = update;
  return held.starred && !update.deletedAt ? { ...shared, starred: true } : shared;
}

export function reacted(held: Message, { rev, personId, emoji, at }: Events['reaction.changed']): Message {
  if (held.rev >= rev) return held;
  const { reactions = [], ...rest } = held;
  const others = reactions.filter((reaction) => reaction.personId !== personId);
  const all = emoji === null ? others : [...others, { personId, emoji, at }];
  return held.hidden || all.length === 0 ? { ...rest, rev } : { ...rest, rev, reactions: all };
}

/** A message with what I have done with it for myself. What is hidden cannot be shown again by this. */
export function marked(held: Message, { hidden, starred }: Pick<Mark, 'hidden' | 'starred'>): Message {
  if (held.hidden) return held;
  if (hidden) return hide(held);
  const { starred: _, ...rest } = held;
  return starred && !held.deletedAt ? { ...rest, starred: true } : rest;
}

/** Of a message that I have deleted for myself, only the place stays. */
function hide({ id, conversationId, seq, rev, senderId, clientId, kind, createdAt, deletedAt }: Message): Message {
  const place = { id, conversationId, seq, rev, senderId, clientId, kind, text: '', createdAt, hidden: true } as const;
  return deletedAt === undefined ? place : { ...place, deletedAt };
}
