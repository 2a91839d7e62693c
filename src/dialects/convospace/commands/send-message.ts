import type { SendAck } from '../../../engine/messages/index.ts';
import type { Actor } from '../../../engine/shared/actor.ts';
import { EngineError } from '../../../engine/shared/errors.ts';
import type { ConvospaceDeps } from '../deps.ts';
import { Refusal } from '../errors.ts';
import { mediaIdOf } from '../wire/files.ts';
import { isMissing } from '../wire/ids.ts';
import { readMessage } from '../wire/message-fields.ts';

/** A message that was sent, and to whom. */
export interface SentMessage {
  readonly ack: SendAck;
  readonly receiverId: string;
}

/** How a message comes in. */
export interface SentFrom {
  /** Origin under which the client reaches the server. */
  readonly site: string;
  /** The connection that sends, which learns of it by its answer. */
  readonly connection?: string | undefined;
}

/**
 * Sends what a client has written.
 *
 * @param input the body of the request, or the payload of the event
 * @throws InvalidFields, Refusal; EngineError as `messages.send`
 */
export async function sendMessage(
  deps: ConvospaceDeps,
  actor: Actor,
  input: Readonly<Record<string, unknown>>,
  from: SentFrom,
): Promise<SentMessage> {
  const { conversation_id: conversation, receiver_id: receiver } = input;
  if (isMissing(conversation) || isMissing(receiver)) {
    throw new Refusal(400, 'conversation_id and receiver_id are required');
  }
  const conversationId = (await deps.numbers.idOf('conversation', conversation)) ?? '';
  const other = await deps.directs.otherOf(actor, conversationId);
  const receiverId = await deps.numbers.idOf('user', receiver);
  if (receiverId === null) throw new Refusal(404, 'Receiver not found');
  if (receiverId === actor.personId) throw new Refusal(400, 'You cannot message yourself');
  if (receiverId !== other) throw new Refusal(400, 'Receiver is not part of this conversation');
  const send = (fileOf: (url: string) => string | null): Promise<SendAck> =>
    deps.engine.messages.send(actor, { conversationId, ...readMessage(input, fileOf) }, from.connection);
  try {
    return { ack: await send((url) => mediaIdOf(deps, url, from.site)), receiverId };
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'media_not_found') throw error;
    // A file that is not the sender's to send is an address like any other.
    return { ack: await send(() => null), receiverId };
  }
}
