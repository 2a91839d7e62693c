import type { Readable } from 'node:stream';
import { FileStore } from '@tus/file-store';
import { Upload } from '@tus/server';
import type { Media } from '../../engine/media/index.ts';

/**
 * Bytes of resumable uploads, as files of the spool. What else there is to know of an upload the engine knows: there is no
 * second record that could differ.
 */
export class ResumableStore extends FileStore {
  readonly #media: Media;

  constructor(media: Media) {
    super({ directory: media.spool.directory });
    this.#media = media;
    this.extensions = ['creation', 'creation-with-upload', 'termination'];
  }

  override async create(file: Upload): Promise<Upload> {
    await this.#media.spool.create(file.id);
    return file;
  }

  /** How far an upload is. One that is being looked into, or was, is complete. */
  override async getUpload(id: string): Promise<Upload> {
    const { size, received } = await this.#media.received(id);
    return new Upload({ id, size, offset: received });
  }

  override async write(readable: Readable, id: string, offset: number): Promise<number> {
    const { size } = await this.#media.received(id);
    const release = await this.#media.reserve(size - offset);
    try {
      return await super.write(readable, id, offset);
    } catch (error) {
      // The library has forgotten why; when the disk is full, asking for room tells.
      (await this.#media.reserve(0))();
      throw error;
    } finally {
      release();
    }
  }

  override async remove(id: string): Promise<void> {
    await this.#media.abort(id);
  }
}
