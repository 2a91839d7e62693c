import { type Inbox, maxHiddenAtOnce, maxPinned } from '../../engine/inbox/index.ts';
import { EngineError } from '../../engine/shared/errors.ts';
import { OwnChange } from '../conversations/schemas.ts';
import { type AnyOperation, operation } from '../kit/operation.ts';
import { Cursor, Id, input, Limit, nullable, page, Type } from '../kit/schemas.ts';
import { Message } from '../messages/schemas.ts';

const conversation = input({ conversationId: Id('The conversation.') });
const message = input({ conversationId: Id('The conversation.'), messageId: Id('The message.') });

/** What I do with conversations and messages for myself: nobody else notices. */
export function inboxOperations({ inbox }: { inbox: Inbox }): AnyOperation[] {
  return [
    operation({
      name: 'conversations.updateMine',
      summary: 'Mute, archive, pin, mark as unread or name a conversation, for myself',
      description:
        'What is left out stays. The answer is what my other devices get as `inbox.updated`; what is so already makes no new version.',
      method: 'PATCH',
      path: '/conversations/:conversationId/me',
      params: conversation,
      body: input({
        mutedUntil: Type.Optional(
          nullable(
            Type.String({
              format: 'date-time',
              maxLength: 40,
              description: 'No sound until then, at most in the year 9999; null: with sound.',
            }),
          ),
        ),
        archived: Type.Optional(Type.Boolean()),
        pinned: Type.Optional(Type.Boolean({ description: `At most ${maxPinned} (limit_reached).` })),
        markedUnread: Type.Optional(
          Type.Boolean({ description: 'As a reminder. It ends when `read` moves; where nothing is new, say false.' }),
        ),
        customName: Type.Optional(
          nullable(
            Type.String({ minLength: 1, maxLength: 100, description: 'What I call it; null: as it is called.' }),
          ),
        ),
        preferences: Type.Optional(
          input({
            notifications: Type.Optional(Type.Boolean()),
            autoDownload: Type.Optional(
              input({
                photos: Type.Optional(Type.Boolean()),
                videos: Type.Optional(Type.Boolean()),
                documents: Type.Optional(Type.Boolean()),
              }),
            ),
          }),
        ),
      }),
      output: OwnChange,
      access: 'session',
      socket: true,
      handle: (actor, { conversationId, mutedUntil, ...settings }, { connection }) =>
        inbox.updateSettings(
          actor,
          conversationId,
          { ...settings, ...(mutedUntil !== undefined && { mutedUntil: timeOf(mutedUntil) }) },
          connection?.id,
        ),
    }),
    operation({
      name: 'conversations.clear',
      summary: 'Empty a conversation, for myself',
      description: 'Everything said so far is gone for me, with my stars. It does not say that I have read it.',
      method: 'PUT',
      path: '/conversations/:conversationId/cleared',
      params: conversation,
      output: OwnChange,
      access: 'session',
      socket: true,
      handle: (actor, { conversationId }, { connection }) => inbox.clearHistory(actor, conversationId, connection?.id),
    }),
    operation({
      name: 'conversations.delete',
      summary: 'Delete a conversation, for myself',
      description:
        'It is emptied and gone from my list until something is said in it. I stay a member: to hear no more of a group, leave it.',
      method: 'DELETE',
      path: '/conversations/:conversationId',
      params: conversation,
      access: 'session',
      socket: true,
      handle: (actor, { conversationId }, { connection }) =>
        inbox.deleteConversation(actor, conversationId, connection?.id),
    }),
    operation({
      name: 'messages.hide',
      summary: 'Delete messages, for myself',
      description: 'They keep their place, with `hidden` and without what they said. It cannot be undone.',
      method: 'POST',
      path: '/conversations/:conversationId/messages/hidden',
      params: conversation,
      body: input({
        messageIds: Type.Array(Id('A message of the conversation.'), { minItems: 1, maxItems: maxHiddenAtOnce }),
      }),
      output: OwnChange,
      status: 200,
      access: 'session',
      socket: true,
      handle: (actor, { conversationId, messageIds }, { connection }) =>
        inbox.hideMessages(actor, conversationId, messageIds, connection?.id),
    }),
    operation({
      name: 'messages.star',
      summary: 'Star a message, for myself',
      method: 'PUT',
      path: '/conversations/:conversationId/messages/:messageId/star',
      params: message,
      output: OwnChange,
      access: 'session',
      socket: true,
      handle: (actor, place, { connection }) => inbox.starMessage(actor, place, true, connection?.id),
    }),
    operation({
      name: 'messages.unstar',
      summary: 'Take my star from a message',
      method: 'DELETE',
      path: '/conversations/:conversationId/messages/:messageId/star',
      params: message,
      output: OwnChange,
      access: 'session',
      socket: true,
      handle: (actor, place, { connection }) => inbox.starMessage(actor, place, false, connection?.id),
    }),
    operation({
      name: 'messages.listStarred',
      summary: 'Messages that I have starred, the last starred first',
      description: 'Without those that I cannot see any more.',
      method: 'GET',
      path: '/starred',
      query: input({
        conversationId: Type.Optional(Id('Only of this conversation.')),
        cursor: Cursor,
        limit: Limit(100, 50),
      }),
      output: page(Message),
      access: 'session',
      socket: true,
      handle: (actor, { conversationId, cursor, limit = 50 }) =>
        inbox.listStarred(actor, { conversationId, cursor, limit }),
    }),
  ];
}

/** The year 9999 is the last that has the usual form. */
const lastTime = Date.UTC(10_000, 0) - 1;

function timeOf(text: string | null): Date | null {
  if (text === null) return null;
  const time = new Date(text);
  // Negated, so that what is no time is refused too.
  if (!(time.getTime() >= 0 && time.getTime() <= lastTime)) {
    throw new EngineError('invalid_request', 'Give a time between the years 1970 and 9999.', { path: '/mutedUntil' });
  }
  return time;
}
