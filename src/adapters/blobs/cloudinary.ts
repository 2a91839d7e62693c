import { randomUUID } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as wait } from 'node:timers/promises';
import { v2 as cloudinary } from 'cloudinary';
import { BlobNotFound, type BlobStore, type ByteRange } from '../../engine/ports/blobs.ts';
import { assertKey } from './assert-key.ts';
import { cutRange } from './cut-range.ts';

export interface CloudinaryBlobsOptions {
  readonly cloudName: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  /** Origin of the upload API; other regions than the American have their own, such as `https://api-eu.cloudinary.com`. */
  readonly api: string;
  /** Origin from which files are read. */
  readonly delivery?: string;
  /** How long it waits before it tries again, in milliseconds; longer each time. */
  readonly retryAfter?: number;
}

/** Cloudinary takes chunks of 5 MiB or more, and files of more than 100 MB only in chunks. */
const chunkBytes = 8 * 1024 * 1024;
/** From the first byte of a request to the first of its answer, a chunk in between, in milliseconds. */
const answerTimeout = 120_000;
const attempts = 3;
/** What may be over at the next attempt: https://cloudinary.com/documentation/upload_images#error_handling */
const passing = (status: number): boolean => status >= 500 || status === 420 || status === 429;

/** All the same for every file: bytes that Cloudinary does not look into, and that nobody reads without a signature. */
const kind = { resource_type: 'raw', type: 'authenticated' };

/** Cloudinary has refused a request, or failed at it. */
class CloudinaryError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(`Cloudinary answered ${status}: ${message}`);
    this.name = 'CloudinaryError';
    this.status = status;
  }
}

/**
 * {@link BlobStore} at Cloudinary: raw files of type `authenticated`, whose addresses hold a signature of 192 bits.
 *
 * The SDK signs and makes the addresses. Requests are made here: its uploads take the protocol from the environment, do not
 * stop when a chunk fails, and end the process where the file cannot be read.
 */
export function createCloudinaryBlobs(options: CloudinaryBlobsOptions): BlobStore {
  const account = { cloud_name: options.cloudName, upload_prefix: options.api.replace(/\/+$/, '') };
  const { retryAfter = 200 } = options;
  const closing = new AbortController();

  /** One request of the upload API, signed: https://cloudinary.com/documentation/authentication_signatures */
  async function call<T>(
    action: string,
    params: object,
    file?: Blob,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const signed = { ...params, type: kind.type, timestamp: Math.floor(Date.now() / 1_000) };
    const form = new FormData();
    for (const [name, value] of Object.entries(signed)) form.set(name, String(value));
    form.set('api_key', options.apiKey);
    form.set('signature', cloudinary.utils.api_sign_request(signed, options.apiSecret));
    if (file) form.set('file', file, 'file');
    const url = cloudinary.utils.api_url(action, { ...account, resource_type: kind.resource_type });
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(answerTimeout)]);
    const response = await fetch(url, { method: 'POST', body: form, headers, signal });
    const answer = (await response.json().catch(() => ({}))) as T & { error?: { message?: string } };
    if (!response.ok) throw new CloudinaryError(response.status, answer.error?.message ?? 'no reason given');
    return answer;
  }

  /** In chunks where it is large; the file is there when the last one is. */
  async function upload(key: string, file: Blob): Promise<void> {
    const id = randomUUID();
    let answer: { bytes?: number } = {};
    for (let first = 0; first === 0 || first < file.size; first += chunkBytes) {
      const next = Math.min(first + chunkBytes, file.size);
      const chunk = { 'x-unique-upload-id': id, 'content-range': `bytes ${first}-${next - 1}/${file.size}` };
      const whole = first === 0 && next === file.size;
      answer = await call('upload', { public_id: key }, whole ? file : file.slice(first, next), whole ? {} : chunk);
    }
    if (answer.bytes !== file.size) throw new Error(`Cloudinary has ${answer.bytes} bytes of ${file.size}.`);
  }

  const destroy = (key: string): Promise<unknown> => call('destroy', { public_id: key, invalidate: true });

  /** Reads from the network that delivers: https://cloudinary.com/documentation/delivery_url_signatures */
  async function fetchFile(key: string, method: 'GET' | 'HEAD', range?: ByteRange): Promise<Response> {
    const signed = cloudinary.url(key, {
      ...kind,
      ...account,
      api_secret: options.apiSecret,
      sign_url: true,
      long_url_signature: true,
      secure: true,
      urlAnalytics: false,
    });
    const { pathname } = new URL(signed);
    const url = options.delivery ? new URL(pathname, options.delivery).href : signed;
    const answering = new AbortController();
    const timer = setTimeout(() => answering.abort(new Error('Cloudinary does not answer.')), answerTimeout);
    try {
      const response = await fetch(url, {
        method,
        // Or a network that compresses would count the bytes of a range in what it has compressed.
        headers: { 'accept-encoding': 'identity', ...(range ? { range: `bytes=${range.first}-${range.last}` } : {}) },
        signal: AbortSignal.any([closing.signal, answering.signal]),
      });
      if (response.ok) return response;
      await response.body?.cancel();
      if (response.status === 404) throw new BlobNotFound(key);
      throw new CloudinaryError(response.status, response.headers.get('x-cld-error') ?? 'no reason given');
    } finally {
      clearTimeout(timer);
    }
  }

  async function retried<T>(attempt: () => Promise<T>): Promise<T> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await attempt();
      } catch (error) {
        const final = error instanceof CloudinaryError ? !passing(error.status) : !(error instanceof TypeError);
        if (final || tried === attempts) throw error;
      }
      await wait(retryAfter * 2 ** tried, undefined, { signal: closing.signal });
    }
  }

  return {
    async put(key, path, { size, mimeType }) {
      assertKey(key);
      const found = (await stat(path)).size;
      if (found !== size) throw new RangeError(`The file has ${found} bytes, not ${size}.`);
      const file = await openAsBlob(path, { type: mimeType });
      await retried(() => upload(key, file));
    },
    async read(key, range) {
      assertKey(key);
      const response = await retried(() => fetchFile(key, 'GET', range));
      const body = Readable.fromWeb(response.body as ReadableStream);
      return range && response.status !== 206 ? cutRange(body, range) : body;
    },
    async size(key) {
      assertKey(key);
      try {
        const { headers } = await retried(() => fetchFile(key, 'HEAD'));
        const length = headers.get('content-length');
        if (length === null) throw new Error('Cloudinary does not tell how large a file is.');
        return Number(length);
      } catch (error) {
        if (error instanceof BlobNotFound) return null;
        throw error;
      }
    },
    async delete(key) {
      assertKey(key);
      await retried(() => destroy(key));
    },
    async ping() {
      // Asks for the right to write, and is not counted against the limit of the Admin API. There is no such file.
      await destroy('ping');
    },
    async close() {
      closing.abort(new Error('The blob store is closed.'));
    },
  };
}
