import { Counter, Id, nullable, output, Time, Type } from '../kit/schemas.ts';

export const Message = output({
  id: Id('The message.'),
  conversationId: Id('Where it was sent.'),
  seq: Counter('Its place in the conversation: 1, 2, 3 ... without gaps.'),
  rev: Counter("The conversation's change counter at the last change of this message."),
  senderId: Id('Who sent it.'),
  clientId: nullable(Type.String({ description: "The sender's own name for it." })),
  kind: Type.Literal('text'),
  text: Type.String(),
  createdAt: Time('When it was stored. Order is by `seq`, not by this.'),
});
