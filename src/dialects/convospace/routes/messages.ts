import type { ShownMessage } from '../../../engine/inbox/index.ts';
import type { Actor } from '../../../engine/shared/actor.ts';
import { Fields } from '../../kit/fields.ts';
import type { Answer, Call, Route } from '../../kit/rest.ts';
import { markMessage } from '../commands/mark-message.ts';
import { sendMessage } from '../commands/send-message.ts';
import type { ConvospaceDeps } from '../deps.ts';
import { Refusal, type Words, worded } from '../errors.ts';
import type { Pair } from '../present/conversation.ts';
import { type PresentedMessage, presentStatusRow } from '../present/message.ts';
import { showMessages } from '../show-messages.ts';
import { readEditedText } from '../wire/message-fields.ts';
import { readPage } from '../wire/page.ts';
import { done, endpoint, found } from './endpoint.ts';

const maxPage = 200;
/** The whole conversation, however long it is. */
const everything = Number.MAX_SAFE_INTEGER;

const notFound = [404, 'Message not found'] as const;
const statusNotFound = [404, 'Message status not found'] as const;
const statusWords: Words = { message_not_found: statusNotFound, conversation_not_found: statusNotFound };
/** Whose message it is not must not learn that it is there. */
const ownWords: Words = { conversation_not_found: notFound, not_permitted: notFound };

/** Sending messages, reading them, and what is done with them. */
export function messageRoutes(deps: ConvospaceDeps): Route[] {
  const { engine, numbers, directs, places, options } = deps;

  const present = (
    actor: Actor,
    pair: Pair,
    messages: readonly Pick<ShownMessage, 'message' | 'receipts'>[],
    { site }: Call,
  ): Promise<PresentedMessage[]> => showMessages(deps, actor, pair, messages, site);

  /** Where a message is that the caller names. @throws EngineError `message_not_found`, `conversation_not_found` */
  const placeOf = async (actor: Actor, given: unknown) => {
    const messageId = (await numbers.idOf('message', given)) ?? '';
    const place = await places.of(messageId);
    return { place, pair: await directs.pairOf(actor, place.conversationId) };
  };

  const conversationOf = async (actor: Actor, given: unknown) => {
    const conversationId = (await numbers.idOf('conversation', given)) ?? '';
    return { conversationId, pair: await directs.pairOf(actor, conversationId) };
  };

  const list = async (actor: Actor, call: Call): Promise<Answer> => {
    const fields = new Fields(call.query, 'query');
    const page = readPage(fields, { max: maxPage });
    const named = fields.value('order') !== '';
    const given = named ? fields.choice('order', ['asc', 'desc'], 'order must be asc or desc') : undefined;
    fields.assertValid();
    const usual = options.messageOrder === 'auto' ? null : options.messageOrder;
    const order = given ?? usual ?? (fields.value('limit') === undefined ? 'asc' : 'desc');
    const { conversationId, pair } = await conversationOf(actor, call.params.id);
    await engine.conversations.markReceipt(actor, { conversationId, delivered: everything });
    const { messages } = await engine.inbox.history(actor, conversationId, page);
    const presented = await present(actor, pair, messages, call);
    return found(order === 'asc' ? presented.reverse() : presented);
  };

  const edit = async (actor: Actor, call: Call): Promise<Answer> => {
    const text = readEditedText(call.body);
    const { place, pair } = await placeOf(actor, call.params.id);
    if (place.senderId !== actor.personId) throw new Refusal(...notFound);
    const words = { not_permitted: [400, 'This message cannot be edited'] } as const;
    await worded(words, () => engine.messages.edit(actor, place, { text }));
    const [shown] = await present(actor, pair, [await engine.inbox.message(actor, place.messageId)], call);
    return done('Message updated successfully', shown);
  };

  return [
    endpoint('POST', '/api/messages/send', 'Failed to send message', async (actor, call) => {
      const { ack, receiverId } = await sendMessage(deps, actor, call.body, { site: call.site });
      const { message } = ack;
      places.noteFresh(message);
      const pair = { one: actor.personId, two: receiverId };
      const [data] = await present(actor, pair, [{ message, receipts: [] }], call);
      return { status: 201, body: { success: true, message: 'Message sent successfully', data } };
    }),
    endpoint('GET', '/api/messages/:id', 'Failed to get messages', list),
    endpoint('PUT', '/api/messages/:id/status', 'Failed to update message status', async (actor, { params, body }) => {
      const { status: wanted } = body;
      if (wanted !== 'delivered' && wanted !== 'read') throw new Refusal(400, 'status must be delivered or read');
      const { message, receiverId, status } = await worded(statusWords, () =>
        markMessage(deps, actor, params.id, wanted),
      );
      const n = await numbers.of({ message: [message.id], user: [receiverId] });
      return done('Message status updated successfully', presentStatusRow(message, receiverId, status, { n }));
    }),
    endpoint('PUT', ['/api/messages/:id/edit', '/api/messages/:id'], 'Failed to update message', (actor, call) =>
      worded(ownWords, () => edit(actor, call)),
    ),
    endpoint('DELETE', '/api/messages/:id', 'Failed to delete message', async (actor, { params }) => {
      await worded(ownWords, async () => {
        const { place } = await placeOf(actor, params.id);
        await engine.messages.delete(actor, place, undefined, 'refuse');
      });
      return done('Message deleted successfully');
    }),
    endpoint('POST', '/api/messages/:id/mark-read', 'Failed to mark messages as read', async (actor, { params }) => {
      const { conversationId } = await conversationOf(actor, params.id);
      await engine.conversations.markReceipt(actor, { conversationId, read: everything });
      return done('All messages marked as read');
    }),
  ];
}
