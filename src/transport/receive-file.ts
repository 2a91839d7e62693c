import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import multipart, { type MultipartFile } from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Media, type MediaPurpose, mediaTooLarge, storageFull, type Upload } from '../engine/media/index.ts';
import type { Actor } from '../engine/shared/actor.ts';
import { EngineError } from '../engine/shared/errors.ts';

/** What surrounds a file in a multipart body, at most. */
const envelope = 64 * 1024;

/** Lets the routes of a scope take multipart bodies; give those routes `config: { upload: true }`. */
export async function acceptFiles(scope: FastifyInstance): Promise<void> {
  await scope.register(multipart, { throwFileSizeLimit: false });
}

/**
 * Takes the first file of a multipart body (RFC 7578), whatever its field is called. It goes to the disk as it comes: no
 * more than a piece of it is in memory.
 *
 * @returns the id of the upload, whose bytes are all here
 * @throws EngineError `invalid_request`, `payload_too_large`, `rate_limited`, `storage_full`
 */
export async function receiveFile(
  request: FastifyRequest,
  media: Media,
  actor: Actor,
  purpose: MediaPurpose,
): Promise<string> {
  const maxBytes = media.maxBytes(purpose);
  const length = Number(request.headers['content-length'] ?? Number.NaN);
  if (length > maxBytes + envelope) throw mediaTooLarge(maxBytes);
  const release = await media.reserve(Number.isNaN(length) ? maxBytes : length);
  try {
    const part = await firstFile(request, maxBytes);
    const upload = await media.begin(actor, { purpose, fileName: part.filename ?? '', size: null });
    try {
      await write(part, upload);
    } catch (error) {
      await media.abort(upload.id);
      throw error;
    }
    return upload.id;
  } finally {
    release();
  }
}

async function firstFile(request: FastifyRequest, maxBytes: number): Promise<MultipartFile> {
  if (!request.isMultipart()) {
    throw new EngineError('invalid_request', 'Send the file as multipart/form-data, with a file part.');
  }
  try {
    const limits = { fileSize: maxBytes, files: 1, fields: 20, fieldSize: 10_000, parts: 25, headerPairs: 20 };
    const part = await request.file({ limits });
    if (part) return part;
  } catch (error) {
    throw new EngineError('invalid_request', `The multipart body is not valid: ${(error as Error).message}.`);
  }
  throw new EngineError('invalid_request', 'There is no file in the multipart body.');
}

async function write(part: MultipartFile, { path, maxBytes }: Upload): Promise<void> {
  try {
    await pipeline(part.file, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw storageFull();
    if (code === undefined || code.startsWith('ERR_STREAM') || code.startsWith('FST_')) {
      throw new EngineError('invalid_request', 'The body ended before the file did.');
    }
    throw error;
  }
  if (part.file.truncated) throw mediaTooLarge(maxBytes);
}
