import type { ShownMessage } from '../../engine/inbox/index.ts';
import { EngineError } from '../../engine/shared/errors.ts';
import type { Viewer } from './cards.ts';
import type { ConvospaceDeps } from './deps.ts';
import type { NumberOf } from './numbers/index.ts';
import { namedByMessage, type PresentedMessage, presentMessage, statusOf } from './present/message.ts';
import type { Showing } from './present/showing.ts';

/** One message as a viewer is shown it now; null where they are not. */
export async function showMessage(
  deps: ConvospaceDeps,
  viewer: Viewer,
  messageId: string,
  showing: (deps: ConvospaceDeps, n: NumberOf) => Showing,
): Promise<PresentedMessage | null> {
  const shown = await findShown(deps, viewer, messageId);
  if (!shown) return null;
  const { message } = shown;
  const receiverId = shown.receipts.find(({ personId }) => personId !== message.senderId)?.personId;
  if (receiverId === undefined) return null;
  const pair = [message.senderId, receiverId];
  const [cards, n] = await Promise.all([deps.cards.of(viewer, pair), deps.numbers.of(namedByMessage(message, pair))]);
  const [sender, receiver] = pair.map((id) => cards.get(id));
  if (!sender || !receiver) return null;
  return presentMessage({ message, sender, receiver, status: statusOf(shown, receiverId) }, showing(deps, n));
}

async function findShown({ engine }: ConvospaceDeps, viewer: Viewer, messageId: string): Promise<ShownMessage | null> {
  try {
    return await engine.inbox.message(viewer, messageId);
  } catch (error) {
    if (error instanceof EngineError && error.code.endsWith('_not_found')) return null;
    throw error;
  }
}
