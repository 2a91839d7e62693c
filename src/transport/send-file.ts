import { Readable } from 'node:stream';
import { create as contentDisposition } from 'content-disposition';
import type { FastifyReply, FastifyRequest } from 'fastify';
import parseRange from 'range-parser';
import type { OpenedMedia } from '../engine/media/index.ts';
import type { ByteRange } from '../engine/ports/blobs.ts';

/**
 * Nothing in a file that a stranger has sent may run or be framed, even where somebody opens it by itself in a browser. It is
 * said again here for what a proxy or an old browser does with the type.
 */
const policy = "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; img-src 'self'; sandbox";

/**
 * Serves a file: whole or a part of it (RFC 9110, ranges), or that the client has it already.
 *
 * @param cacheControl who may keep it and for how long; its bytes never change
 */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  file: OpenedMedia,
  cacheControl: string,
): Promise<FastifyReply> {
  reply.headers({
    'Accept-Ranges': 'bytes',
    'Cache-Control': cacheControl,
    'Content-Disposition': contentDisposition(file.fileName, { type: file.inline ? 'inline' : 'attachment' }),
    'Content-Security-Policy': policy,
    'Cross-Origin-Resource-Policy': 'cross-origin',
    ETag: file.etag,
    'X-Content-Type-Options': 'nosniff',
  });
  if (isFresh(request.headers['if-none-match'], file.etag)) return reply.code(304).send();
  // Always named by its bytes: without a charset a browser would guess one.
  reply.type(file.mimeType.startsWith('text/') ? `${file.mimeType}; charset=utf-8` : file.mimeType);

  const range = rangeOf(request, file);
  if (range === 'unsatisfiable') {
    return reply.code(416).header('Content-Range', `bytes */${file.size}`).send();
  }
  if (range) reply.code(206).header('Content-Range', `bytes ${range.first}-${range.last}/${file.size}`);
  reply.header('Content-Length', range ? range.last - range.first + 1 : file.size);
  // A stream, or Fastify would say that the length is 0.
  if (request.method === 'HEAD') return reply.send(Readable.from([]));
  return reply.send(await file.read(range));
}

function isFresh(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}

/** One range is served as such; several at once are answered with the whole, as RFC 9110 allows. */
function rangeOf({ headers }: FastifyRequest, { size, etag }: OpenedMedia): ByteRange | undefined | 'unsatisfiable' {
  const { range } = headers;
  if (range === undefined) return undefined;
  const ifRange = headers['if-range'];
  if (ifRange !== undefined && ifRange !== etag) return undefined;
  const ranges = parseRange(size, range, { combine: true });
  if (ranges === -1) return 'unsatisfiable';
  if (ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1 || !ranges[0]) return undefined;
  return { first: ranges[0].start, last: ranges[0].end };
}
