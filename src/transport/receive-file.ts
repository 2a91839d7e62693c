import multipart, { type MultipartFile } from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Media, type MediaPurpose, mediaTooLarge, storageFull, type Upload } from '../engine/media/index.ts';
import type { Actor } from '../engine/shared/actor.ts';
import { EngineError } from '../engine/shared/errors.ts';
import type { UploadGate } from './upload-gate.ts';

/** What surrounds a file in a multipart body, at most. */
const envelope = 64 * 1024;

/** What takes files: the feature, and the gate through which their bytes go. */
interface Takers {
  readonly media: Media;
  readonly uploads: UploadGate;
}

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
  { media, uploads }: Takers,
  actor: Actor,
  purpose: MediaPurpose,
): Promise<string> {
  const maxBytes = media.maxBytes(purpose);
  const length = Number(request.headers['content-length'] ?? Number.NaN);
  if (length > maxBytes + envelope) throw mediaTooLarge(maxBytes);
  const release = await media.reserve(Number.isNaN(length) ? maxBytes : length);
  try {
    return await takePart(await firstFile(request, maxBytes), { media, uploads }, actor, purpose);
  } finally {
    release();
  }
}

/** Takes one part of a multipart body. */
async function takePart(
  part: MultipartFile,
  { media, uploads }: Takers,
  actor: Actor,
  purpose: MediaPurpose,
): Promise<string> {
  const upload = await media.begin(actor, { purpose, fileName: part.filename ?? '', size: null });
  try {
    await write(part, upload, uploads);
  } catch (error) {
    await media.abort(upload.id);
    throw error;
  }
  return upload.id;
}

/** What a form with files has brought. */
export interface ReceivedForm {
  /** Ids of the uploads, whose bytes are all here. */
  readonly ids: readonly string[];
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Takes all files of a multipart body and its fields, wherever they stand. None where the body is another one.
 *
 * @param limits.maxFiles files behind these are dropped where `more` is `drop`, and refused otherwise
 * @param limits.maxBytes of each file, where that is less than its purpose allows
 * @throws EngineError as {@link receiveFile}, and `limit_reached` with the `limit` of files
 */
export async function receiveForm(
  request: FastifyRequest,
  { media, uploads }: Takers,
  actor: Actor,
  purpose: MediaPurpose,
  limits: { readonly maxFiles: number; readonly maxBytes: number; readonly more: 'drop' | 'refuse' },
): Promise<ReceivedForm> {
  const ids: string[] = [];
  const fields: Record<string, string> = {};
  if (!request.isMultipart()) return { ids, fields };
  const maxBytes = Math.min(limits.maxBytes, media.maxBytes(purpose));
  const most = maxBytes * limits.maxFiles;
  const length = Number(request.headers['content-length'] ?? Number.NaN);
  if (length > most + envelope) throw mediaTooLarge(maxBytes);
  const release = await media.reserve(Number.isNaN(length) ? most : length);
  try {
    const files = limits.maxFiles + 1;
    const parser = { fileSize: maxBytes, files, fields: 20, fieldSize: 10_000, parts: 25, headerPairs: 20 };
    for await (const part of request.parts({ limits: parser })) {
      if (part.type === 'field') fields[part.fieldname] = String(part.value);
      else if (ids.length < limits.maxFiles) ids.push(await takePart(part, { media, uploads }, actor, purpose));
      else if (limits.more === 'drop') part.file.resume();
      else throw new EngineError('limit_reached', `At most ${limits.maxFiles} files.`, { limit: limits.maxFiles });
    }
    return { ids, fields };
  } catch (error) {
    for (const id of ids) await media.abort(id);
    throw error instanceof EngineError || !isOfMultipart(error)
      ? error
      : new EngineError('invalid_request', `The multipart body is not valid: ${(error as Error).message}.`);
  } finally {
    release();
  }
}

/** The parser's own errors, also those without a code: a header or an end that is not as it should be. */
const isOfMultipart = (error: unknown): boolean => {
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined || code.startsWith('FST_') || code.startsWith('ERR_STREAM');
};

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

async function write(part: MultipartFile, { path, maxBytes }: Upload, uploads: UploadGate): Promise<void> {
  try {
    await uploads.write(part.file, path);
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
