import { open } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { BlobNotFound, type BlobStore, StorageFull } from '../../engine/ports/blobs.ts';
import { assertKey } from './assert-key.ts';
import { endStalled } from './end-stalled.ts';

export interface S3BlobsOptions {
  readonly bucket: string;
  readonly region: string;
  /** Of another store that speaks S3, such as `https://minio.example.org`; null: AWS. */
  readonly endpoint: string | null;
  /** What the names of all objects begin with. */
  readonly prefix: string;
  /** null: those that the SDK finds, such as the role of the machine. */
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    /** Of keys that are good for a while only. */
    readonly sessionToken?: string;
  } | null;
  /** How long a transfer may bring nothing, in milliseconds. */
  readonly stallTimeout?: number;
}

/** S3 takes parts of 5 MiB or more, up to 10,000 of them. A put holds two parts in memory. */
const partBytes = 8 * 1024 * 1024;
const partsAtOnce = 2;
const connectTimeout = 5_000;
/** From the first byte of a request to the first of its answer, a part in between. */
const answerTimeout = 120_000;
const attempts = 3;
const longestSignature = 7 * 24 * 3_600;

/** How stores that speak S3 say that they are full; AWS never is. */
const full = new Set(['QuotaExceeded', 'XMinioStorageFull', 'XMinioAdminBucketQuotaExceeded', 'InsufficientStorage']);

/**
 * {@link BlobStore} in a bucket of Amazon S3, or of a store that speaks it. S3 shows an object when all of it is there, and
 * not before. Parts of a put whose process died are never shown, and cost until a lifecycle rule removes them.
 */
export function createS3Blobs(options: S3BlobsOptions): BlobStore {
  const { bucket: Bucket, endpoint, prefix, credentials, stallTimeout = 60_000 } = options;
  const client = new S3Client({
    region: options.region,
    ...(endpoint ? { endpoint } : {}),
    ...(credentials ? { credentials } : {}),
    // A name with dots does not fit the certificate of *.s3.amazonaws.com.
    forcePathStyle: endpoint !== null || Bucket.includes('.'),
    maxAttempts: attempts,
    // All bodies are buffers: their SHA-256 is signed, and S3 checks it. Not all stores know the newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: connectTimeout,
      requestTimeout: answerTimeout,
      throwOnRequestTimeout: true,
      socketTimeout: 0, // it would end a read whose reader is slow
    },
  });
  const object = (key: string) => {
    assertKey(key);
    return { Bucket, Key: `${prefix}${key}` };
  };
  let wroteProbe = false;

  return {
    async put(key, path, { size, mimeType }) {
      const target = object(key);
      const file = await open(path);
      const body = file.createReadStream({ highWaterMark: 256 * 1024 });
      body.on('error', () => {}); // the upload fails with it, or has failed before
      try {
        const found = (await file.stat()).size;
        if (found !== size) throw new RangeError(`The file has ${found} bytes, not ${size}.`);
        await new Upload({
          client,
          params: { ...target, Body: body, ContentLength: size, ContentType: mimeType },
          partSize: Math.max(partBytes, Math.ceil(size / 10_000)),
          queueSize: partsAtOnce,
        }).done();
      } catch (error) {
        throw isFull(error) ? new StorageFull({ cause: error }) : error;
      } finally {
        body.destroy();
      }
    },
    async read(key, range) {
      const Range = range ? `bytes=${range.first}-${range.last}` : undefined;
      try {
        const { Body } = await client.send(new GetObjectCommand({ ...object(key), Range }));
        // In Node the body is the response itself, as long as no checksum is computed on the way.
        const response = Body as unknown as IncomingMessage;
        endStalled(response, stallTimeout);
        return response;
      } catch (error) {
        throw codeOf(error) === 'NoSuchKey' ? new BlobNotFound(key) : error;
      }
    },
    async size(key) {
      try {
        return (await client.send(new HeadObjectCommand(object(key)))).ContentLength ?? null;
      } catch (error) {
        if (codeOf(error) === 'NotFound') return null;
        throw error;
      }
    },
    async delete(key) {
      await client.send(new DeleteObjectCommand(object(key)));
    },
    direct: {
      async sign(key, { size, mimeType }, expiresAt) {
        // Rounded down: the store may refuse a moment early, never late.
        const expiresIn = Math.floor((expiresAt.getTime() - Date.now()) / 1_000);
        if (expiresIn < 1 || expiresIn > longestSignature) throw new RangeError('A signature lives 1 s to 7 days.');
        // If-None-Match: or the uploader could exchange the file after it was looked into.
        const command = new PutObjectCommand({
          ...object(key),
          ContentLength: size,
          ContentType: mimeType,
          IfNoneMatch: '*',
        });
        const signed = ['content-length', 'content-type', 'if-none-match'];
        const url = await getSignedUrl(client, command, { expiresIn, signableHeaders: new Set(signed) });
        return {
          method: 'PUT',
          url,
          headers: { 'content-length': String(size), 'content-type': mimeType, 'if-none-match': '*' },
        };
      },
    },
    async ping() {
      const probe = object('ping');
      try {
        // Written once a process, and after trouble; a versioned bucket keeps what is written.
        if (!wroteProbe) await client.send(new PutObjectCommand({ ...probe, Body: Buffer.alloc(0) }));
        else await client.send(new HeadObjectCommand(probe));
        wroteProbe = true;
      } catch (error) {
        wroteProbe = false;
        throw error;
      }
    },
    async close() {
      client.destroy();
    },
  };
}

const codeOf = (error: unknown): string | null => (error instanceof S3ServiceException ? error.name : null);

const isFull = (error: unknown): boolean =>
  error instanceof S3ServiceException && (full.has(error.name) || error.$metadata.httpStatusCode === 507);
