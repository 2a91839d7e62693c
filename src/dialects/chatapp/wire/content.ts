import type { MediaItem, MessageKind } from '../../../engine/messages/index.ts';
import { Fields } from '../../kit/fields.ts';
import { Refusal } from '../errors.ts';
import { type ContentFields, scalarsBeside } from './content-fields.ts';
import { isAddress, type ReadMediaItem, readMedia } from './media-items.ts';

/** What a message of this door is. */
export const contentTypes = [
  'text',
  'image',
  'video',
  'audio',
  'document',
  'location',
  'contact',
  'sticker',
  'gif',
] as const;
export type ContentType = (typeof contentTypes)[number];

/** Names that older clients use. */
const typeAliases: ReadonlyMap<unknown, ContentType> = new Map([
  ['file', 'document'],
  ['voice', 'audio'],
]);

/** The type that a word stands for, whichever client wrote it; undefined where it is none. */
const typeNamed = (given: unknown): ContentType | undefined =>
  typeAliases.get(given) ?? contentTypes.find((type) => type === given);

/** Under this name the engine keeps what is a picture there and a `gif` here. */
export const gifMark = 'gif';

/** A file that comes inside of the message, base64. */
export interface InlineFile {
  readonly bytes: Buffer;
  readonly fileName: string;
}

/** A message as a client wrote it, in the engine's terms; its files are not stored yet. */
export interface ReadMessage {
  readonly kind: MessageKind;
  readonly text: string;
  readonly content?: object;
  /** Goes in front of the media of the content. */
  readonly inlineFile?: InlineFile;
}

export interface ContentRules {
  /** The file that an address of this server stands for. */
  readonly mediaIdOf: (url: string) => string | null;
  readonly maxFiles: number;
  /** Of a file that comes inside, in bytes. */
  readonly maxFileBytes: number;
}

/** Most characters of a text, and of a caption. */
export const maxText = 4_000;

const tooLong = `Message must be at most ${maxText} characters`;

/**
 * Reads what a message says, in every form in which clients write it.
 *
 * @throws InvalidFields, Refusal
 */
export function readContent(body: Readonly<Record<string, unknown>>, rules: ContentRules): ReadMessage {
  const root = new Fields(body);
  const inside = root.object('content') ?? {};
  const content = new Fields(inside);
  const plain = root.value('content');
  const fields: ContentFields = { root, content, inside };
  const media = readMedia(fields, rules.mediaIdOf);
  const inlineFile = readInlineFile(root, rules.maxFileBytes);
  const type = readType(fields, media, inlineFile !== undefined);
  const text = (typeof plain === 'string' ? root : content).text(typeof plain === 'string' ? 'content' : 'text', {
    max: maxText,
    trim: false,
    message: tooLong,
  });
  const said = text ?? root.text('text', { max: maxText, trim: false, message: tooLong }) ?? '';
  if (media.length + (inlineFile ? 1 : 0) > rules.maxFiles)
    root.problem('media', `At most ${rules.maxFiles} media items`);
  root.assertValid();
  content.assertValid();
  if (type === 'text' && said.trim() === '') throw new Refusal(400, 'Content is required for text messages');
  const read = readers[type === 'text' || type === 'location' || type === 'contact' ? type : 'media'];
  const message = { text: said, ...read(fields, type, media), ...(inlineFile && { inlineFile }) };
  const { custom } = (message.content ?? {}) as { custom?: object };
  if (type !== 'text' && message.kind !== 'location' && message.kind !== 'contact') {
    if (media.length === 0 && !inlineFile && !custom) root.problem('media', 'Media is required');
  }
  root.assertValid();
  return message;
}

function readType({ root, content }: ContentFields, media: readonly ReadMediaItem[], inline: boolean): ContentType {
  const given = content.value('type') ?? root.value(['type', 'messageType']);
  const named = typeNamed(given);
  if (named) return named;
  if (given !== undefined) {
    root.problem('type', 'Invalid message type');
    return 'text';
  }
  if (root.object('location') ?? content.object('location')) return 'location';
  if (root.object('contact') ?? content.object('contact')) return 'contact';
  const [first] = media;
  const inlineType = inline ? root.object('mediaData')?.type : undefined;
  return typeNamed(first?.type ?? inlineType) ?? (first || inline ? 'document' : 'text');
}

type Reader = (
  fields: ContentFields,
  type: ContentType,
  media: readonly ReadMediaItem[],
) => Omit<ReadMessage, 'text' | 'inlineFile'>;

const readers: Record<'text' | 'location' | 'contact' | 'media', Reader> = {
  text({ inside }) {
    const beside = scalarsBeside(inside, []);
    return { kind: 'text', ...(Object.keys(beside).length > 0 && { content: { custom: beside } }) };
  },

  location({ root, content, inside }) {
    const of = new Fields(root.object('location') ?? content.object('location') ?? inside);
    const message = 'Valid latitude and longitude are required';
    const latitude = of.number(['latitude', 'lat'], { min: -90, max: 90, message });
    const longitude = of.number(['longitude', 'lng', 'lon'], { min: -180, max: 180, message });
    if (latitude === undefined || longitude === undefined) root.problem('location', message);
    const name = of.text('name', { max: 200, message: 'Location name must be at most 200 characters' });
    const address = of.text('address', { max: 500, message: 'Address must be at most 500 characters' });
    of.assertValid();
    const known = ['latitude', 'longitude', 'lat', 'lng', 'lon', 'name', 'address'];
    return {
      kind: 'location',
      content: {
        latitude: latitude ?? 0,
        longitude: longitude ?? 0,
        ...(name && { name }),
        ...(address && { address }),
        ...custom(scalarsBeside(inside, known)),
      },
    };
  },

  contact({ root, content, inside }) {
    const of = new Fields(root.object('contact') ?? content.object('contact') ?? inside);
    const name = of.requiredText(['name', 'displayName'], { max: 200, message: 'Contact name is required' });
    const phones = ['phoneNumber', 'phone'];
    const phone = of.requiredText(phones, { max: 40, message: 'Contact phone number is required' });
    const avatar = of.text('avatar', { max: 2_000, message: 'Contact avatar must be a URL' });
    if (avatar && !isAddress(avatar)) of.problem('avatar', 'Contact avatar must be a URL');
    of.assertValid();
    return {
      kind: 'contact',
      content: {
        name,
        phones: [phone],
        ...(avatar && { photoUrl: avatar }),
        ...custom(scalarsBeside(inside, ['name', 'displayName', 'avatar', ...phones])),
      },
    };
  },

  media({ inside }, type, media) {
    const taken = media.some(({ fromContent }) => fromContent) ? mediaKeys : [];
    const beside = scalarsBeside(inside, taken);
    const kind = type === 'gif' ? 'image' : (type as MessageKind);
    const items: readonly MediaItem[] = media.map(({ item }) => item);
    return {
      kind,
      content: { media: items, ...custom({ ...beside, ...(type === 'gif' && { [gifMark]: true }) }) },
    };
  },
};

/** Fields of `content` that say which file it is. */
const mediaKeys = ['url', 'mediaUrl', 'fileUrl', 'filename', 'fileName', 'size', 'mimeType', 'duration', 'thumbnail'];

const custom = (values: Readonly<Record<string, unknown>>) => Object.keys(values).length > 0 && { custom: values };

function readInlineFile(root: Fields, maxBytes: number): InlineFile | undefined {
  const given = root.object('mediaData');
  if (!given) return undefined;
  const fields = new Fields(given);
  const data = fields.value('data');
  const encoded = typeof data === 'string' ? data.replace(/^data:[^,]*,/, '') : '';
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length === 0) {
    root.problem('mediaData', 'Media data must be base64');
    return undefined;
  }
  if (bytes.length > maxBytes) throw new Refusal(400, 'File size too large');
  const name = fields.value(['filename', 'fileName']);
  return { bytes, fileName: typeof name === 'string' ? name.slice(0, 255) : '' };
}
