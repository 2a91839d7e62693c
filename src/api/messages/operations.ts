import type { HistoryRange, Messages } from '../../engine/messages/index.ts';
import { EngineError } from '../../engine/shared/errors.ts';
import { type AnyOperation, operation } from '../kit/operation.ts';
import { Counter, Id, input, Limit, output, Type } from '../kit/schemas.ts';
import { encodeAck, encodeMessage } from './encode-message.ts';
import { ContentInput, MentionsInput, TextInput } from './inputs.ts';
import { Kind, Message } from './schemas.ts';

const conversation = input({ conversationId: Id('The conversation.') });

/** Sending messages and reading the history. */
export function messageOperations({ messages }: { messages: Messages }): AnyOperation[] {
  return [
    operation({
      name: 'messages.send',
      summary: 'Send a message',
      description:
        "The answer means that it is stored for good. Give it a `clientId` and repeat it after a lost answer: the second time gives the first one's answer with `duplicate: true`. The same `clientId` with another text is refused (`client_id_conflict`). Over the socket, the answer may come after events of later messages: place messages by `seq`.",
      method: 'POST',
      path: '/conversations/:conversationId/messages',
      params: conversation,
      body: input({
        kind: Type.Optional(Kind),
        text: Type.Optional(TextInput),
        content: Type.Optional(ContentInput),
        replyTo: Type.Optional(Id('A message of the same conversation that this one answers.')),
        mentions: Type.Optional(MentionsInput),
        clientId: Type.Optional(
          Type.String({ minLength: 1, maxLength: 100, description: 'Unique among my messages in the conversation.' }),
        ),
      }),
      output: output({ message: Message, duplicate: Type.Boolean() }),
      status: (sent) => (sent.duplicate ? 200 : 201),
      encode: encodeAck,
      access: 'session',
      socket: true,
      handle: (actor, { kind = 'text', text = '', ...message }, { connection }) =>
        messages.send(actor, { ...message, kind, text }, connection?.id),
    }),
    operation({
      name: 'messages.list',
      summary: 'Read the history',
      description:
        'Ascending by `seq`. With none of `before`, `after` and `around`: the latest page. At most one of them.',
      method: 'GET',
      path: '/conversations/:conversationId/messages',
      params: conversation,
      query: input({
        before: Type.Optional(Counter('Messages with a smaller `seq`, the nearest.')),
        after: Type.Optional(Counter('Messages with a larger `seq`, the nearest.')),
        around: Type.Optional(Counter('Messages on both sides of this `seq`, and it.')),
        limit: Limit(100, 50),
      }),
      output: output({ items: Type.Array(Message) }),
      encode: ({ items }) => `{"items":[${items.map(encodeMessage).join(',')}]}`,
      access: 'session',
      socket: true,
      handle: async (actor, { conversationId, limit = 50, ...range }) => ({
        items: await messages.list(actor, conversationId, rangeOf(range), limit),
      }),
    }),
    operation({
      name: 'messages.get',
      summary: 'One message',
      method: 'GET',
      path: '/conversations/:conversationId/messages/:messageId',
      params: input({ conversationId: Id('The conversation.'), messageId: Id('The message.') }),
      output: Message,
      access: 'session',
      socket: true,
      handle: (actor, { conversationId, messageId }) => messages.get(actor, conversationId, messageId),
    }),
  ];
}

function rangeOf(given: { before?: number; after?: number; around?: number }): HistoryRange {
  const [first, ...more] = Object.entries(given).filter(([, seq]) => seq !== undefined);
  if (more.length > 0) {
    throw new EngineError('invalid_request', 'Give at most one of before, after and around.', {
      path: `/${more[0]?.[0]}`,
    });
  }
  return first ? ({ [first[0]]: first[1] } as HistoryRange) : { latest: true };
}
