import type { Actor } from '../../../engine/shared/actor.ts';
import { Fields } from '../../kit/fields.ts';
import type { Answer, Call, Route } from '../../kit/rest.ts';
import { deleteMessage, readForEveryone } from '../commands/delete-message.ts';
import { editMessage } from '../commands/edit-message.ts';
import { forwardMessage } from '../commands/forward-message.ts';
import { markMessage } from '../commands/mark-message.ts';
import { addReaction, removeReaction } from '../commands/react-to-message.ts';
import { sendMessage } from '../commands/send-message.ts';
import type { ChatappDeps } from '../deps.ts';
import { type Words, worded } from '../errors.ts';
import { freshMessage, presentMessage } from '../present/message.ts';
import { listBody } from '../wire/list-envelope.ts';
import { done } from './group-actions.ts';

const sendWords: Words = {
  not_permitted: [403, 'Only admins can send messages in this group'],
  recipient_unavailable: [403, 'Access denied'],
};
const editWords: Words = {
  not_permitted: [403, 'Can only edit your own messages'],
  too_late: [400, 'Message too old to edit'],
  message_deleted: [400, 'Cannot edit deleted message'],
};
const deleteWords: Words = {
  not_permitted: [403, 'Unauthorized to delete for everyone'],
  too_late: [400, 'Message too old to delete for everyone'],
  message_deleted: [400, 'Message is already deleted'],
};
/** Nothing can be done with one that is gone. */
const goneWords: Words = { message_deleted: [404, 'Message not found'] };

/** Base64 is a third longer than the file that it says. */
const inlineBody = ({ options }: ChatappDeps): number => Math.ceil((options.maxFileBytes * 4) / 3) + 64 * 1024;

/** Sending messages, reading them, and what is done with them. */
export function messageRoutes(deps: ChatappDeps): Route[] {
  const { engine } = deps;

  const shown = async (actor: Actor, { base }: Call, messageId: string) =>
    presentMessage(deps, await engine.inbox.message(actor, messageId), { personId: actor.personId, base });

  const list = async (actor: Actor, call: Call): Promise<Answer> => {
    const fields = new Fields(call.query, 'query');
    const page = fields.clamped('page', { min: 1, max: 1_000_000, default: 1 });
    const limit = fields.clamped('limit', { min: 1, max: 100, default: 50 });
    const before = fields.text('before', { message: 'before must be a message ID' });
    const order = fields.choice('order', ['asc', 'desc'], 'order must be asc or desc');
    fields.assertValid();
    const query = { offset: (page - 1) * limit, limit, before: before || undefined, order };
    const { messages, more } = await engine.inbox.history(actor, call.params.id ?? '', query);
    const viewer = { personId: actor.personId, base: call.base };
    const presented = messages.map((message) => presentMessage(deps, message, viewer));
    const pagination = { currentPage: page, limit, hasMore: more };
    return { body: listBody(deps.options, call, 'messages', presented, pagination) };
  };

  const search = async (actor: Actor, call: Call, chatId: string | undefined): Promise<Answer> => {
    const fields = new Fields(call.query, 'query');
    const message = 'Search query must be between 2 and 100 characters';
    const text = fields.requiredText(['q', 'query', 'search'], { min: 2, max: 100, message });
    const limit = fields.clamped('limit', { min: 1, max: 100, default: 50 });
    fields.assertValid();
    const places = await findPlaces(deps, actor, { text, conversationId: chatId, limit });
    const messages = await engine.inbox.show(actor, places);
    const viewer = { personId: actor.personId, base: call.base };
    const presented = messages.map((one) => presentMessage(deps, one, viewer));
    return found({ messages: presented, searchTerm: text, chatId: chatId ?? null });
  };

  return [
    { method: 'GET', path: '/api/chats/:id/messages', access: 'session', handle: list },
    {
      method: 'GET',
      path: '/api/chats/:id/messages/search',
      access: 'session',
      handle: (actor, call) => search(actor, call, call.params.id ?? ''),
    },
    {
      method: 'GET',
      path: '/api/messages/search',
      access: 'session',
      handle(actor, call) {
        const chatId = new Fields(call.query, 'query').text('chatId', { message: 'Invalid chat ID' });
        return search(actor, call, chatId || undefined);
      },
    },
    {
      method: 'POST',
      path: '/api/messages',
      access: 'session',
      bodyLimit: inlineBody(deps),
      async handle(actor, call) {
        const sent = await worded(sendWords, () => sendMessage(deps, actor, call.body));
        const viewer = { personId: actor.personId, base: call.base };
        const message = presentMessage(deps, freshMessage(sent), viewer);
        return {
          status: 201,
          body: { success: true, message: 'Message sent successfully', data: { message, tempId: sent.tempId } },
        };
      },
    },
    {
      method: 'GET',
      path: '/api/messages/:id',
      access: 'session',
      handle: async (actor, call) => found({ message: await shown(actor, call, call.params.id ?? '') }),
    },
    {
      method: 'PUT',
      path: '/api/messages/:id',
      access: 'session',
      async handle(actor, call) {
        const messageId = call.params.id ?? '';
        await worded(editWords, () => editMessage(deps, actor, messageId, call.body));
        return done('Message edited successfully', { message: await shown(actor, call, messageId) });
      },
    },
    {
      method: 'DELETE',
      path: '/api/messages/:id',
      access: 'session',
      async handle(actor, { params, body, query }) {
        const forEveryone = readForEveryone(body, query);
        await worded(deleteWords, () => deleteMessage(deps, actor, params.id ?? '', forEveryone));
        return done(`Message deleted for ${forEveryone ? 'everyone' : 'you'}`);
      },
    },
    {
      method: 'POST',
      path: '/api/messages/:id/react',
      access: 'session',
      async handle(actor, call) {
        const messageId = call.params.id ?? '';
        await worded(goneWords, () => addReaction(deps, actor, messageId, call.body));
        const { reactions } = await shown(actor, call, messageId);
        return done('Reaction added successfully', { reactions });
      },
    },
    {
      method: 'DELETE',
      path: '/api/messages/:id/react',
      access: 'session',
      async handle(actor, { params }) {
        await removeReaction(deps, actor, params.id ?? '');
        return done('Reaction removed successfully');
      },
    },
    {
      method: 'POST',
      path: '/api/messages/:id/forward',
      access: 'session',
      async handle(actor, { params, body }) {
        const { forwarded, errors } = await worded(goneWords, () => forwardMessage(deps, actor, params.id ?? '', body));
        const forwardedMessages = forwarded.map(({ chatId, messageId }) => ({ chatId, messageId }));
        return done(`Message forwarded to ${forwarded.length} chats`, { forwardedMessages, errors });
      },
    },
    {
      method: 'POST',
      path: '/api/messages/:id/delivered',
      access: 'session',
      async handle(actor, { params }) {
        await markMessage(deps, actor, params.id ?? '', 'delivered');
        return done('Message marked as delivered');
      },
    },
    {
      method: 'POST',
      path: '/api/messages/:id/read',
      access: 'session',
      async handle(actor, { params }) {
        await markMessage(deps, actor, params.id ?? '', 'read');
        return done('Message marked as read');
      },
    },
  ];
}

const found = (data: object): Answer => ({ body: { success: true, data } });

/** Requests of the engine that one search makes at most: each does a bounded amount of work. */
const maxSteps = 8;

/** Where messages are that a search finds: the engine may answer with less than a page, and where to go on. */
async function findPlaces(
  { engine }: ChatappDeps,
  actor: Actor,
  query: { readonly text: string; readonly conversationId: string | undefined; readonly limit: number },
): Promise<{ conversationId: string; seq: number }[]> {
  const places: { conversationId: string; seq: number }[] = [];
  let cursor: string | undefined;
  for (let step = 0; step < maxSteps && places.length < query.limit; step += 1) {
    const limit = query.limit - places.length;
    const page = await engine.search.messages(actor, { ...query, limit, cursor });
    places.push(...page.items.map(({ conversationId, message: { seq } }) => ({ conversationId, seq })));
    if (page.next === null) break;
    cursor = page.next;
  }
  return places;
}
