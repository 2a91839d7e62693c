import { writeFile } from 'node:fs/promises';
import type { Actor } from '../shared/actor.ts';
import { beginUpload } from './begin-upload.ts';
import type { MediaDeps } from './deps.ts';
import { abortUpload, finishUpload } from './finish-upload.ts';
import type { UploadProcessor } from './process-upload.ts';

/**
 * Keeps a small file that the server itself has fetched for somebody, as if they had uploaded it for a message.
 *
 * @returns its id, or null where it is not ready at once
 * @throws EngineError as an upload does
 */
export const keepBytes =
  (deps: MediaDeps & { processor: UploadProcessor }) =>
  async (actor: Actor, bytes: Uint8Array, fileName: string): Promise<string | null> => {
    const { id, path } = await beginUpload(deps)(actor, { purpose: 'message', fileName, size: bytes.length });
    try {
      await writeFile(path, bytes, { flag: 'wx', mode: 0o600 });
    } catch (error) {
      await abortUpload(deps)(id);
      throw error;
    }
    const file = await finishUpload(deps)(actor, id);
    return file.status === 'ready' ? id : null;
  };
