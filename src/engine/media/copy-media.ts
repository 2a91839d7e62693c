import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Actor } from '../shared/actor.ts';
import { beginUpload } from './begin-upload.ts';
import type { MediaDeps } from './deps.ts';
import { abortUpload, finishUpload } from './finish-upload.ts';
import { getMedia } from './get-media.ts';
import { openMedia } from './open-media.ts';
import type { UploadProcessor } from './process-upload.ts';
import type { MediaPurpose } from './store.ts';
import type { MediaView } from './views.ts';

/**
 * Takes a file that the actor has brought for one purpose for another one too, by its rules, as if it had been uploaded again:
 * who sees it, and for how long it is kept, follows from what it is for.
 *
 * @throws EngineError `media_not_found`, and as an upload does
 */
export const copyMedia =
  (deps: MediaDeps & { processor: UploadProcessor }) =>
  async (actor: Actor, mediaId: string, purpose: MediaPurpose): Promise<MediaView> => {
    const { fileName } = await getMedia(deps)(actor, mediaId);
    const original = await openMedia(deps)(actor, { id: mediaId, rendition: 'original' });
    const { id, path } = await beginUpload(deps)(actor, { purpose, fileName, size: original.size });
    try {
      await pipeline(await original.read(), createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    } catch (error) {
      await abortUpload(deps)(id);
      throw error;
    }
    return finishUpload(deps)(actor, id);
  };
