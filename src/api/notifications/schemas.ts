import { notificationKinds } from '../../engine/notifications/index.ts';
import { Counter, Id, nullable, oneOf, output, Time, Type } from '../kit/schemas.ts';

const Kind = oneOf(notificationKinds, {
  description:
    '`message`: a message in a direct conversation. `mention`: I was named in a group. `group_added`: I was added to a group.',
});

/** What everybody may see of a person. */
export const Face = output({
  id: Id('The person.'),
  name: Type.String(),
  username: nullable(Type.String()),
  photoUrl: nullable(Type.String()),
});

export const Notification = output({
  id: Id('The notification; of a message, its id.'),
  kind: Kind,
  conversationId: Id('Where.'),
  messageId: nullable(Id('The message; null where it is of none.')),
  messageKind: nullable(Type.String({ description: 'Kind of that message.' })),
  actor: nullable(Face),
  title: Type.String({ description: "The actor's name." }),
  body: Type.String({
    description: 'The beginning of the message, its kind where it has no text, or the title of the group.',
  }),
  createdAt: Time('When it came.'),
  readAt: nullable(Time('When I have read it.')),
});

/** For each kind, whether I am notified of it. */
export const kind = {
  message: Type.Boolean({ description: 'Messages in direct conversations.' }),
  mention: Type.Boolean({ description: 'That I am named in a group.' }),
  group_added: Type.Boolean({ description: 'That I am added to a group.' }),
};

export const NotificationPreferences = output({
  enabled: Type.Boolean({ description: 'Whether I am notified of anything.' }),
  kinds: output(kind),
});

export const NotificationsRead = output(
  {
    readAt: Time('When.'),
    ids: Type.Optional(Type.Array(Id('Which.'))),
    conversationId: Type.Optional(Id('All of this conversation,')),
    upTo: Type.Optional(Counter('of messages up to this `seq`, and those of none.')),
    kinds: Type.Optional(nullable(Type.Array(Kind, { description: 'All of these kinds; null: all.' }))),
  },
  { description: 'Those in `ids`, those of a conversation, or all of some `kinds`: one of the three.' },
);
