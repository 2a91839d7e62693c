import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createS3Blobs, type S3BlobsOptions } from '../../../src/adapters/blobs/s3.ts';
import type { BlobStore, DirectUpload } from '../../../src/engine/ports/blobs.ts';
import { FakeS3 } from '../../harness/fake-s3.ts';
import { blobContract } from './contract.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'parley-s3-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const open = (fake: FakeS3, more: Partial<S3BlobsOptions> = {}): BlobStore =>
  createS3Blobs({
    bucket: fake.bucket,
    region: fake.region,
    endpoint: fake.url,
    prefix: 'files of/parley+',
    credentials: { accessKeyId: fake.accessKeyId, secretAccessKey: fake.secretAccessKey },
    ...more,
  });

describe('blobs in S3', () => {
  blobContract(
    async () => {
      const fake = await new FakeS3().start();
      return {
        store: open(fake),
        open: () => fake.active,
        held: () => [...fake.objects.keys()].filter((key) => !key.endsWith('ping')).length + fake.uploads.size,
        vanish: () => fake.stop(),
        cutPuts: () => {
          fake.cutUploadsAfter = 50_000;
        },
        fill: async () => {
          fake.capacity = 200_000;
        },
        remove: () => fake.stop().catch(() => {}),
      };
    },
    () => directory,
  );
});

describe('S3', () => {
  let fake: FakeS3;
  let store: BlobStore;
  beforeEach(async () => {
    fake = await new FakeS3().start();
    store = open(fake);
  });
  afterEach(async () => {
    await store.close();
    await fake.stop();
  });

  function file(bytes: Buffer): string {
    const path = join(directory, 'file');
    writeFileSync(path, bytes);
    return path;
  }
  const put = (target: BlobStore, key: string, bytes: Buffer): Promise<void> =>
    target.put(key, file(bytes), { size: bytes.length, mimeType: 'image/png' });
  const mib = 1024 * 1024;

  test('gets large files in parts, small ones in one request, with type and prefix', async () => {
    await put(store, 'small', Buffer.alloc(1_000));
    expect(fake.requests).toHaveLength(1);
    await put(store, 'large', Buffer.alloc(16 * mib + 1));
    expect(fake.requests).toHaveLength(1 + 1 + 3 + 1);
    expect([...fake.objects].map(([key, { contentType, etag }]) => [key, contentType, etag.slice(-3, -1)])).toEqual([
      ['files of/parley+small', 'image/png', expect.not.stringContaining('-')],
      ['files of/parley+large', 'image/png', '-3'],
    ]);
  });

  test('is asked again when it fails for a moment, also in the middle of an upload', async () => {
    fake.failures.push({ status: 503, body: '<Error><Code>SlowDown</Code></Error>' });
    await put(store, 'small', Buffer.alloc(1_000));
    fake.failures.push({ status: 500, body: '<Error><Code>InternalError</Code></Error>', when: /partNumber=2&/ });
    await put(store, 'large', Buffer.alloc(9 * mib));
    expect(await store.size('large')).toBe(9 * mib);
    expect([fake.uploads.size, fake.failures.length]).toEqual([0, 0]);
  });

  test('is not asked for ever', async () => {
    for (let n = 0; n < 10; n += 1)
      fake.failures.push({ status: 500, body: '<Error><Code>InternalError</Code></Error>' });
    await expect(store.read('some')).rejects.toThrow();
    expect(fake.requests.length).toBe(3);
  });

  test('a part that does not get through takes the others with it', async () => {
    fake.failures.push({ status: 400, body: '<Error><Code>Odd</Code></Error>', when: /partNumber=2&/ });
    const putting = put(store, 'large', Buffer.alloc(9 * mib));
    await expect(putting).rejects.toMatchObject({ name: 'Odd' });
    expect([fake.uploads.size, fake.objects.size]).toEqual([0, 0]);
  });

  test('that goes silent in the middle of a blob is given up', async () => {
    const quick = open(fake, { stallTimeout: 50 });
    await put(quick, 'some', Buffer.alloc(mib));
    fake.stallReadsAfter = 10_000;
    await expect(buffer(await quick.read('some'))).rejects.toThrow('stopped sending');
    await expect.poll(() => fake.active).toBe(0);
    fake.stallReadsAfter = Infinity;
    expect(await buffer(await quick.read('some'))).toHaveLength(mib);
    await quick.close();
  });

  test.each<[string, Partial<S3BlobsOptions>]>([
    ['a wrong secret', { credentials: { accessKeyId: 'AKIDFORTESTSONLY', secretAccessKey: 'another' } }],
    ['a key that it does not know', { credentials: { accessKeyId: 'AKIDOTHER', secretAccessKey: 'another' } }],
    ['another region', { region: 'us-east-1' }],
    ['a bucket that is not there', { bucket: 'another' }],
  ])('refuses %s, and that is told', async (_name, options) => {
    const wrong = open(fake, options);
    await expect(put(wrong, 'some', Buffer.alloc(10))).rejects.toThrow();
    await expect(wrong.ping()).rejects.toThrow();
    const error = await wrong.read('some').catch((thrown) => thrown);
    expect(error).toMatchObject({ name: expect.not.stringMatching(/BlobNotFound/) });
    expect(fake.objects.size).toBe(0);
    await wrong.close();
  });

  test('takes a temporary key with its token, also signed into an address, and not without it', async () => {
    fake.sessionToken = 'token of an hour';
    const { accessKeyId, secretAccessKey, sessionToken } = fake;
    const store = open(fake, { credentials: { accessKeyId, secretAccessKey, sessionToken } });
    await put(store, 'some', Buffer.alloc(10));
    expect(await buffer(await store.read('some'))).toHaveLength(10);
    const facts = { size: 3, mimeType: 'text/plain' };
    const direct = await store.direct?.sign('direct', facts, new Date(Date.now() + 60_000));
    const sent = await fetch(direct?.url ?? '', { method: 'PUT', headers: direct?.headers ?? {}, body: 'abc' });
    expect(sent.status).toBe(200);
    await store.close();
    const without = open(fake);
    await expect(without.ping()).rejects.toThrow();
    await without.close();
  });

  test('a ping writes once, and again after trouble', async () => {
    const writes = () => fake.requests.filter((line) => line.startsWith('PUT')).length;
    await store.ping();
    await store.ping();
    expect(writes()).toBe(1);
    fake.failures.push({ status: 403, body: '' });
    await expect(store.ping()).rejects.toThrow();
    await store.ping();
    expect(writes()).toBe(2);
  });

  describe('an upload by the client itself', () => {
    const bytes = Buffer.from('the bytes of a file');
    const send = ({ method, url, headers }: DirectUpload, body: Buffer = bytes): Promise<Response> =>
      fetch(url, { method, headers, body: new Uint8Array(body) });
    const sign = (size = bytes.length, seconds = 600): Promise<DirectUpload> => {
      const expiresAt = new Date(Date.now() + seconds * 1_000);
      return store.direct?.sign('direct', { size, mimeType: 'image/png' }, expiresAt) ?? Promise.reject(new Error());
    };

    test('brings exactly what was signed, once', async () => {
      const signed = await sign();
      expect(new URL(signed.url).searchParams.get('X-Amz-SignedHeaders')?.split(';')).toEqual(
        expect.arrayContaining(['content-length', 'content-type', 'host', 'if-none-match']),
      );
      expect((await send(signed)).status).toBe(200);
      expect(await buffer(await store.read('direct'))).toEqual(bytes);
      expect(fake.objects.get('files of/parley+direct')?.contentType).toBe('image/png');
      expect((await send(signed, Buffer.from('THE BYTES OF A FILE'))).status).toBe(412);
      expect(await buffer(await store.read('direct'))).toEqual(bytes);
    });

    test.each<[string, (signed: DirectUpload) => Promise<Response>]>([
      [
        'more bytes',
        (signed) => send({ ...signed, headers: { ...signed.headers, 'content-length': '20' } }, Buffer.alloc(20)),
      ],
      [
        'fewer bytes',
        (signed) => send({ ...signed, headers: { ...signed.headers, 'content-length': '5' } }, Buffer.alloc(5)),
      ],
      ['another type', (signed) => send({ ...signed, headers: { ...signed.headers, 'content-type': 'text/html' } })],
      ['no type', (signed) => send({ ...signed, headers: { 'content-length': '19', 'if-none-match': '*' } })],
      [
        'a header that was not signed',
        (signed) => send({ ...signed, headers: { ...signed.headers, 'x-amz-acl': 'public-read' } }),
      ],
      [
        'leave to overwrite',
        (signed) => send({ ...signed, headers: { 'content-length': '19', 'content-type': 'image/png' } }),
      ],
      ['another key', (signed) => send({ ...signed, url: signed.url.replace('direct', 'other') })],
      ['a later end', (signed) => send({ ...signed, url: signed.url.replace(/Expires=\d+/, 'Expires=86400') })],
      ['another method', async ({ url }) => fetch(url)],
    ])('is refused with %s', async (_name, attempt) => {
      const response = await attempt(await sign());
      expect(response.status).toBe(403);
      expect(await response.text()).toMatch(/<Code>(SignatureDoesNotMatch|AccessDenied)<\/Code>/);
      expect(fake.objects.size).toBe(0);
    });

    test('is refused when its time is over', async () => {
      const signed = await sign();
      fake.clockOffset = 601_000;
      expect(await (await send(signed)).text()).toContain('Request has expired');
      fake.clockOffset = 590_000;
      expect((await send(signed)).status).toBe(200);
    });

    test('is not signed for longer than S3 allows, nor for the past', async () => {
      await expect(sign(19, 8 * 24 * 3_600)).rejects.toThrow(RangeError);
      await expect(sign(19, -1)).rejects.toThrow(RangeError);
    });
  });
});

/** The fake is believed above: here it has to refuse. */
describe('the S3 of these tests refuses', () => {
  let fake: FakeS3;
  let store: BlobStore;
  beforeEach(async () => {
    fake = await new FakeS3().start();
    store = open(fake, { prefix: '' });
  });
  afterEach(async () => {
    await store.close();
    await fake.stop();
  });
  const code = async (response: Response): Promise<string | undefined> =>
    /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1];

  test('who has not signed, and who has signed for another time', async () => {
    const url = `${fake.url}/${fake.bucket}/some`;
    expect(await code(await fetch(url))).toBe('AccessDenied');
    expect(await code(await fetch(url, { headers: { authorization: 'AWS4-HMAC-SHA256 x' } }))).toBe(
      'AuthorizationHeaderMalformed',
    );
    fake.clockOffset = 3_600_000;
    // The SDK learns the server's time from the answer's header Date, which is the true one here.
    await expect(store.delete('some')).rejects.toMatchObject({ name: 'RequestTimeTooSkewed' });
  });

  test('parts that are out of order, too small, or not those that came', async () => {
    const { S3Client, CreateMultipartUploadCommand, UploadPartCommand, CompleteMultipartUploadCommand } = await import(
      '@aws-sdk/client-s3'
    );
    const { accessKeyId, secretAccessKey, region, bucket: Bucket, url: endpoint } = fake;
    const client = new S3Client({
      region,
      endpoint,
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
    });
    const target = { Bucket, Key: 'some' };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
    const parts = await Promise.all(
      [1, 2].map(async (PartNumber) => {
        const Body = Buffer.alloc(1_000, PartNumber);
        const { ETag } = await client.send(new UploadPartCommand({ ...target, UploadId, PartNumber, Body }));
        return { PartNumber, ETag };
      }),
    );
    const complete = (Parts: typeof parts): Promise<unknown> =>
      client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
    await expect(complete(parts)).rejects.toMatchObject({ name: 'EntityTooSmall' });
    await expect(complete([...parts].reverse())).rejects.toMatchObject({ name: 'InvalidPartOrder' });
    await expect(complete([{ PartNumber: 1, ETag: '"0"' }])).rejects.toMatchObject({ name: 'InvalidPart' });
    await expect(complete([{ PartNumber: 7, ETag: parts[0]?.ETag }])).rejects.toMatchObject({ name: 'InvalidPart' });
    expect(fake.objects.size).toBe(0);
    client.destroy();
  });

  test('a body that is not the one that was signed', async () => {
    const { checkSignature } = await import('../../harness/aws-signature.ts');
    const { createServer } = await import('node:http');
    // Between client and store: one byte is changed on the way.
    const proxy = createServer(async (request, response) => {
      const body = await buffer(request);
      const headers = { ...request.headers };
      body[0] = (body[0] ?? 0) ^ 1;
      const signed = { method: 'PUT', target: request.url ?? '', headers, body };
      try {
        checkSignature(signed, fake, Date.now());
        response.writeHead(200, { etag: '"x"' }).end();
      } catch (error) {
        response.writeHead(400).end(`<Error><Code>${(error as { code: string }).code}</Code></Error>`);
      }
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as { port: number };
    const cheated = open(fake, { endpoint: `http://127.0.0.1:${port}` });
    writeFileSync(join(directory, 'body'), 'hello');
    await expect(
      cheated.put('some', join(directory, 'body'), { size: 5, mimeType: 'text/plain' }),
    ).rejects.toMatchObject({ name: 'XAmzContentSHA256Mismatch' });
    await cheated.close();
    await new Promise((resolve) => proxy.close(resolve));
  });
});
