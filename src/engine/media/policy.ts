import type { UnreadableMedia } from '../ports/media-tools.ts';
import { EngineError } from '../shared/errors.ts';
import type { MediaPurpose, MediaRow } from './store.ts';

/** What is taken for a purpose. */
export interface PurposeRules {
  /** Of a file, in bytes. */
  readonly maxBytes: number;
  /** Media types, such as `image/png`, `image/*` and `*` for all that there can be. */
  readonly types: readonly string[];
}

/** What an installation takes and keeps. */
export interface MediaRules {
  readonly purposes: Readonly<Record<MediaPurpose, PurposeRules>>;
  /** Bytes that files leave free on the disk that they go through, for messages. */
  readonly reserveBytes: number;
  /** Of all files that are kept for one person, in bytes; 0: any number. */
  readonly personBytes: number;
  /** How long a signed link is good, in seconds. */
  readonly linkSeconds: number;
}

/** Why a file was not accepted. */
export type Refusal = 'empty' | 'type_not_allowed' | 'infected' | 'over_quota' | UnreadableMedia['reason'];

const pictures = ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif'];

/** To everybody else a file does not exist. */
export const mediaNotFound = (path?: string): EngineError =>
  new EngineError('media_not_found', 'There is no such file, or you may not see it.', path ? { path } : {});

export const mediaTooLarge = (limit: number): EngineError =>
  new EngineError('payload_too_large', `A file for this has at most ${limit} bytes.`, { limit });

const reasons: Readonly<Record<Refusal, string>> = {
  empty: 'The file is empty.',
  type_not_allowed: 'Files of this type are not accepted for this.',
  over_quota: 'There is no room for this file among those of its sender.',
  infected: 'A virus was found in the file.',
  damaged: 'The file is damaged, or not what its first bytes say.',
  too_many_pixels: 'The picture has too many pixels.',
  too_long: 'The file would take too long to be looked into.',
  unsupported: 'Pictures of this format cannot be shown: send it as JPEG, PNG, WebP, GIF or AVIF.',
};

/** A file is not accepted. */
export const mediaRefused = (refusal: string): EngineError =>
  new EngineError('media_refused', reasons[refusal as Refusal] ?? 'The file is not accepted.', { reason: refusal });

/** More would be kept for a person than is kept for one. */
export const overQuota = (limit: number): EngineError =>
  new EngineError('limit_reached', `At most ${limit} bytes of files are kept for one person. Delete others first.`, {
    limit,
  });

/** Largest size of a file, in bytes; without a purpose, for any of them. */
export const maxBytesFor = (rules: MediaRules, purpose?: MediaPurpose): number =>
  purpose ? rules.purposes[purpose].maxBytes : Math.max(...Object.values(rules.purposes).map((rule) => rule.maxBytes));

/** What a purpose can take at all: a photo is seen by everybody, so it is a picture that was looked into. */
const possible: Readonly<Record<MediaPurpose, (mimeType: string) => boolean>> = {
  message: () => true,
  avatar: (mimeType) => pictures.includes(mimeType),
  story: (mimeType) => pictures.includes(mimeType) || mimeType.startsWith('video/'),
};

/** Whether files of a type are accepted for a purpose. */
export function acceptsType(rules: MediaRules, purpose: MediaPurpose, mimeType: string): boolean {
  if (!possible[purpose](mimeType)) return false;
  return rules.purposes[purpose].types.some(
    (type) => type === '*' || type === mimeType || (type.endsWith('/*') && mimeType.startsWith(type.slice(0, -1))),
  );
}

/**
 * What a browser shows by itself and nothing in it runs: everything else is only ever saved.
 */
const shownInline = new Set([
  ...pictures,
  'video/mp4',
  'video/quicktime',
  'video/webm',
  'video/ogg',
  'audio/mpeg',
  'audio/mp4',
  'audio/x-m4a',
  'audio/aac',
  'audio/ogg',
  'audio/opus',
  'audio/wav',
  'audio/webm',
  'audio/flac',
]);

export const isShownInline = (mimeType: string): boolean => shownInline.has(mimeType);

/** Types that are never named to a browser, which might run what is in them. */
const active = /^(text\/(html|xml|javascript)|application\/(xhtml\+xml|xml|javascript|wasm)|image\/svg\+xml)$/;

/** The type that a file is served as. */
export const servedType = (mimeType: string): string => (active.test(mimeType) ? 'application/octet-stream' : mimeType);

/** A new message, or a photo, may use a file that its uploader has brought for that, and that is ready. */
export function assertUsable(
  media: MediaRow | undefined,
  personId: string,
  purpose: MediaPurpose,
  path: string,
): asserts media is MediaRow {
  if (media?.uploader_id !== personId || media.released) throw mediaNotFound(path);
  // What is taken, and who sees it, differs: a photo is seen by whoever knows its address.
  if (media.purpose !== purpose) {
    const message = `This needs a file of purpose ${purpose}; this one is of purpose ${media.purpose}.`;
    throw new EngineError('invalid_request', message, { path });
  }
  if (media.status === 'refused') throw mediaRefused(media.refusal ?? '');
  if (media.status !== 'ready') {
    throw new EngineError('media_not_ready', 'This file is not here yet, or is still being looked into.', { path });
  }
}
