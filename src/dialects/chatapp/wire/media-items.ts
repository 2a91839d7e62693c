import type { MediaItem } from '../../../engine/messages/index.ts';
import { Fields } from '../../kit/fields.ts';
import type { ContentFields } from './content-fields.ts';

/** A file of a message. */
export interface ReadMediaItem {
  readonly item: MediaItem;
  /** What the client calls it, such as `image`. */
  readonly type: unknown;
  /** It is written as fields of the content. */
  readonly fromContent: boolean;
}

/** What may be shown as a picture or file: an http(s) URL, or a path on this server. Two slashes begin another server's. */
export const isAddress = (url: string): boolean => /^(https?:\/\/\S+|\/(?![/\\])\S*)$/.test(url);

const addresses = ['url', 'mediaUrl', 'fileUrl'];

/** Finds the files of a message wherever clients put them: a list in the root, one or several in the content, or a URL. */
export function readMedia(
  { root, content, inside }: ContentFields,
  mediaIdOf: (url: string) => string | null,
): ReadMediaItem[] {
  const lists = [root.value('media'), content.value('media')].flatMap((given) =>
    given === undefined ? [] : [given].flat(),
  );
  const single = content.value(addresses) ?? root.value(addresses);
  const fromContent = lists.length === 0 && single !== undefined;
  const given = fromContent ? [content.value(addresses) === undefined ? { url: single } : inside] : lists;
  return given.flatMap((one) => {
    const fields = new Fields(typeof one === 'string' ? { url: one } : isObject(one) ? one : {});
    const url = fields.value(addresses);
    if (typeof url !== 'string' || url.length > 2_000 || !isAddress(url)) {
      root.problem('media', 'Media URL must be http(s), or a path on this server');
      return [];
    }
    const type = fields.value('type') ?? content.value('type') ?? root.value('type');
    return [{ item: itemOf(fields, url, mediaIdOf(url)), type, fromContent }];
  });
}

/** Of a file that is here the server knows the rest itself. What is said of others may be wrong, and is then left out. */
function itemOf(fields: Fields, url: string, mediaId: string | null): MediaItem {
  if (mediaId !== null) return { mediaId };
  const thumbnail = fields.object('thumbnail')?.url ?? fields.value('thumbnail');
  const mimeType = textOf(fields.value(['mimeType', 'mimetype']), 100);
  const fileName = textOf(fields.value(['filename', 'fileName', 'name']), 255);
  const size = numberOf(fields.value('size'), 2 ** 40);
  const duration = numberOf(fields.value('duration'), 1e6);
  return {
    url,
    ...(mimeType && { mimeType }),
    ...(fileName && { fileName }),
    ...(size !== undefined && { size: Math.round(size) }),
    ...(duration !== undefined && { durationSeconds: duration }),
    ...(typeof thumbnail === 'string' &&
      thumbnail.length <= 2_000 &&
      isAddress(thumbnail) && { thumbnailUrl: thumbnail }),
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown, max: number): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, max) : undefined;

function numberOf(value: unknown, max: number): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && number >= 0 && number <= max ? number : undefined;
}
