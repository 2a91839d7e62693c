import type { Conversations } from '../../engine/conversations/index.ts';
import type { Inbox } from '../../engine/inbox/index.ts';
import { type AnyOperation, operation } from '../kit/operation.ts';
import { Counter, Cursor, Id, input, Limit, output, page, Type } from '../kit/schemas.ts';
import { Message } from '../messages/schemas.ts';
import { encodeSync } from './encode-sync.ts';
import { Conversation, Receipt, UnreadTotal } from './schemas.ts';

const conversation = input({ conversationId: Id('The conversation.') });

/** Conversations, receipts, typing, and catching up. */
export function conversationOperations(deps: { conversations: Conversations; inbox: Inbox }): AnyOperation[] {
  const { conversations, inbox } = deps;
  return [
    operation({
      name: 'conversations.startDirect',
      summary: 'Start, or find, my conversation with a person',
      description:
        'A pair has one direct conversation; asking again gives the same (200 instead of 201). One that I have deleted for myself is shown again.',
      method: 'POST',
      path: '/conversations/direct',
      body: input({ personId: Id('The other person.') }),
      output: output({ conversation: Conversation, created: Type.Boolean() }),
      status: ({ created }) => (created ? 201 : 200),
      access: 'session',
      socket: true,
      handle: async (actor, { personId }, { connection }) => {
        const { conversationId, created } = await conversations.startDirect(actor, personId, connection?.id);
        return { conversation: await inbox.get(actor, conversationId), created };
      },
    }),
    operation({
      name: 'conversations.list',
      summary: 'My conversations, the last active first',
      method: 'GET',
      path: '/conversations',
      description: 'Pinned ones are in their place by time, with `me.pinnedAt`: the client puts them on top.',
      query: input({
        archived: Type.Optional(
          Type.Boolean({ description: 'Only those in the archive, or only the others; all if not given.' }),
        ),
        q: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 100,
            description: 'Part of the title, of the name of the other person, or of what I call it.',
          }),
        ),
        kind: Type.Optional(Type.Union([Type.Literal('direct'), Type.Literal('group')])),
        cursor: Cursor,
        limit: Limit(200, 50),
      }),
      output: page(Conversation),
      access: 'session',
      socket: true,
      handle: (actor, { q, limit = 50, ...filter }) => inbox.list(actor, { ...filter, text: q, limit }),
    }),
    operation({
      name: 'conversations.get',
      summary: 'One conversation',
      method: 'GET',
      path: '/conversations/:conversationId',
      params: conversation,
      output: Conversation,
      access: 'session',
      socket: true,
      handle: (actor, { conversationId }) => inbox.get(actor, conversationId),
    }),
    operation({
      name: 'unread.get',
      summary: 'How much I have not read',
      method: 'GET',
      path: '/unread',
      description: 'For the badge of an app. Archived conversations do not count.',
      output: UnreadTotal,
      access: 'session',
      socket: true,
      handle: (actor) => inbox.unread(actor),
    }),
    operation({
      name: 'receipts.mark',
      summary: 'Say how far I have read or received',
      description:
        'Watermarks only move forward: a stale one changes nothing, one beyond the last message means the last message.',
      method: 'PUT',
      path: '/conversations/:conversationId/receipt',
      params: conversation,
      body: input({
        read: Type.Optional(Counter('I have read everything up to this `seq`; it is delivered too.')),
        delivered: Type.Optional(Counter('Everything up to this `seq` has reached this device.')),
      }),
      output: Receipt,
      access: 'session',
      socket: true,
      handle: (actor, mark, { connection }) => conversations.markReceipt(actor, mark, connection?.id),
    }),
    operation({
      name: 'typing.set',
      summary: 'Say that I type, or have stopped',
      description: 'Repeat it every 3 seconds while typing; the others forget it 6 seconds after the last.',
      method: 'PUT',
      path: '/conversations/:conversationId/typing',
      params: conversation,
      body: input({ typing: Type.Boolean() }),
      access: 'session',
      socket: true,
      handle: (actor, { conversationId, typing }, { connection }) =>
        conversations.setTyping(actor, conversationId, typing, connection?.id),
    }),
    operation({
      name: 'viewing.set',
      summary: 'Say that I have opened a conversation, or closed it',
      description: 'Others who are connected get `viewing.changed`. Nothing is stored.',
      method: 'PUT',
      path: '/conversations/:conversationId/viewing',
      params: conversation,
      body: input({ viewing: Type.Boolean() }),
      access: 'session',
      socket: true,
      handle: (actor, { conversationId, viewing }, { connection }) =>
        conversations.setViewing(actor, conversationId, viewing, connection?.id),
    }),
    operation({
      name: 'sync',
      summary: 'Catch up with everything that I lack',
      description:
        'Compares what the client holds with what is, and brings the difference. Over the socket it also opens the live stream: events flow after the answer, and between them nothing is lost or doubled. Apply the changes; while `more` is true, sync again.',
      method: 'POST',
      path: '/sync',
      body: input({
        known: Type.Optional(
          Type.Array(
            input({
              id: Id('A conversation that the client holds.'),
              seq: Counter('It has all messages from some point up to this one.'),
              rev: Counter('It has all changes up to this one: the last `rev` before which it has missed none.'),
              mine: Counter('`me.version` of what it holds.'),
              version: Counter('Version of the conversation, computed from what it holds.'),
            }),
            { maxItems: 1_000, description: 'What the client holds. Leave it out to start from nothing.' },
          ),
        ),
        window: Type.Optional(
          Type.Integer({
            minimum: 0,
            maximum: 1_000,
            default: 200,
            description: 'The client keeps this many of the latest conversations, and is told of new ones among these.',
          }),
        ),
      }),
      output: output({
        changes: Type.Array(
          output({
            conversation: Conversation,
            messages: Type.Array(Message, {
              description: "What follows the client's `seq`; with `reset`, the latest messages.",
            }),
            changed: Type.Array(Message, {
              description: "Messages up to the client's `seq` as they are now: replace those that you hold.",
            }),
            reset: Type.Boolean({
              description: 'Drop the messages that you hold of the conversation, and begin with these.',
            }),
          }),
        ),
        removed: Type.Array(Type.String(), { description: 'Known conversations in which I am no more.' }),
        more: Type.Boolean({ description: 'Apply this, and sync again.' }),
      }),
      encode: encodeSync,
      access: 'session',
      socket: true,
      handle: async (actor, { known = [], window = 200 }, { connection }) => {
        if (!connection) return inbox.sync(actor, { known, window });
        return connection.catchUp((follow) => inbox.sync(actor, { known, window }, follow));
      },
    }),
  ];
}
