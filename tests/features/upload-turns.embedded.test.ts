import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { type ClientRequest, request } from 'node:http';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { fetchAs, upload, uploaded } from '../harness/media.ts';
import { rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';
import { TusClient } from '../harness/tus.ts';

const mebibyte = 1024 * 1024;
let app: TestApp;
let ann: TestPerson;
beforeAll(async () => {
  app = await startTestApp();
  ann = await signIn(app);
});
afterAll(() => app.close());

const spooled = async (): Promise<string[]> => readdir(`${app.config.dataDirectory}/uploads`);

/** Sends the beginning of a multipart body, and then nothing more. */
function beginMultipart(bytes: Buffer): ClientRequest {
  const boundary = 'a-boundary';
  const call = request(`${app.url}/v1/media`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ann.token}`, 'content-type': `multipart/form-data; boundary=${boundary}` },
  });
  call.on('error', () => {}); // it is cut
  call.write(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="half.bin"\r\n\r\n`);
  call.write(bytes);
  return call;
}

test('uploads that stop in the middle hold nobody up, and leave nothing when they are cut', async () => {
  const half = randomBytes(mebibyte);
  const stopped = Array.from({ length: 8 }, () => beginMultipart(half));
  const client = new TusClient(app.url, ann);
  const paths = await Promise.all(Array.from({ length: 8 }, () => client.create(4 * mebibyte)));
  const cut = paths.map((path) => client.send(path, 0, 4 * mebibyte, (_start, size) => randomBytes(size), mebibyte));
  // As many as have stopped are on the disk by half, and others pass them.
  await vi.waitUntil(async () => (await spooled()).length >= stopped.length + paths.length, { timeout: 20_000 });
  await uploaded(app, ann, randomBytes(2 * mebibyte));

  for (const call of stopped) call.destroy();
  expect(await Promise.all(cut)).toEqual(paths.map(() => null));
  const bytes = randomBytes(3 * mebibyte);
  const file = await uploaded(app, ann, bytes);
  const content = await fetchAs(app, ann, `/v1/media/${file.id}/content`);
  expect(Buffer.from(await content.arrayBuffer()).equals(bytes)).toBe(true);
  // Of those that can go on the bytes are kept, of the others nothing.
  const resumable = paths.map((path) => path.split('/').at(-1)).sort();
  await vi.waitUntil(async () => (await spooled()).length === paths.length, { timeout: 20_000 });
  expect((await spooled()).sort()).toEqual(resumable);
  for (const path of paths) {
    const offset = await client.offset(path);
    expect((await client.append(path, offset, randomBytes(4 * mebibyte - offset))).status).toBe(204);
  }
});

test('a small file does not wait for large ones that came before it, nor do messages', async () => {
  const bob = await signIn(app);
  const conversation = await startDirect(app, ann, bob);
  const over: string[] = [];
  const large = Array.from({ length: 10 }, () =>
    upload(app, ann, randomBytes(8 * mebibyte)).then(({ status }) => {
      expect(status).toBe(201);
      over.push('large');
    }),
  );
  await vi.waitUntil(async () => (await spooled()).length >= large.length, { timeout: 20_000 });
  await uploaded(app, bob, randomBytes(100_000));
  over.push('small');
  const sent = await rest(app, 'POST', `/conversations/${conversation}/messages`, {
    token: ann.token,
    body: { text: 'Are they there?' },
  });
  expect(sent.status).toBe(201);
  over.push('message');
  await Promise.all(large);
  expect(over.slice(0, 2)).toEqual(['small', 'message']);
  expect(over).toHaveLength(large.length + 2);
});
