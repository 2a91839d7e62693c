import type { Actor } from '../../../engine/shared/actor.ts';
import { EngineError } from '../../../engine/shared/errors.ts';
import type { ConvospaceDeps } from '../deps.ts';
import { statusOf } from '../present/message.ts';

/**
 * Says that a message has reached the actor, or that they have read it and all before it. Of an own message it changes
 * nothing.
 *
 * @param given the message's number, as the client sent it
 * @returns the message, its receiver, and how far it has come now
 * @throws EngineError `message_not_found`, `conversation_not_found`
 */
export async function markMessage(
  { engine, numbers, directs, places }: ConvospaceDeps,
  actor: Actor,
  given: unknown,
  how: 'delivered' | 'read',
) {
  const messageId = await numbers.idOf('message', given);
  if (messageId === null) throw new EngineError('message_not_found', 'There is no such message.');
  const { conversationId, seq, senderId } = await places.of(messageId);
  const other = await directs.otherOf(actor, conversationId);
  const own = senderId === actor.personId;
  if (!own) await engine.conversations.markReceipt(actor, { conversationId, [how]: seq });
  const shown = await engine.inbox.message(actor, messageId);
  const receiverId = own ? other : actor.personId;
  return { message: shown.message, receiverId, status: statusOf(shown, receiverId) };
}
