import type { MediaItem, MessageKind } from '../../../engine/messages/index.ts';
import { Fields } from '../../kit/fields.ts';
import { Refusal } from '../errors.ts';

/** What a message of this door is. */
export const messageTypes = ['text', 'image', 'file', 'audio', 'video', 'location'] as const;
export type MessageType = (typeof messageTypes)[number];

/** Under this name the engine keeps a type that it does not have for such a message. */
export const typeMark = 'messageType';

/** A message as a client wrote it, in the engine's terms. */
export interface ReadMessage {
  readonly kind: MessageKind;
  /** Exactly as it was written. */
  readonly text: string;
  readonly content?: object;
}

const kinds: Readonly<Record<MessageType, MessageKind>> = {
  text: 'document',
  location: 'document',
  file: 'document',
  image: 'image',
  audio: 'audio',
  video: 'video',
};

const isAddress = (url: string): boolean => /^(https?:\/\/\S+|\/(?![/\\])\S*)$/.test(url);

/** Exactly as it is written. */
const textRule = { trim: false, message: 'message_text must be a text of at most 10000 characters' };

/**
 * Reads what a message says from now on.
 *
 * @throws InvalidFields, Refusal
 */
export function readEditedText(input: Readonly<Record<string, unknown>>): string {
  const { message_text: given } = input;
  if (typeof given !== 'string' || given.trim() === '') throw new Refusal(400, 'message_text is required');
  const fields = new Fields(input);
  fields.text('message_text', textRule);
  fields.assertValid();
  return given;
}

/**
 * Reads what a message says. Any type may come with a file, or with words alone.
 *
 * @param mediaIdOf the file that an address of this server stands for; null of others
 * @throws InvalidFields, Refusal
 */
export function readMessage(
  input: Readonly<Record<string, unknown>>,
  mediaIdOf: (url: string) => string | null,
): ReadMessage {
  const fields = new Fields(input);
  const text = fields.text('message_text', textRule);
  const type = fields.choice('message_type', messageTypes, 'Invalid message_type') ?? 'text';
  const url = fields.text('media_url', { max: 2_000, message: urlRule });
  if (url && !isAddress(url)) fields.problem('media_url', urlRule);
  const fileName = fields.text('file_name', { max: 255, message: 'file_name must have at most 255 characters' });
  const size = fields.number('file_size', { min: 0, max: 2 ** 40, message: 'file_size must be a number of bytes' });
  fields.assertValid();
  const said = text ?? '';
  if (!url) {
    if (said.trim() === '') throw new Refusal(400, 'message_text or media_url is required');
    return { kind: 'text', text: said, ...(type !== 'text' && { content: { custom: { [typeMark]: type } } }) };
  }
  const kind = kinds[type];
  const item = itemOf(url, mediaIdOf(url), fileName, size);
  const marked = (type === 'text' || type === 'location') && { custom: { [typeMark]: type } };
  return { kind, text: said, content: { media: [item], ...marked } };
}

const urlRule = 'media_url must be an http or https URL of at most 2000 characters';

/** Of a file that is here the server knows the rest itself. */
function itemOf(
  url: string,
  mediaId: string | null,
  fileName: string | undefined,
  size: number | undefined,
): MediaItem {
  if (mediaId !== null) return { mediaId };
  return { url, ...(fileName && { fileName }), ...(size !== undefined && { size: Math.round(size) }) };
}
