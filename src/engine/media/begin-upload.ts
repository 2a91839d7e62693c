import { StorageFull } from '../ports/blobs.ts';
import type { LimitRule } from '../ports/limiter.ts';
import type { Actor } from '../shared/actor.ts';
import { day, hour, second } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import type { MediaDeps } from './deps.ts';
import { fileName } from './file-name.ts';
import { maxBytesFor, mediaTooLarge, overQuota } from './policy.ts';
import { lockKeptBytes } from './quota-store.ts';
import { insertMedia, type MediaPurpose } from './store.ts';

/** How long a file waits for what will show it, and an upload for its end. */
export const keepUnused = day;

const uploadRule: LimitRule = { name: 'uploads', points: 600, windowSeconds: hour / second };
/** Counted in MiB: so many files of the largest size. */
const filesADay = 50;
const mebibyte = 1024 * 1024;

export interface NewUpload {
  readonly purpose: MediaPurpose;
  /** As the client has it; only its last part is kept. */
  readonly fileName: string;
  /** In bytes, where it is known. */
  readonly size: number | null;
}

/** An upload that has begun. */
export interface Upload {
  /** Of the file from now on. */
  readonly id: string;
  /** Where its bytes are to be written. */
  readonly path: string;
  /** The most bytes that may be written. */
  readonly maxBytes: number;
}

export const storageFull = (): EngineError =>
  new EngineError('storage_full', 'The server has no room for more files. Messages without files go on.');

/**
 * Begins to take a file. Who calls it writes the bytes and then says that they are there.
 *
 * @throws EngineError `payload_too_large`, `rate_limited`, `limit_reached`, `storage_full`
 */
export const beginUpload =
  ({ database, clock, limiter, spool, rules }: MediaDeps) =>
  async (actor: Actor, upload: NewUpload): Promise<Upload> => {
    const { purpose, size } = upload;
    const maxBytes = maxBytesFor(rules, purpose);
    if (size !== null && size > maxBytes) throw mediaTooLarge(maxBytes);
    await limiter.consume(uploadRule, actor.personId);
    const daily = { name: 'upload-mebibytes', points: Math.ceil((filesADay * maxBytesFor(rules)) / mebibyte) };
    await limiter.consume(
      { ...daily, windowSeconds: day / second },
      actor.personId,
      Math.max(1, Math.ceil((size ?? 0) / mebibyte)),
    );
    // Only looked at: an upload may take days. Each piece of it keeps its own room while it comes.
    const release = await spool.reserve(size ?? 0).catch((error) => {
      throw error instanceof StorageFull ? storageFull() : error;
    });
    release();
    const id = newId(clock);
    const now = clock.now();
    await database.write(async (unit) => {
      if (rules.personBytes > 0) {
        const kept = await lockKeptBytes(unit, actor.personId, id);
        if (kept + Math.max(size ?? 0, 1) > rules.personBytes) throw overQuota(rules.personBytes);
      }
      await insertMedia(unit, {
        id,
        uploader_id: actor.personId,
        purpose,
        file_name: fileName(upload.fileName),
        size,
        created_at: new Date(now),
        keep_until: new Date(now + keepUnused),
      });
    });
    return { id, path: spool.path(id), maxBytes };
  };
