import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { Upload } from 'tus-js-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fetchAs, upload } from '../harness/media.ts';
import { rest, signIn, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';
import { TusClient } from '../harness/tus.ts';

const mebibyte = 1024 * 1024;
let app: TestApp;
let ann: TestPerson;
beforeAll(async () => {
  app = await startTestApp({ PARLEY_MEDIA_MAX_BYTES: String(40 * mebibyte) });
  ann = await signIn(app);
});
afterAll(() => app.close());

/** Bytes that are different everywhere, and of no known type. */
const piece = (start: number, size: number): Buffer => {
  const bytes = Buffer.alloc(size);
  for (let i = 0; i < size; i += 1) bytes[i] = ((start + i) * 31 + ((start + i) >> 8) * 17 + ((start + i) >> 16)) & 255;
  return bytes;
};
const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const mediaOf = async (path: string, person = ann) =>
  (await rest(app, 'GET', `/media/${path.split('/').at(-1)}`, { token: person.token })).body;
const contentOf = async (path: string): Promise<Buffer> => {
  const answer = await fetchAs(app, ann, `/v1/media/${path.split('/').at(-1)}/content`);
  return Buffer.from(await answer.arrayBuffer());
};
const errorOf = (text: string): string => JSON.parse(text).error.code;
const spooled = async (): Promise<string[]> => readdir(`${app.config.dataDirectory}/uploads`);

test('an upload that is cut again and again, also by a restart, arrives whole', async () => {
  const client = () => new TusClient(app.url, ann);
  const size = 20 * mebibyte;
  const path = await client().create(size, { filename: '../../Urlaub.mov', filetype: 'text/html' });
  expect(path).toMatch(/^\/v1\/uploads\/[0-9a-f-]{36}$/);
  expect(await mediaOf(path)).toMatchObject({ status: 'uploading', fileName: 'Urlaub.mov', size });
  expect((await fetchAs(app, ann, `/v1/media/${path.split('/').at(-1)}/content`)).status).toBe(404);

  let offset = 0;
  for (let cut = 0; cut < 6; cut += 1) {
    expect(await client().send(path, offset, size - offset, piece, 3 * mebibyte)).toBeNull();
    if (cut === 2) await app.restart();
    const now = await client().offset(path);
    expect(now).toBeGreaterThanOrEqual(offset);
    expect(now).toBeLessThan(size);
    offset = now;
  }
  expect(await client().finish(path, size, piece)).toBe(204);
  expect(await mediaOf(path)).toMatchObject({ status: 'ready', size, mimeType: 'application/octet-stream' });
  const content = await contentOf(path);
  expect(content.length).toBe(size);
  expect(hashOf(content)).toBe(hashOf(piece(0, size)));
  // A client that has lost the last answer asks, and hears that it is done.
  expect(await client().offset(path)).toBe(size);
  expect(await spooled()).toEqual([]);
});

test('an upload that is cut while its pieces wait for their turn arrives whole', async () => {
  const client = new TusClient(app.url, ann);
  const size = 12 * mebibyte;
  const path = await client.create(size);
  let done = false;
  const others = Array.from({ length: 4 }, async () => {
    while (!done) await upload(app, ann, Buffer.alloc(mebibyte, 1));
  });
  try {
    for (let cut = 1, offset = 0; cut <= 12; cut += 1) {
      await rest(app, 'GET', '/me', { token: ann.token }); // now uploads leave time to others
      expect([null, 409]).toContain(await client.send(path, offset, size - offset, piece, 700_000));
      offset = await client.offset(path);
    }
    expect(await client.finish(path, size, piece)).toBe(204);
  } finally {
    done = true;
    await Promise.all(others);
  }
  expect(hashOf(await contentOf(path))).toBe(hashOf(piece(0, size)));
});

test('the client library that browsers use works unchanged', async () => {
  const bytes = piece(7, 3 * mebibyte);
  const sent = await new Promise<Upload>((resolve, reject) => {
    const begun = new Upload(bytes, {
      endpoint: `${app.url}/v1/uploads`,
      headers: { authorization: `Bearer ${ann.token}` },
      chunkSize: mebibyte,
      metadata: { filename: 'voice.bin', purpose: 'message' },
      onSuccess: () => resolve(begun),
      onError: reject,
    });
    begun.start();
  });
  const path = new URL(sent.url ?? '').pathname;
  expect(await mediaOf(path)).toMatchObject({ status: 'ready', fileName: 'voice.bin', size: bytes.length });
  expect(hashOf(await contentOf(path))).toBe(hashOf(bytes));
});

test('what does not fit the protocol is refused, and others see nothing of it', async () => {
  const bob = await signIn(app);
  const [mine, his] = [new TusClient(app.url, ann), new TusClient(app.url, bob)];
  const path = await mine.create(1_000);
  for (const method of ['HEAD', 'DELETE']) expect((await his.call(method, path)).status).toBe(404);
  expect(errorOf((await his.append(path, 0, Buffer.from('x'))).text)).toBe('media_not_found');
  const nobody = new TusClient(app.url, { token: 'x' });
  expect((await nobody.call('POST', '/v1/uploads', { 'Upload-Length': '5' })).status).toBe(401);

  expect((await mine.append(path, 5, Buffer.from('x'))).status).toBe(409);
  expect((await mine.append(path, 0, Buffer.alloc(1_001))).status).toBe(413);
  expect((await mine.call('POST', '/v1/uploads', { 'Upload-Length': String(50 * mebibyte) })).status).toBe(413);
  for (const length of ['-1', 'x', '1e3', '']) {
    expect((await mine.call('POST', '/v1/uploads', { 'Upload-Length': length })).status).toBe(400);
  }
  expect((await mine.call('POST', '/v1/uploads', { 'Upload-Defer-Length': '1' })).status).toBe(501);
  const avatar = { 'Upload-Length': String(20 * mebibyte), 'Upload-Metadata': `purpose ${btoa('avatar')}` };
  const refused = await mine.call('POST', '/v1/uploads', avatar);
  expect([refused.status, errorOf(refused.text)]).toEqual([413, 'payload_too_large']);
  const odd = await mine.call('POST', '/v1/uploads', {
    'Upload-Length': '5',
    'Upload-Metadata': `purpose ${btoa('virus')}`,
  });
  expect([odd.status, errorOf(odd.text)]).toEqual([400, 'invalid_request']);

  const info = await fetch(`${app.url}/v1/uploads`, { method: 'OPTIONS' });
  expect([info.status, info.headers.get('tus-version'), info.headers.get('tus-extension')]).toEqual([
    204,
    '1.0.0',
    'creation,creation-with-upload,termination',
  ]);
  expect((await mine.call('DELETE', path)).status).toBe(204);
  expect((await mine.call('HEAD', path)).status).not.toBe(200);
  expect(await spooled()).toEqual([]);
});

test('a file that is refused says so, and nothing of it stays', async () => {
  const client = new TusClient(app.url, ann);
  const text = Buffer.from('This is no picture.');
  const path = await client.create(text.length, { filename: 'me.jpg', purpose: 'avatar' });
  const answer = await client.append(path, 0, text);
  expect([answer.status, errorOf(answer.text)]).toEqual([422, 'media_refused']);
  expect(await mediaOf(path)).toMatchObject({ status: 'refused', refusal: 'type_not_allowed' });
  expect(await spooled()).toEqual([]);
});

test('an upload that nobody finishes is removed after a day', async () => {
  const client = new TusClient(app.url, ann);
  const path = await client.create(100);
  await client.append(path, 0, Buffer.alloc(50));
  await app.app.media.collect();
  expect(await client.offset(path)).toBe(50);
  app.clock.advance(25 * 3_600_000);
  await app.app.media.collect();
  expect((await rest(app, 'GET', `/media/${path.split('/').at(-1)}`, { token: await fresh() })).status).toBe(404);
  expect(await spooled()).toEqual([]);
});

/** An access token of now. */
async function fresh(): Promise<string> {
  const answer = await rest(app, 'POST', '/sessions/refresh', { body: { refreshToken: ann.refreshToken } });
  return answer.body.accessToken;
}
