import {
  type MessageOutcome,
  type Messages,
  maxDeletions,
  maxForwards,
  maxMentions,
  maxTextLength,
} from '../../engine/messages/index.ts';
import { type AnyOperation, operation } from '../kit/operation.ts';
import { Cursor, Id, input, Limit, output, page, Time, Type } from '../kit/schemas.ts';
import { encodeMessage } from './encode-message.ts';
import { Mention, Message, NewMention } from './schemas.ts';

const conversation = input({ conversationId: Id('The conversation.') });
const place = input({ conversationId: Id('The conversation.'), messageId: Id('The message.') });

const Outcome = output(
  {
    messageId: Id('Which message.'),
    message: Type.Optional(Message),
    error: Type.Optional(output({ code: Type.String(), message: Type.String(), details: Type.Unknown() })),
  },
  { description: 'Of one message: what it is now, or why nothing was done.' },
);

const Ids = (most: number, description: string) =>
  Type.Array(Id('An id.'), { minItems: 1, maxItems: most, uniqueItems: true, description });

/** Editing, deleting and forwarding messages, and who has seen them. */
export function messageActionOperations({ messages }: { messages: Messages }): AnyOperation[] {
  return [
    operation({
      name: 'messages.edit',
      summary: 'Edit a message of mine',
      description:
        'Changes the text, or the caption of media, for some time after it was sent (`too_late`). What it said before is kept: see `messages.edits`. To say the same again changes nothing.',
      method: 'PATCH',
      path: '/conversations/:conversationId/messages/:messageId',
      params: place,
      body: input({
        text: Type.String({ maxLength: maxTextLength, description: 'What it says from now on.' }),
        mentions: Type.Optional(
          Type.Array(NewMention, { maxItems: maxMentions, description: 'Without it, nobody is named any more.' }),
        ),
      }),
      output: Message,
      encode: encodeMessage,
      access: 'session',
      socket: true,
      handle: (actor, { text, mentions, ...where }, { connection }) =>
        messages.edit(actor, where, { text, mentions }, connection?.id),
    }),
    operation({
      name: 'messages.edits',
      summary: 'All that a message has said',
      description:
        'The oldest first; what it says now is the last. For its sender, and in a group for the owner and the admins.',
      method: 'GET',
      path: '/conversations/:conversationId/messages/:messageId/edits',
      params: place,
      output: output({
        items: Type.Array(
          output({
            text: Type.String(),
            mentions: Type.Optional(Type.Array(Mention)),
            at: Time('Since when it said so.'),
          }),
        ),
      }),
      access: 'session',
      socket: true,
      handle: async (actor, where) => ({ items: await messages.edits(actor, where) }),
    }),
    operation({
      name: 'messages.delete',
      summary: 'Delete a message for everybody',
      description:
        'An own one for some time after it was sent (`too_late`); the owner and the admins of a group any. Its place stays, and nothing of what it said. One that was deleted already stays as it is.',
      method: 'DELETE',
      path: '/conversations/:conversationId/messages/:messageId',
      params: place,
      output: Message,
      encode: encodeMessage,
      access: 'session',
      socket: true,
      handle: (actor, where, { connection }) => messages.delete(actor, where, connection?.id),
    }),
    operation({
      name: 'messages.deleteMany',
      summary: 'Delete messages for everybody',
      description: 'As `messages.delete`, in one commit. Those that may not be deleted do not keep the others.',
      method: 'POST',
      path: '/conversations/:conversationId/messages/deletions',
      params: conversation,
      body: input({ messageIds: Ids(maxDeletions, 'Messages of this conversation.') }),
      output: output({ items: Type.Array(Outcome) }),
      access: 'session',
      socket: true,
      handle: async (actor, { conversationId, messageIds }, { connection }) => ({
        items: (await messages.deleteMany(actor, conversationId, messageIds, connection?.id)).map(outcome),
      }),
    }),
    operation({
      name: 'messages.forward',
      summary: 'Send copies of messages to other conversations',
      description:
        'In the order given, with text and content, without what they answered and whom they named. One that fails does not keep the others back. Give it a `requestKey` and repeat it after a lost answer: no copy is sent twice.',
      method: 'POST',
      path: '/conversations/:conversationId/messages/forwards',
      params: conversation,
      body: input({
        messageIds: Ids(maxForwards, 'Messages of this conversation.'),
        to: Ids(maxForwards, 'Conversations that get a copy of each.'),
        requestKey: Type.Optional(
          Type.String({ minLength: 1, maxLength: 90, description: 'Unique among my requests.' }),
        ),
      }),
      output: output({
        items: Type.Array(
          output({
            conversationId: Id('Where the copies are.'),
            results: Type.Array(Outcome, { description: '`messageId` is of the first message, `message` the copy.' }),
          }),
        ),
      }),
      access: 'session',
      socket: true,
      handle: async (actor, request, { connection }) => ({
        items: (await messages.forward(actor, request, connection?.id)).map(({ conversationId, results }) => ({
          conversationId,
          results: results.map(outcome),
        })),
      }),
    }),
    operation({
      name: 'messages.seenBy',
      summary: 'Who has seen a message of mine',
      description:
        'Members who were there when it was sent and to whom it was delivered, ordered by id. `read` is false also for who does not tell.',
      method: 'GET',
      path: '/conversations/:conversationId/messages/:messageId/seen-by',
      params: place,
      query: input({ cursor: Cursor, limit: Limit(200, 50) }),
      output: page(output({ personId: Id('Who.'), read: Type.Boolean({ description: 'Has read it.' }) })),
      access: 'session',
      socket: true,
      handle: (actor, { cursor, limit = 50, ...where }) => messages.seenBy(actor, where, { cursor, limit }),
    }),
  ];
}

/** An error as it is worded elsewhere, too. */
function outcome(of: MessageOutcome) {
  if ('message' in of) return of;
  const { code, message, details } = of.error;
  return { messageId: of.messageId, error: { code, message, details } };
}
