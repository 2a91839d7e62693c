import { StorageFull } from '../ports/blobs.ts';
import { storageFull } from './begin-upload.ts';
import type { Spool } from './spool.ts';

/**
 * Keeps room for bytes that are on their way.
 *
 * @returns gives it back: call it when they are here, or will not come
 * @throws EngineError `storage_full`
 */
export const reserveRoom =
  ({ spool }: { spool: Spool }) =>
  async (bytes: number): Promise<() => void> => {
    try {
      return await spool.reserve(bytes);
    } catch (error) {
      throw error instanceof StorageFull ? storageFull() : error;
    }
  };
