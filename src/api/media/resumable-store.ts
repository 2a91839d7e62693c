import type { Readable } from 'node:stream';
import { DataStore, Upload } from '@tus/server';
import { type Media, storageFull } from '../../engine/media/index.ts';
import type { UploadGate } from '../../transport/upload-gate.ts';

/**
 * Bytes of resumable uploads, as files of the spool. What else there is to know of an upload the engine knows: there is no
 * second record that could differ.
 */
export class ResumableStore extends DataStore {
  readonly #media: Media;
  readonly #uploads: UploadGate;
  /** What is being written. The library lets go of an upload whose client is gone while its last piece is on its way. */
  readonly #writing = new Map<string, Promise<unknown>>();

  constructor(media: Media, uploads: UploadGate) {
    super();
    this.#media = media;
    this.#uploads = uploads;
    this.extensions = ['creation', 'creation-with-upload', 'termination'];
  }

  override async create(file: Upload): Promise<Upload> {
    await this.#media.spool.create(file.id);
    return file;
  }

  /** How far an upload is. One that is being looked into, or was, is complete. */
  override async getUpload(id: string): Promise<Upload> {
    await this.#writing.get(id);
    const { size, received } = await this.#media.received(id);
    return new Upload({ id, size, offset: received });
  }

  override write(readable: Readable, id: string, offset: number): Promise<number> {
    const written = this.#write(readable, id, offset);
    const settled = written.then(
      () => {},
      () => {},
    );
    this.#writing.set(id, settled);
    settled.then(() => this.#writing.delete(id));
    return written;
  }

  override async remove(id: string): Promise<void> {
    await this.#writing.get(id);
    await this.#media.abort(id);
  }

  /** Resolves when nothing is being written. */
  async idle(): Promise<void> {
    await Promise.all(this.#writing.values());
  }

  async #write(readable: Readable, id: string, offset: number): Promise<number> {
    const { size } = await this.#media.received(id);
    const release = await this.#media.reserve(size - offset);
    try {
      return offset + (await this.#uploads.write(readable, this.#media.spool.path(id), offset));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw code === 'ENOSPC' || code === 'EDQUOT' ? storageFull() : error;
    } finally {
      release();
    }
  }
}
