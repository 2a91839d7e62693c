import { Counter, Id, nullable, output, Time, Type } from '../kit/schemas.ts';
import { Message } from '../messages/schemas.ts';
import { Person } from '../people/schemas.ts';

export const Member = output({
  person: Person,
  read: Counter('Has read everything up to this `seq`.'),
  delivered: Counter('Everything up to this `seq` has reached a device of the person.'),
});

export const Conversation = output({
  id: Id('The conversation.'),
  kind: Type.Literal('direct'),
  createdAt: Time('When it was started.'),
  lastActivityAt: Time('When something was last said, or it was started.'),
  lastSeq: Counter('`seq` of the latest message; 0 where there is none.'),
  rev: Counter('Number of changes to the conversation so far.'),
  version: Counter(
    '`rev`, plus `read`, `delivered` and `person.version` of all members. Two equal versions mean the same state; a client computes it from what it holds, and sends it with `sync`.',
  ),
  members: Type.Array(Member),
  lastMessage: nullable(Message),
  unread: Type.Integer({ description: 'Messages of others after my `read`.' }),
});

export const Receipt = output({
  conversationId: Id('The conversation.'),
  personId: Id('Whose watermarks.'),
  read: Counter('Everything up to this `seq` is read.'),
  delivered: Counter('Everything up to this `seq` is delivered.'),
});
