import { Id, output, Time, Type } from '../kit/schemas.ts';
import { Content, Kind, Mention } from '../messages/schemas.ts';

export const ScheduledMessage = output(
  {
    id: Id('The scheduled message. The message that is made of it has another.'),
    conversationId: Id('Where it will be sent.'),
    kind: Kind,
    text: Type.String({ description: 'What will be said, or the caption.' }),
    content: Type.Optional(Content),
    replyTo: Type.Optional(Id('The message that it answers.')),
    mentions: Type.Optional(Type.Array(Mention)),
    sendAt: Time('When it is sent, within a second or two.'),
    createdAt: Time('When it was scheduled.'),
    failure: Type.Optional(
      Type.String({
        description:
          'Its time has come, and it was refused with this code, such as `conversation_not_found` or `recipient_unavailable`. It waits to be changed, sent or cancelled.',
      }),
    ),
  },
  { description: 'A message that waits for its time. What it has not is absent.' },
);
