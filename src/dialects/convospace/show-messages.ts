import type { ShownMessage } from '../../engine/inbox/index.ts';
import { EngineError } from '../../engine/shared/errors.ts';
import { cardIn, type Viewer } from './cards.ts';
import type { ConvospaceDeps } from './deps.ts';
import { otherIn, type Pair } from './present/conversation.ts';
import { type PresentedMessage, presentMessage, statusOf } from './present/message.ts';

/**
 * Messages of a direct conversation as a viewer is shown them, in their order.
 *
 * @param site origin under which the client reaches the server, or what stands for it
 */
export async function showMessages(
  { cards, numbers, fileNames }: ConvospaceDeps,
  viewer: Viewer,
  pair: Pair,
  messages: readonly Pick<ShownMessage, 'message' | 'receipts'>[],
  site: string,
): Promise<PresentedMessage[]> {
  const people = [pair.one, pair.two];
  const named = {
    user: people,
    conversation: [...new Set(messages.map(({ message }) => message.conversationId))],
    message: messages.map(({ message }) => message.id),
  };
  const [seen, n] = await Promise.all([cards.of(viewer, people), numbers.of(named)]);
  return messages.map((shown) => {
    const { message } = shown;
    const receiverId = otherIn(pair, message.senderId) ?? '';
    const [sender, receiver] = [cardIn(seen, message.senderId), cardIn(seen, receiverId)];
    return presentMessage({ message, sender, receiver, status: statusOf(shown, receiverId) }, { n, site, fileNames });
  });
}

/** One message as a viewer may see it now; null where they are not shown it any more. */
export async function findShown(
  { engine }: Pick<ConvospaceDeps, 'engine'>,
  viewer: Viewer,
  messageId: string,
): Promise<ShownMessage | null> {
  try {
    return await engine.inbox.message(viewer, messageId);
  } catch (error) {
    if (error instanceof EngineError && error.code.endsWith('_not_found')) return null;
    throw error;
  }
}
