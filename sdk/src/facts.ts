import type { WireEvent } from './generated/protocol.ts';

const factTypes = [
  'message.created',
  'message.updated',
  'reaction.changed',
  'receipt.updated',
  'conversation.joined',
  'conversation.updated',
  'conversation.closed',
  'conversation.hidden',
  'members.joined',
  'member.left',
  'members.updated',
  'inbox.updated',
  'person.updated',
  'sync.needed',
] as const;

/**
 * What the server says about conversations, in the form of its events; the answer to a command is put into the same form.
 * Facts may come in any order and any number of times.
 */
export type Fact = Extract<WireEvent, { type: (typeof factTypes)[number] }>;

/** A change that all members see. Each has a `rev` of its own: 1, 2, 3 ... in its conversation. */
export type SharedFact = Extract<
  Fact,
  {
    type:
      | 'message.created'
      | 'message.updated'
      | 'reaction.changed'
      | 'conversation.updated'
      | 'members.joined'
      | 'member.left'
      | 'members.updated';
  }
>;

/** A change to what only I see. Each has a `me.version` of its own. */
export type OwnFact = Extract<Fact, { type: 'inbox.updated' }>;

const types: ReadonlySet<string> = new Set(factTypes);

export const isFact = (event: WireEvent): event is Fact => types.has(event.type);

/** The `rev` that a fact takes; null where it takes none. */
export function revOf(fact: Fact): number | null {
  switch (fact.type) {
    case 'message.created':
    case 'message.updated':
      return fact.data.message.rev;
    case 'reaction.changed':
    case 'members.joined':
    case 'member.left':
    case 'members.updated':
      return fact.data.rev;
    case 'conversation.updated':
    case 'conversation.joined':
      return fact.data.conversation.rev;
    default:
      return null;
  }
}

/** The conversation that a fact is about. */
export function conversationOf(fact: Exclude<Fact, { type: 'person.updated' }>): string {
  switch (fact.type) {
    case 'message.created':
    case 'message.updated':
      return fact.data.message.conversationId;
    case 'conversation.joined':
    case 'conversation.updated':
      return fact.data.conversation.id;
    default:
      return fact.data.conversationId;
  }
}
