import { type Readable, Transform } from 'node:stream';
import type { ByteRange } from '../../engine/ports/blobs.ts';

/** The part of a whole that was asked for, where a server has sent the whole instead. Lets the source go when it has it. */
export function cutRange(source: Readable, { first, last }: ByteRange): Readable {
  let at = 0;
  const part = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const piece = chunk.subarray(Math.max(0, first - at), Math.max(0, last + 1 - at));
      at += chunk.length;
      done(null, piece.length > 0 ? piece : undefined);
      if (at <= last) return;
      source.unpipe(part);
      source.destroy();
      part.end();
    },
  });
  // Not a pipeline: that would take the early end of the source for an error.
  source.on('error', (error) => part.destroy(error));
  part.on('close', () => source.destroy());
  return source.pipe(part);
}
