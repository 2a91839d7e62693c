import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CloudinaryBlobsOptions, createCloudinaryBlobs } from '../../../src/adapters/blobs/cloudinary.ts';
import type { BlobStore } from '../../../src/engine/ports/blobs.ts';
import { FakeCloudinary } from '../../harness/fake-cloudinary.ts';
import { blobContract, type Subject } from './contract.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'parley-cloudinary-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const open = (fake: FakeCloudinary, more: Partial<CloudinaryBlobsOptions> = {}): BlobStore => {
  const { cloudName, apiKey, apiSecret, url } = fake;
  return createCloudinaryBlobs({ cloudName, apiKey, apiSecret, api: url, delivery: url, retryAfter: 5, ...more });
};

async function subject(): Promise<Subject> {
  const fake = await new FakeCloudinary().start();
  return {
    store: open(fake),
    open: () => fake.active,
    held: () => fake.files.size + fake.chunks.size,
    vanish: () => fake.stop(),
    cutPuts: () => {
      fake.cutUploadsAfter = 50_000;
    },
    remove: () => fake.stop().catch(() => {}),
  };
}

describe('blobs at Cloudinary', () => blobContract(subject, () => directory));

const mib = 1024 * 1024;

describe('Cloudinary', () => {
  let fake: FakeCloudinary;
  let store: BlobStore;
  beforeEach(async () => {
    fake = await new FakeCloudinary().start();
    store = open(fake);
  });
  afterEach(async () => {
    await store.close();
    await fake.stop().catch(() => {});
  });
  const put = (target: BlobStore, key: string, bytes: Buffer): Promise<void> => {
    const path = join(directory, key);
    writeFileSync(path, bytes);
    return target.put(key, path, { size: bytes.length, mimeType: 'image/png' });
  };

  test('gets large files in chunks, small ones in one request', async () => {
    await put(store, 'small', Buffer.alloc(1_000));
    expect(fake.requests).toEqual(['POST /v1_1/parley-tests/raw/upload']);
    await put(store, 'large', Buffer.alloc(9 * mib));
    expect(fake.requests).toHaveLength(1 + 2);
    expect(fake.files.get('large')).toHaveLength(9 * mib);
  });

  test('gives files out under addresses that nobody guesses', async () => {
    await put(store, 'some', Buffer.alloc(10));
    await buffer(await store.read('some'));
    expect(fake.requests.at(-1)).toMatch(/^GET \/parley-tests\/raw\/authenticated\/s--[\w-]{32}--\/some$/);
  });

  test('may answer a range with the whole: the part is cut out, and the rest is not waited for', async () => {
    const bytes = randomBytes(8 * mib);
    await put(store, 'some', bytes);
    fake.ignoreRanges = true;
    for (const [first, last] of [
      [0, 0],
      [65_000, 5 * mib],
      [8 * mib - 1, 8 * mib - 1],
      [0, 8 * mib - 1],
    ] as const) {
      const part = await buffer(await store.read('some', { first, last }));
      expect(part.equals(bytes.subarray(first, last + 1)), `${first}-${last}`).toBe(true);
    }
    await expect.poll(() => fake.active).toBe(0);
    const left = await store.read('some', { first: mib, last: 7 * mib });
    await once(left, 'readable');
    left.destroy();
    await expect.poll(() => fake.active).toBe(0);
    fake.stallReadsAfter = 10_000;
    const ended = expect(buffer(await store.read('some', { first: 5_000, last: 20_000 }))).rejects.toThrow();
    await fake.stop();
    await ended;
  });

  test('is asked again when it fails for a moment, also in the middle of an upload', async () => {
    fake.failures.push({ status: 503, body: 'not even JSON' });
    await put(store, 'small', Buffer.alloc(1_000));
    fake.failures.push({ status: 500, body: '{}', skip: 1 });
    await put(store, 'large', Buffer.alloc(9 * mib));
    expect(fake.failures).toEqual([]);
    expect(await store.size('large')).toBe(9 * mib);
    fake.failures.push({ status: 502, body: '' }, { status: 420, body: '' });
    expect(await buffer(await store.read('small'))).toHaveLength(1_000);
  });

  test('is not asked for ever, nor when it has refused', async () => {
    fake.failures.push(...Array.from({ length: 5 }, () => ({ status: 500, body: '{}' })));
    await expect(store.delete('some')).rejects.toThrow('Cloudinary answered 500');
    expect(fake.requests).toHaveLength(3);
    fake.failures.length = 0;
    fake.failures.push({ status: 400, body: '{"error":{"message":"Odd"}}' });
    await expect(store.delete('some')).rejects.toThrow('Cloudinary answered 400: Odd');
    expect(fake.requests).toHaveLength(4);
  });

  test.each<[string, Partial<CloudinaryBlobsOptions>]>([
    ['a wrong secret', { apiSecret: 'another' }],
    ['a key that it does not know', { apiKey: '1' }],
    ['a cloud that is not there', { cloudName: 'another' }],
  ])('refuses %s, and that is told', async (_name, options) => {
    const wrong = open(fake, options);
    await put(store, 'some', Buffer.alloc(10));
    await expect(put(wrong, 'other', Buffer.alloc(10))).rejects.toThrow('Cloudinary answered 401');
    await expect(wrong.ping()).rejects.toThrow('Cloudinary answered 401');
    await expect(wrong.delete('some')).rejects.toThrow('Cloudinary answered 401');
    expect([...fake.files.keys()]).toEqual(['some']);
    await wrong.close();
  });

  test('a secret that was changed makes files unreadable, not missing', async () => {
    await put(store, 'some', Buffer.alloc(10));
    const wrong = open(fake, { apiSecret: 'another' });
    await expect(wrong.read('some')).rejects.toThrow('Cloudinary answered 401');
    await expect(wrong.size('some')).rejects.toThrow('Cloudinary answered 401');
    await wrong.close();
  });

  test('the end of the store ends what is being read', async () => {
    await put(store, 'some', Buffer.alloc(mib));
    fake.stallReadsAfter = 10_000;
    const reading = buffer(await store.read('some'));
    const ended = expect(reading).rejects.toThrow();
    await store.close();
    await ended;
    await expect.poll(() => fake.active).toBe(0);
  });
});

/** The fake is believed above: here it has to refuse. */
describe('the Cloudinary of these tests refuses', () => {
  let fake: FakeCloudinary;
  beforeEach(async () => {
    fake = await new FakeCloudinary().start();
  });
  afterEach(() => fake.stop());

  const now = (): number => Math.floor(Date.now() / 1_000);
  const sign = (fields: Record<string, string | number>): string => {
    const text = Object.keys(fields)
      .sort()
      .map((name) => `${name}=${fields[name]}`)
      .join('&');
    return createHash('sha256')
      .update(text + fake.apiSecret)
      .digest('hex');
  };
  async function send(
    action: string,
    fields: Record<string, string | number>,
    more: Record<string, string> = {},
    file?: { bytes: Buffer; headers: Record<string, string> },
  ): Promise<[number, string]> {
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...fields, api_key: fake.apiKey, signature: sign(fields), ...more })) {
      form.set(name, String(value));
    }
    if (file) form.set('file', new Blob([new Uint8Array(file.bytes)]), 'file');
    const url = `${fake.url}/v1_1/${fake.cloudName}/raw/${action}`;
    const response = await fetch(url, { method: 'POST', body: form, headers: file?.headers ?? {} });
    return [response.status, await response.text()];
  }
  const some = () => ({ public_id: 'some', type: 'authenticated', timestamp: now() });

  test('signatures that are wrong, of something else, or old', async () => {
    fake.files.set('some', Buffer.alloc(10));
    expect(await send('destroy', some(), { signature: 'f'.repeat(40) })).toEqual([
      401,
      expect.stringContaining('Invalid Signature'),
    ]);
    expect((await send('destroy', some(), { public_id: 'other' }))[0]).toBe(401);
    expect((await send('destroy', some(), { invalidate: 'true' }))[0]).toBe(401);
    const old = { ...some(), timestamp: now() - 3_700 };
    expect(await send('destroy', old)).toEqual([400, expect.stringContaining('Stale request')]);
    expect(fake.files.size).toBe(1);
    expect(await send('destroy', some())).toEqual([200, '{"result":"ok"}']);
    expect(await send('destroy', some())).toEqual([200, '{"result":"not found"}']);
  });

  test('chunks that are too small, or not in a row', async () => {
    const chunk = (first: number, size: number, total: number) =>
      send(
        'upload',
        some(),
        {},
        {
          bytes: Buffer.alloc(size),
          headers: { 'x-unique-upload-id': 'one', 'content-range': `bytes ${first}-${first + size - 1}/${total}` },
        },
      );
    expect(await chunk(0, 1_000, 2_000)).toEqual([400, expect.stringContaining('larger than 5mb')]);
    expect((await chunk(0, 5 * mib, 6 * mib))[1]).toContain('"done":false');
    expect((await chunk(4 * mib, mib, 6 * mib))[0]).toBe(400);
    expect(fake.files.size).toBe(0);
    expect((await chunk(5 * mib, mib, 6 * mib))[1]).toContain(`"bytes":${6 * mib}`);
  });

  test('addresses without a signature, or with that of another file', async () => {
    for (const name of ['some', 'other']) fake.files.set(name, Buffer.alloc(10));
    const signature = createHash('sha1').update(`some${fake.apiSecret}`).digest('base64url').slice(0, 8);
    const at = (path: string) => fetch(`${fake.url}/${fake.cloudName}/raw/authenticated/${path}`).then((r) => r.status);
    expect(await at('some')).toBe(401);
    expect(await at(`s--${signature}--/other`)).toBe(401);
    expect(await at(`s--${signature}--/some`)).toBe(200);
  });
});
