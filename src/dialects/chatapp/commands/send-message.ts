import type { NewMessage, SendAck } from '../../../engine/messages/index.ts';
import type { Actor } from '../../../engine/shared/actor.ts';
import { day } from '../../../engine/shared/clock.ts';
import { EngineError } from '../../../engine/shared/errors.ts';
import { Fields } from '../../kit/fields.ts';
import type { ChatappDeps } from '../deps.ts';
import { Refusal, type Words, worded } from '../errors.ts';
import { mediaIdOf } from '../routes/files.ts';
import { type InlineFile, type ReadMessage, readContent } from '../wire/content.ts';
import { fileKind } from '../wire/file-types.ts';
import { readMentions, readReplyTo } from '../wire/references.ts';

/** For so long a client's own name of a message stands for that message. */
const repeatableFor = day;

/** A message that was sent, or had been. */
export interface SentMessage extends SendAck {
  /** The client's own name of it. */
  readonly tempId: string | null;
}

/**
 * Sends what a client has written. A repetition under the same `tempId` stores nothing new; a message that it answers and
 * that is not there is left out. All members get it as an event, the sender's own sockets too.
 *
 * @param input the body of the request, or the payload of the event
 * @throws InvalidFields, Refusal; EngineError as `messages.send`, but for `client_id_conflict`
 */
export async function sendMessage(
  deps: ChatappDeps,
  actor: Actor,
  input: Readonly<Record<string, unknown>>,
): Promise<SentMessage> {
  const { options } = deps;
  const root = new Fields(input);
  const conversationId = root.requiredText('chatId', { message: 'Chat ID is required' });
  const tempId = root.text(['tempId', 'clientMessageId'], {
    min: 1,
    max: 100,
    message: 'tempId has 1 to 100 characters',
  });
  root.assertValid();
  const read = readContent(input, {
    mediaIdOf: (url) => mediaIdOf(deps, url),
    maxFiles: options.maxFilesPerMessage,
    maxFileBytes: options.maxFileBytes,
  });
  const message: NewMessage = {
    conversationId,
    kind: read.kind,
    text: read.text,
    content: read.inlineFile ? await withFile(deps, actor, read, read.inlineFile) : read.content,
    replyTo: readReplyTo(root),
    mentions: readMentions(root, read.text),
    clientId: tempId,
  };
  return { ...(await sendOnce(deps, actor, message)), tempId: tempId ?? null };
}

async function sendOnce(deps: ChatappDeps, actor: Actor, message: NewMessage): Promise<SendAck> {
  try {
    const ack = await sendAnswering(deps, actor, message);
    const old = ack.duplicate && ack.message.createdAt.getTime() < deps.clock.now() - repeatableFor;
    return old ? await sendAnswering(deps, actor, { ...message, clientId: undefined }) : ack;
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'client_id_conflict') throw error;
    // Another text under the same name: for this door the name decides, for some time.
    const earlier = await earlierOf(deps, actor, String(error.details.messageId));
    return earlier ?? sendAnswering(deps, actor, { ...message, clientId: undefined });
  }
}

async function earlierOf({ engine, clock }: ChatappDeps, actor: Actor, id: string): Promise<SendAck | undefined> {
  try {
    const { message, sender, quoted, forwardedFrom } = await engine.inbox.message(actor, id);
    if (message.createdAt.getTime() < clock.now() - repeatableFor) return undefined;
    return { message, sender, duplicate: true, ...(quoted && { quoted }), ...(forwardedFrom && { forwardedFrom }) };
  } catch (error) {
    if (error instanceof EngineError && error.code === 'message_not_found') return undefined;
    throw error;
  }
}

/**
 * What it answers may have gone, or be in another chat, and whom it names may have left: its clients lose a message that is
 * refused for that, so it goes without.
 */
async function sendAnswering(deps: ChatappDeps, actor: Actor, message: NewMessage): Promise<SendAck> {
  try {
    return await deps.engine.messages.send(actor, message);
  } catch (error) {
    const less = error instanceof EngineError ? withoutWhatIsMissing(message, error) : null;
    if (!less) throw error;
    return sendAnswering(deps, actor, less);
  }
}

/** @returns a message that refers to less than the refused one; null where that is not why it was refused */
function withoutWhatIsMissing(message: NewMessage, { code, details }: EngineError): NewMessage | null {
  const { replyTo, mentions } = message;
  if (code === 'message_not_found' && replyTo !== undefined) return { ...message, replyTo: undefined };
  const named = code === 'invalid_request' ? /^\/mentions\/(\d+)\/personId$/.exec(String(details.path)) : null;
  return named && mentions ? { ...message, mentions: mentions.toSpliced(Number(named[1]), 1) } : null;
}

const fileWords: Words = {
  payload_too_large: [400, 'File size too large'],
  media_refused: [400, 'Invalid file type'],
};

/** Content with the file that came inside of the message, in front of the others. */
async function withFile(
  { engine, options }: ChatappDeps,
  actor: Actor,
  { content }: ReadMessage,
  { bytes, fileName }: InlineFile,
): Promise<object> {
  if (!options.features.fileSharing) throw new Refusal(403, 'Feature disabled');
  const mediaId = await worded(fileWords, () => engine.media.keep(actor, bytes, fileName));
  if (mediaId === null) throw new EngineError('overloaded', 'The file cannot be looked into now.');
  const file = await engine.media.get(actor, mediaId);
  if (fileKind(file.mimeType ?? '', file.fileName) === null) {
    await engine.media.delete(actor, mediaId);
    throw new Refusal(400, 'Invalid file type');
  }
  const { media = [], ...rest } = (content ?? {}) as { media?: readonly object[] };
  return { ...rest, media: [{ mediaId }, ...media] };
}
