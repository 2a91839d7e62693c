import type { Actor } from '../../../engine/shared/actor.ts';
import { Fields } from '../../kit/fields.ts';
import type { ChatappDeps } from '../deps.ts';

/** Whether a client wants a message deleted for everybody; for itself, if it does not say. */
export function readForEveryone(...sources: readonly Readonly<Record<string, unknown>>[]): boolean {
  for (const source of sources) {
    const fields = new Fields(source);
    const flag = fields.flag('deleteForEveryone', 'deleteForEveryone must be true or false');
    const whom = fields.choice('deleteFor', ['me', 'everyone'], 'deleteFor must be me or everyone');
    fields.assertValid();
    const wanted = flag ?? (whom && whom === 'everyone');
    if (wanted !== undefined) return wanted;
  }
  return false;
}

/**
 * Deletes a message, for everybody or for the actor alone.
 *
 * @returns where it is, and what is to have been told of before the answer; null where nobody else is told
 * @throws EngineError as `messages.delete` (`message_deleted` where it was deleted already), or `inbox.hideMessages`
 */
export async function deleteMessage(
  { engine, places }: ChatappDeps,
  actor: Actor,
  messageId: string,
  forEveryone: boolean,
): Promise<{ readonly conversationId: string; readonly rev: number | null }> {
  const place = await places.of(messageId);
  const { conversationId } = place;
  if (!forEveryone) {
    await engine.inbox.hideMessages(actor, conversationId, [messageId]);
    return { conversationId, rev: null };
  }
  const { rev } = await engine.messages.delete(actor, place, undefined, 'refuse');
  return { conversationId, rev };
}
