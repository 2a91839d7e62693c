import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DirectUpload } from '../ports/blobs.ts';
import type { Actor } from '../shared/actor.ts';
import { hour } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import { beginUpload, keepUnused } from './begin-upload.ts';
import { insertLoose } from './collection-store.ts';
import type { MediaDeps } from './deps.ts';
import { finishUpload } from './finish-upload.ts';
import { mediaNotFound } from './policy.ts';
import type { UploadProcessor } from './process-upload.ts';
import { findMedia, type MediaPurpose } from './store.ts';
import { type MediaView, mediaView } from './views.ts';

/** How long a client may begin to send. */
const signedFor = hour;

/** What is not known yet: the type is decided from the bytes. */
const unknownType = 'application/octet-stream';

/**
 * Lets a client bring a file straight to the blob store, where that can take it. It is there under a key that nothing shows;
 * {@link finishDirect} looks into it and stores it as any other.
 *
 * @throws EngineError `not_supported`, and what beginning any upload throws
 */
export const beginDirect =
  (deps: MediaDeps) =>
  async (
    actor: Actor,
    file: { readonly purpose: MediaPurpose; readonly fileName: string; readonly size: number },
  ): Promise<{ readonly media: MediaView; readonly upload: DirectUpload }> => {
    const { database, clock, blobs } = deps;
    if (!blobs.direct) {
      throw new EngineError('not_supported', 'This server takes files itself: use POST /v1/media or tus.');
    }
    const { id } = await beginUpload(deps)(actor, file);
    const now = clock.now();
    await database.write((unit) => insertLoose(unit, [id], new Date(now + keepUnused)));
    const facts = { size: file.size, mimeType: unknownType };
    const upload = await blobs.direct.sign(id, facts, new Date(now + signedFor));
    const [row] = await database.read((reader) => findMedia(reader, [id]));
    if (!row) throw mediaNotFound();
    return { media: mediaView(row), upload };
  };

/**
 * The bytes are in the store.
 *
 * @throws EngineError `media_not_found`, `media_not_ready` where they are not there, and what finishing any upload throws
 */
export const finishDirect =
  (deps: MediaDeps & { processor: UploadProcessor }) =>
  async (actor: Actor, id: string): Promise<MediaView> => {
    const { database, clock, blobs, spool } = deps;
    const [row] = isId(id) ? await database.read((reader) => findMedia(reader, [id])) : [];
    if (row?.uploader_id !== actor.personId || row.released) throw mediaNotFound();
    if (row.status === 'uploading') {
      const size = await blobs.size(id);
      if (size === null || size !== Number(row.size)) {
        throw new EngineError('media_not_ready', 'The bytes are not in the store, or not all of them.');
      }
      const release = await spool.reserve(size);
      try {
        // Under its name only when it is whole: another request may do the same, or look into it already.
        await spool.withDirectory(async (directory) => {
          const part = join(directory, 'direct');
          await pipeline(await blobs.read(id), createWriteStream(part, { mode: 0o600 }));
          await rename(part, spool.path(id));
        });
      } finally {
        release();
      }
      await database.write((unit) => insertLoose(unit, [id], new Date(clock.now())));
    }
    return finishUpload(deps)(actor, id);
  };
