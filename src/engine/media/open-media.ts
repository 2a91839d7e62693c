import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Readable } from 'node:stream';
import { BlobNotFound, type ByteRange } from '../ports/blobs.ts';
import type { Reader } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { second } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import { type LocatedRendition, locateMedia, locateNamed, locatePhoto, locateReported } from './access-store.ts';
import type { MediaDeps } from './deps.ts';
import { isShownInline, type MediaRules, mediaNotFound, servedType } from './policy.ts';
import type { RenditionName } from './store.ts';

/** Which file, and through which conversation its reader sees it; without one, because they have brought it. */
export interface MediaTarget {
  readonly id: string;
  readonly rendition: RenditionName;
  readonly conversationId?: string | undefined;
}

/** Lets whoever has it read one file, as the person to whom it was given may, until it expires. */
export interface MediaLink extends MediaTarget {
  readonly personId: string;
  /** The person sees it as an admin, because of this report. */
  readonly reportId?: string | undefined;
  /** Seconds since 1970. */
  readonly expires: number;
  readonly signature: string;
}

/** A file that somebody may read. */
export interface OpenedMedia {
  /** In bytes. */
  readonly size: number;
  /** What it is to be served as. */
  readonly mimeType: string;
  /** Whether a browser may show it; otherwise it only saves it. */
  readonly inline: boolean;
  readonly fileName: string;
  /** Names the bytes. They never change. */
  readonly etag: string;
  /** Opens the bytes. @throws EngineError `media_not_found` */
  read(range?: ByteRange): Promise<Readable>;
}

/**
 * Opens a file that the actor sees now.
 *
 * @throws EngineError `media_not_found`
 */
export const openMedia =
  (deps: MediaDeps) =>
  async (actor: Pick<Actor, 'personId'>, target: MediaTarget): Promise<OpenedMedia> => {
    const { id, rendition, conversationId = null } = target;
    if (!isId(id) || (conversationId !== null && !isId(conversationId))) throw mediaNotFound();
    const now = new Date(deps.clock.now());
    const wanted = { id, rendition, conversationId, personId: actor.personId };
    return open(deps, (reader) => locateMedia(reader, wanted, now));
  };

/**
 * Opens a file by a link. That the person of the link still may is asked again: it dies with their membership.
 *
 * @throws EngineError `link_expired`, `media_not_found`
 */
export const openLink =
  (deps: MediaDeps) =>
  async (link: MediaLink): Promise<OpenedMedia> => {
    const [given, right] = [Buffer.from(link.signature), Buffer.from(signature(deps.linkKey, link))];
    if (given.length !== right.length || !timingSafeEqual(given, right)) throw mediaNotFound();
    if (link.expires * second <= deps.clock.now()) {
      throw new EngineError('link_expired', 'This link was good for a while only. Ask for a new one.');
    }
    if (link.reportId === undefined) return openMedia(deps)({ personId: link.personId }, link);
    const wanted = { ...link, reportId: link.reportId };
    return open(deps, (reader) => locateReported(reader, wanted, new Date(deps.clock.now())));
  };

/**
 * Opens the photo of a person or group, while it is one. Who knows the key was shown it.
 *
 * @throws EngineError `media_not_found`
 */
export const openPhoto =
  (deps: MediaDeps) =>
  (photoKey: string, rendition: RenditionName): Promise<OpenedMedia> =>
    open(deps, (reader) => locatePhoto(reader, photoKey, rendition));

/**
 * Opens a file for whoever was told its unguessable name, as long as something shows it. For doors whose clients fetch files
 * without credentials; the door has checked the name.
 *
 * @throws EngineError `media_not_found`
 */
export const openNamed =
  (deps: MediaDeps) =>
  async (id: string, rendition: RenditionName): Promise<OpenedMedia> => {
    if (!isId(id)) throw mediaNotFound();
    const now = new Date(deps.clock.now());
    return open(deps, (reader) => locateNamed(reader, id, rendition, now));
  };

/**
 * Makes short-lived links to files that the actor sees now, so that a browser can show them without a header.
 *
 * @returns in the order of the request; null for a file that the actor does not see
 */
export const createLinks =
  (deps: MediaDeps) =>
  async (actor: Actor, targets: readonly MediaTarget[]): Promise<(MediaLink | null)[]> => {
    const { database, clock, rules, linkKey } = deps;
    const now = clock.now();
    const expires = expiryOf(rules, now);
    return database.read(async (reader) => {
      const links: (MediaLink | null)[] = [];
      for (const target of targets) {
        const { id, rendition, conversationId } = target;
        const named = isId(id) && (conversationId === undefined || isId(conversationId));
        const wanted = { id, rendition, conversationId: conversationId ?? null, personId: actor.personId };
        const link = { ...target, personId: actor.personId, expires };
        const seen = named && (await locateMedia(reader, wanted, new Date(now)));
        links.push(seen ? { ...link, signature: signature(linkKey, link) } : null);
      }
      return links;
    });
  };

/** All that are made within one span end together: a browser that gets the same address again has it in its cache. */
export function expiryOf({ linkSeconds }: MediaRules, now: number): number {
  return (Math.floor(now / (linkSeconds * second)) + 2) * linkSeconds;
}

/** Signs a link; see {@link MediaLink}. */
export function signature(key: Uint8Array, link: Omit<MediaLink, 'signature'>): string {
  const { id, rendition, conversationId = '', personId, expires, reportId } = link;
  return createHmac('sha256', key)
    .update([id, rendition, conversationId, personId, expires, ...(reportId ? [reportId] : [])].join('\n'))
    .digest('base64url');
}

async function open(
  { database, blobs }: MediaDeps,
  locate: (reader: Reader) => Promise<LocatedRendition | undefined>,
): Promise<OpenedMedia> {
  const found = await database.read(locate);
  if (!found) throw mediaNotFound();
  return {
    size: Number(found.size),
    mimeType: servedType(found.mime_type),
    inline: isShownInline(found.mime_type),
    fileName: found.file_name,
    etag: `"${found.hash.toString('base64url')}"`,
    read: async (range) => {
      try {
        return await blobs.read(found.key, range);
      } catch (error) {
        throw error instanceof BlobNotFound ? mediaNotFound() : error;
      }
    },
  };
}
