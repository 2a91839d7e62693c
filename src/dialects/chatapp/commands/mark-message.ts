import type { Actor } from '../../../engine/shared/actor.ts';
import type { ChatappDeps } from '../deps.ts';

/**
 * Says that a message has reached the actor, or that they have read it and all before it. That an own message has arrived
 * means nothing.
 *
 * @returns where it is
 * @throws EngineError `message_not_found`, `conversation_not_found`
 */
export async function markMessage(
  { engine, places }: ChatappDeps,
  actor: Actor,
  messageId: string,
  how: 'delivered' | 'read',
): Promise<{ readonly conversationId: string }> {
  const { conversationId, seq, senderId } = await places.of(messageId);
  if (how === 'read' || senderId !== actor.personId) {
    await engine.conversations.markReceipt(actor, { conversationId, [how]: seq });
  }
  return { conversationId };
}
