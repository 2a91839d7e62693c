import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { PageUnavailable } from '../../engine/ports/web-pages.ts';

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Content encodings that are understood, for `Accept-Encoding`. */
export const encodings = 'gzip, deflate, br';

/**
 * Reads a body, decoded, and no further than its limit: a small one that unpacks to a large one ends there too.
 *
 * @throws PageUnavailable `too_large`, `type` for an unknown encoding, and what the connection throws
 */
export async function readBody(
  response: IncomingMessage,
  { maxBytes, cut }: { maxBytes: number; cut: boolean },
): Promise<{ bytes: Uint8Array; complete: boolean }> {
  if (!cut && Number(response.headers['content-length'] ?? 0) > maxBytes) throw new PageUnavailable('too_large');
  const chunks: Uint8Array[] = [];
  let room = maxBytes;
  for await (const chunk of decoded(response, maxBytes) as AsyncIterable<Uint8Array>) {
    chunks.push(chunk.subarray(0, room));
    room -= chunk.length;
    if (room >= 0) continue;
    if (!cut) throw new PageUnavailable('too_large');
    return { bytes: Buffer.concat(chunks), complete: false };
  }
  return { bytes: Buffer.concat(chunks), complete: true };
}

function decoded(response: IncomingMessage, maxBytes: number): Readable {
  const encoding = (response.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return response;
  const decoder = Object.hasOwn(decoders, encoding) ? decoders[encoding]?.() : undefined;
  if (!decoder) throw new PageUnavailable('type');
  // The reader below hears of every error; without a callback it would be thrown into the air.
  return pipeline(response, meter(maxBytes), decoder, () => {}) as unknown as Readable;
}

/** Ends what unpacks to less than it is: without end, it could keep a processor busy and never reach the limit. */
function meter(maxBytes: number): Transform {
  let room = maxBytes + 64 * 1024;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      room -= chunk.length;
      if (room < 0) done(new PageUnavailable('too_large'));
      else done(null, chunk);
    },
  });
}
