import { type MediaFacts, type MediaTools, UnreadableMedia } from '../../engine/ports/media-tools.ts';
import { type Ffmpeg, Recordings } from './recordings.ts';
import { WorkerPool } from './worker-pool.ts';

export interface MediaToolsOptions {
  /** Most pixels of a picture, over all its frames. */
  readonly maxPixels: number;
  /** Without it, films and recordings have no facts. */
  readonly ffmpeg?: Ffmpeg | null;
  /** How long a file may be looked into, in milliseconds. */
  readonly timeLimit?: number;
  /** How much memory that may take, in bytes. Without it, what `maxPixels` can need. */
  readonly memoryLimit?: number;
}

const minute = 60_000;
const defaultTimeLimit = 30_000;
/** Of a process that has looked into nothing yet, with room. */
const baseMemory = 256 * 1024 * 1024;
/** A picture may have to be held as a whole, with 16 bits for each of four channels. */
const bytesAPixel = 8;

const pictures = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif']);

/**
 * Pictures of cameras and scanners that are not read here. They may say where they were taken, and that could not be
 * removed. Other formats, such as image/bmp and those of drawing programs, are files like any other.
 */
const notRead =
  /^image\/(hei[cf](-sequence)?|tiff|jxl|j2c|jp2|jpm|jpx|jls|mj2|vnd\.ms-photo|x-(adobe|canon|fujifilm|nikon|olympus|panasonic|sony)-\w+)$/;

/** {@link MediaTools} by file-type, sharp and ffmpeg, in processes of their own. */
export function createMediaTools(options: MediaToolsOptions): MediaTools {
  const { maxPixels, timeLimit = defaultTimeLimit, memoryLimit = baseMemory + maxPixels * bytesAPixel } = options;
  const pool = new WorkerPool({ size: 2, timeLimit, memoryLimit, idleLimit: minute });
  const inspectPicture = (path: string, mimeType: string, directory: string): Promise<MediaFacts> =>
    pool.run({ kind: 'picture', path, mimeType, directory, maxPixels });
  const { ffmpeg } = options;
  const recordings = ffmpeg ? new Recordings({ ffmpeg, maxPixels, timeLimit, memoryLimit, inspectPicture }) : null;
  return {
    async detect(path) {
      try {
        return await pool.run({ kind: 'detect', path });
      } catch (error) {
        // Nothing is known of bytes on which the search for a type fails.
        if (error instanceof UnreadableMedia) return 'application/octet-stream';
        throw error;
      }
    },
    async inspect(path, mimeType, directory) {
      if (pictures.has(mimeType)) return inspectPicture(path, mimeType, directory);
      if (notRead.test(mimeType)) {
        throw new UnreadableMedia('unsupported', `Pictures of the type ${mimeType} are not read.`);
      }
      return (await recordings?.inspect(path, mimeType, directory)) ?? {};
    },
    async close() {
      await recordings?.close();
      await pool.close();
    },
  };
}
