import { maxForwards } from '../../../engine/messages/index.ts';
import type { Actor } from '../../../engine/shared/actor.ts';
import { Fields } from '../../kit/fields.ts';
import type { ChatappDeps } from '../deps.ts';

/** What became of a message that was passed on. */
export interface ForwardedMessage {
  readonly forwarded: readonly { readonly chatId: string; readonly messageId: string; readonly rev: number }[];
  readonly errors: readonly { readonly chatId: string; readonly error: string }[];
}

/**
 * Passes a message on to other chats. One that may not be sent to does not keep the others back.
 *
 * @param input with `chatIds`, or `targetChatIds`
 * @throws InvalidFields; EngineError as `messages.forward`, and why the message itself cannot be passed on
 */
export async function forwardMessage(
  { engine, places }: ChatappDeps,
  actor: Actor,
  messageId: string,
  input: Readonly<Record<string, unknown>>,
): Promise<ForwardedMessage> {
  const fields = new Fields(input);
  const to = [...new Set(fields.texts(['chatIds', 'targetChatIds']) ?? [])];
  if (to.length < 1 || to.length > maxForwards) {
    fields.problem(['chatIds', 'targetChatIds'], `Name 1 to ${maxForwards} chats`);
  }
  fields.assertValid();
  const { conversationId } = await places.of(messageId);
  const outcomes = await engine.messages.forward(actor, { conversationId, messageIds: [messageId], to });
  const results = outcomes.flatMap(({ conversationId: chatId, results }) =>
    results.map((result) => ({ chatId, result })),
  );
  for (const { result } of results) {
    if ('error' in result && ofTheMessage.has(result.error.code)) throw result.error;
  }
  return {
    forwarded: results.flatMap(({ chatId, result }) =>
      'message' in result ? [{ chatId, messageId: result.message.id, rev: result.message.rev }] : [],
    ),
    errors: results.flatMap(({ chatId, result }) =>
      'error' in result ? [{ chatId, error: 'Not authorized to send to this chat' }] : [],
    ),
  };
}

/** Refusals that are the same wherever it goes. */
const ofTheMessage: ReadonlySet<string> = new Set(['message_not_found', 'message_deleted', 'media_not_found']);
