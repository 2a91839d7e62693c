import type { Media } from '../media/index.ts';
import type { Actor } from '../shared/actor.ts';
import { EngineError } from '../shared/errors.ts';
import { assertContent, assertFileCount, type MessageContent, type MessageKind } from './content.ts';

/** Keeps files that are going to be shown, and says what they are; see `media`. */
export type HoldMedia = Media['hold'];

type NamedFile = { readonly id: string; readonly path: string };

/** Whether a message may show a file of some type, by its kind; all others show any. */
const shows: { readonly [Kind in MessageKind]?: (mimeType: string) => boolean } = {
  image: (type) => type.startsWith('image/'),
  sticker: (type) => type.startsWith('image/'),
  link: (type) => type.startsWith('image/'),
  video: (type) => type.startsWith('video/'),
  // Browsers record sound into containers of videos.
  audio: (type) => type.startsWith('audio/') || ['video/webm', 'video/mp4', 'video/ogg'].includes(type),
};

/** The files that content names by their ids, each with its place. */
export function filesOf(content: MessageContent | null | undefined): NamedFile[] {
  if (!content) return [];
  if ('imageMediaId' in content) return [{ id: content.imageMediaId as string, path: '/content/imageMediaId' }];
  if (!('media' in content)) return [];
  return content.media.flatMap(({ mediaId }, i) =>
    mediaId === undefined ? [] : [{ id: mediaId, path: `/content/media/${i}/mediaId` }],
  );
}

/**
 * Keeps the files that a message names until it is stored, and says of each what it is. Call it outside of a unit of work.
 *
 * @param of whose they must be
 * @returns the content as it is stored and shown
 * @throws EngineError `invalid_request` where a file is not of the message's kind, `media_not_found`,
 *   `media_not_ready`, `media_refused`
 */
export async function holdFiles(
  hold: HoldMedia,
  of: string,
  { kind, content }: { readonly kind: MessageKind; readonly content: MessageContent },
): Promise<MessageContent> {
  const files = filesOf(content);
  if (files.length === 0) return content;
  const held = await hold(of, files);
  held.forEach(({ mimeType = '' }, i) => {
    if (shows[kind]?.(mimeType) ?? true) return;
    throw new EngineError('invalid_request', `A message of kind ${kind} cannot show a file of type ${mimeType}.`, {
      path: files[i]?.path,
    });
  });
  if (!('media' in content)) return content;
  const described = held.values();
  return {
    ...content,
    media: content.media.map((item) => (item.mediaId === undefined ? item : (described.next().value ?? item))),
  };
}

/**
 * Checks what a person says of a message that is sent later, and keeps its files until what will be sent is stored.
 *
 * @returns the content as it is stored and shown, where it has one
 * @throws EngineError as sending does
 */
export const takeContent =
  ({ hold, filesPerMessage }: { hold: HoldMedia; filesPerMessage: number }) =>
  async (actor: Actor, message: { kind: MessageKind; text: string; content?: unknown }): Promise<unknown> => {
    assertContent(message);
    const { kind, content } = message;
    assertFileCount(content, filesPerMessage);
    if (content === undefined || content === null) return content;
    return holdFiles(hold, actor.personId, { kind, content: content as MessageContent });
  };

/** Content as its sender gave it: without what the server has said of files that are here. */
export function withoutFacts<Content extends MessageContent | null | undefined>(content: Content): Content {
  if (!content || !('media' in content)) return content;
  const media = content.media.map(({ mediaId, ...item }) => (mediaId === undefined ? item : { mediaId }));
  return { ...content, media };
}
