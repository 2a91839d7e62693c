import { contentSchemas, type MessageContent, type MessageKind, messageKinds } from '../../engine/messages/index.ts';
import { Counter, Id, input, nullable, output, Time, Type } from '../kit/schemas.ts';

export const Kind = Type.Unsafe<MessageKind>(
  Type.Union(
    messageKinds.map((kind) => Type.Literal(kind)),
    { description: 'What it is.' },
  ),
);

const shapes = [...new Set(Object.values(contentSchemas))];

/** What a message of its kind has beside the text. */
export const Content = Type.Unsafe<MessageContent>(
  Type.Union(shapes, {
    description:
      'By `kind`: what a client adds (text), media (image, video, audio, document, sticker), location, contact, link, or what has happened (system).',
  }),
);

/** Somebody named in a text, as a client writes it. */
export const NewMention = input({
  personId: Id('A member.'),
  start: Counter('Where in the text, in UTF-16 code units.'),
  length: Counter('How much of the text.'),
});

export const Mention = output({
  personId: Id('Who.'),
  start: Counter('Where in the text, in UTF-16 code units.'),
  length: Counter('How much of the text.'),
});

export const Reaction = output({
  personId: Id('Who.'),
  emoji: Type.String(),
  at: Time('When.'),
});

/** What somebody's reaction to a message is now. */
export const ReactionChange = output({
  conversationId: Id('Where.'),
  messageId: Id('To which message.'),
  seq: Counter('Its place.'),
  rev: Counter("The message's `rev` from now on."),
  personId: Id('Who.'),
  emoji: nullable(Type.String({ description: 'null: taken back.' })),
  replaced: nullable(Type.String({ description: 'What it was before; null where there was none.' })),
  at: Time('When.'),
});

export const Message = output(
  {
    id: Id('The message.'),
    conversationId: Id('Where it was sent.'),
    seq: Counter('Its place in the conversation: 1, 2, 3 ... without gaps.'),
    rev: Counter("The conversation's change counter at the last change of this message."),
    senderId: Id('Who sent it.'),
    clientId: nullable(Type.String({ description: "The sender's own name for it." })),
    kind: Kind,
    text: Type.String({ description: 'What is said, or the caption. Empty where it was deleted.' }),
    createdAt: Time('When it was stored. Order is by `seq`, not by this.'),
    content: Type.Optional(Content),
    replyTo: Type.Optional(
      output(
        {
          messageId: Id('The message that it answers.'),
          seq: Counter('Its place.'),
          senderId: Id('Who sent that one.'),
        },
        { description: 'It answers another message of the conversation.' },
      ),
    ),
    mentions: Type.Optional(Type.Array(Mention)),
    forwardCount: Type.Optional(Counter('It is a copy, and so many times it was passed on.')),
    reactions: Type.Optional(Type.Array(Reaction, { description: 'All of them, the oldest first.' })),
    editedAt: Type.Optional(Time('When its text was last changed.')),
    deletedAt: Type.Optional(Time('It was deleted for everybody, or has vanished; its place stays.')),
    pinnedAt: Type.Optional(Time('It is pinned, since then.')),
    expiresAt: Type.Optional(Time('When it vanishes.')),
    hidden: Type.Optional(Type.Literal(true, { description: 'I have deleted it for myself; its place stays.' })),
    starred: Type.Optional(Type.Literal(true, { description: 'I have starred it.' })),
  },
  { description: 'What a message has not is absent.' },
);
