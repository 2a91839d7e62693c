import { writeFile } from 'node:fs/promises';
import type { Actor } from '../shared/actor.ts';
import { beginUpload } from './begin-upload.ts';
import type { MediaDeps } from './deps.ts';
import { abortUpload, finishUpload } from './finish-upload.ts';
import type { UploadProcessor } from './process-upload.ts';
import type { MediaPurpose } from './store.ts';

/**
 * Keeps a small file whose bytes are here, as if the actor had uploaded it: one that the server has fetched for them, or
 * that came inside of a message.
 *
 * @returns its id, or null where it is not ready at once
 * @throws EngineError as an upload does
 */
export const keepBytes =
  (deps: MediaDeps & { processor: UploadProcessor }) =>
  async (
    actor: Actor,
    bytes: Uint8Array,
    fileName: string,
    purpose: MediaPurpose = 'message',
  ): Promise<string | null> => {
    const { id, path } = await beginUpload(deps)(actor, { purpose, fileName, size: bytes.length });
    try {
      await writeFile(path, bytes, { flag: 'wx', mode: 0o600 });
    } catch (error) {
      await abortUpload(deps)(id);
      throw error;
    }
    const file = await finishUpload(deps)(actor, id);
    return file.status === 'ready' ? id : null;
  };
