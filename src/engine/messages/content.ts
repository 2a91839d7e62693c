import Type, { type Static, type TSchema } from 'typebox';
import { EngineError } from '../shared/errors.ts';
import { validator } from '../shared/validate.ts';

/**
 * What a message of each kind has beside its text, validated here for every door. The bytes of media are elsewhere: a
 * message refers to them by URL, or by the id of a file that its sender has brought.
 */
const closed = <Properties extends Record<string, TSchema>>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false });

const Url = (description: string) =>
  Type.String({ minLength: 1, maxLength: 2_000, pattern: '^(https?://[^\\s]+|/[^\\s]*)$', description });
const Count = (description: string) => Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 40, description }));
const Text = (maxLength: number, description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength, description }));

/** One file of a message: it has either `url` or `mediaId`. */
export const MediaItem = closed({
  url: Type.Optional(Url('Where it is, if not here: http(s), or a path on this server.')),
  mediaId: Text(
    64,
    'A file here, instead of `url`. Whoever sends it gives nothing else of it: the server says what the file is.',
  ),
  mimeType: Text(100, 'Media type, such as image/jpeg.'),
  fileName: Text(255, 'Name for the person who saves it.'),
  size: Count('In bytes.'),
  width: Count('In pixels.'),
  height: Count('In pixels.'),
  durationSeconds: Type.Optional(Type.Number({ minimum: 0, maximum: 1e6 })),
  thumbnailUrl: Type.Optional(Url('A small picture of what has a `url`.')),
  thumbnail: Type.Optional(
    Type.Object(
      { width: Type.Integer({ minimum: 0 }), height: Type.Integer({ minimum: 0 }) },
      { additionalProperties: false, description: 'What has a `mediaId` has a small picture, of this size.' },
    ),
  ),
  blurhash: Text(100, 'A blurred picture of it, to show while it loads (https://blurha.sh).'),
  waveform: Type.Optional(
    Type.Array(Type.Integer({ minimum: 0, maximum: 255 }), { maxItems: 256, description: 'Loudness of a voice note.' }),
  ),
});

/** What a client adds for itself, to any kind that a person writes. */
const custom = Type.Optional(
  Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), {
    description: 'Of the client; at most 8 KiB of JSON. Numbers are 0, or between 1e-30 and 1e30.',
  }),
);

/** One file of a message. */
export type MediaItem = Frozen<Static<typeof MediaItem>>;

const TextExtras = closed({ custom });

/** Most files of a message that an installation can allow; how many it allows is its setting. */
export const mostFiles = 100;

const Media = closed({
  media: Type.Array(MediaItem, {
    maxItems: mostFiles,
    description:
      'The files; `text` is their caption. None where `custom` says what is shown. A server takes 10 in a new message unless it is set otherwise.',
  }),
  custom,
});

const Location = closed({
  latitude: Type.Number({ minimum: -90, maximum: 90 }),
  longitude: Type.Number({ minimum: -180, maximum: 180 }),
  accuracyMetres: Type.Optional(Type.Number({ minimum: 0, maximum: 1e6 })),
  name: Text(200, 'Of the place.'),
  address: Text(500, 'Of the place.'),
  custom,
});

const Contact = closed({
  name: Type.String({ minLength: 1, maxLength: 200 }),
  phones: Type.Array(Type.String({ minLength: 1, maxLength: 40 }), { maxItems: 20 }),
  emails: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 254 }), { maxItems: 20 })),
  personId: Text(64, 'Where the contact has an account here.'),
  photoUrl: Type.Optional(Url('Their picture.')),
  custom,
});

/** Most characters of what a link message says of its page. */
export const linkLimits = { url: 2_000, title: 300, description: 1_000 } as const;

const Link = closed({
  url: Type.String({ minLength: 1, maxLength: linkLimits.url, pattern: '^https?://[^\\s]+$' }),
  title: Text(linkLimits.title, 'Of the page.'),
  description: Text(linkLimits.description, 'Of the page.'),
  imageUrl: Type.Optional(Url('Its picture.')),
  imageMediaId: Text(64, 'A file here that is its picture, instead of `imageUrl`.'),
});

/** Something that has happened in a conversation. Only the server makes it. */
const System = Type.Object({
  event: Type.String({ description: 'What has happened, such as `members.added`.' }),
  personIds: Type.Optional(Type.Array(Type.String(), { description: 'To whom.' })),
  value: Type.Optional(Type.Union([Type.String(), Type.Number(), Type.Null()], { description: 'What it is now.' })),
});

/** Shape of the content of each kind. */
export const contentSchemas = {
  text: TextExtras,
  image: Media,
  video: Media,
  audio: Media,
  document: Media,
  sticker: Media,
  location: Location,
  contact: Contact,
  link: Link,
  system: System,
} as const;

/** What a message is. */
export type MessageKind = keyof typeof contentSchemas;

export const messageKinds = Object.keys(contentSchemas) as MessageKind[];

/** What a message has beside its text, by its kind. */
export type MessageContent = Frozen<
  | Static<typeof TextExtras>
  | Static<typeof Media>
  | Static<typeof Location>
  | Static<typeof Contact>
  | Static<typeof Link>
  | Static<typeof System>
>;

export type SystemContent = Frozen<Static<typeof System>>;

type Frozen<Value> = Value extends object ? { readonly [Key in keyof Value]: Frozen<Value[Key]> } : Value;

/** Longest text of a message, in UTF-16 code units. */
export const maxTextLength = 10_000;
const maxCustomBytes = 8 * 1024;

const validators = Object.fromEntries(
  Object.entries(contentSchemas).map(([kind, schema]) => [kind, validator(closed({ content: schema as TSchema }))]),
) as Record<MessageKind, (input: unknown) => unknown>;

const invalid = (message: string, path: string): EngineError => new EngineError('invalid_request', message, { path });

/**
 * Checks that a message that a person wrote has what its kind needs.
 *
 * @throws EngineError `invalid_request`
 */
export function assertContent(message: { kind: MessageKind; text: string; content?: unknown }): void {
  const { kind, text, content } = message;
  if (!Object.hasOwn(contentSchemas, kind) || kind === 'system') {
    throw invalid(
      `A message is of one of these kinds: ${messageKinds.filter((one) => one !== 'system').join(', ')}.`,
      '/kind',
    );
  }
  if (text.length > maxTextLength) throw invalid(`A text has at most ${maxTextLength} characters.`, '/text');
  if (kind === 'text' && text.trim() === '') {
    throw invalid(`A text has 1 to ${maxTextLength} characters and is not blank.`, '/text');
  }
  if (content === undefined || content === null) {
    if (kind === 'text') return;
    throw invalid(`A message of kind ${kind} has content.`, '/content');
  }
  validators[kind]({ content });
  assertFilesNamed(content as Static<typeof Media> | Static<typeof Link>);
  const { custom } = content as { custom?: object };
  if (custom) assertCustom(custom);
}

/**
 * Checks that a new message has not more files than this installation takes. What was sent before may have more, and can be
 * forwarded.
 *
 * @throws EngineError `invalid_request` with the `limit`
 */
export function assertFileCount(content: unknown, limit: number): void {
  const { media } = (content ?? {}) as { media?: readonly unknown[] };
  if (!media || media.length <= limit) return;
  const message = `A message has at most ${limit} ${limit === 1 ? 'file' : 'files'}. Send the others in another one.`;
  throw new EngineError('invalid_request', message, { path: '/content/media', limit });
}

/** A file is named by its URL or by its id; of one that is here, the server says all the rest. */
function assertFilesNamed(content: Static<typeof Media> | Static<typeof Link>): void {
  if (!('media' in content)) {
    const { imageUrl, imageMediaId } = content as Static<typeof Link>;
    if (imageUrl === undefined || imageMediaId === undefined) return;
    throw invalid('A link has one picture: imageUrl or imageMediaId.', '/content/imageMediaId');
  }
  if (content.media.length === 0 && Object.keys(content.custom ?? {}).length === 0) {
    throw invalid('Without files, custom says what is shown.', '/content/media');
  }
  content.media.forEach((item, i) => {
    const path = `/content/media/${i}`;
    if ((item.url === undefined) === (item.mediaId === undefined)) {
      throw invalid('A file has either a url or a mediaId.', path);
    }
    const wrong = Object.keys(item).find((key) => (item.url === undefined ? key !== 'mediaId' : key === 'thumbnail'));
    if (wrong === undefined) return;
    const why = item.url === undefined ? 'Of a file with a mediaId the server says the rest' : 'Give thumbnailUrl';
    throw invalid(`${why}: ${wrong} cannot be given.`, `${path}/${wrong}`);
  });
}

/** The database writes numbers out, without an exponent: a few bytes of them would become hundreds. */
function assertCustom(custom: object): void {
  const json = JSON.stringify(custom, (_key, value: unknown) => {
    if (typeof value !== 'number' || value === 0 || (Math.abs(value) >= 1e-30 && Math.abs(value) <= 1e30)) return value;
    throw invalid('Numbers in custom are 0, or between 1e-30 and 1e30.', '/content/custom');
  });
  if (Buffer.byteLength(json) > maxCustomBytes) throw invalid('custom has at most 8 KiB of JSON.', '/content/custom');
}
