import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Client } from '../../sdk/src/index.ts';
import { picture } from '../harness/media.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';
import { until } from '../harness/until.ts';
import { inSync, openClient, openProxy, pair, signedIn } from './clients.ts';

const mebibyte = 1024 * 1024;
const minute = 60_000;
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ PARLEY_MEDIA_MAX_BYTES: String(20 * mebibyte), PARLEY_MEDIA_AVATAR_MAX_BYTES: '100000' });
});
afterAll(() => app.close());
afterEach(() => void vi.useRealTimers());

const bytes = randomBytes(12 * mebibyte);
/** The same in pieces that are no pieces of the upload. */
const streamed = (): Readable => Readable.from(pieces(), { objectMode: false });
function* pieces(): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 700_001) yield bytes.subarray(at, at + 700_001);
}
const hashOf = (given: Uint8Array): string => createHash('sha256').update(given).digest('hex');
const contentOf = async (client: Client, mediaId: string): Promise<Uint8Array> =>
  new Uint8Array(await (await client.media.download(mediaId)).arrayBuffer());
const spooled = (): Promise<string[]> => readdir(`${app.config.dataDirectory}/uploads`);

test('an upload that is cut goes on where it was, through a proxy that serves the server below a path', async () => {
  const proxy = await openProxy(app);
  const ann = await signedIn(app, { url: `${proxy.url}/below` });
  const told: [number, number][] = [];
  let cuts = 0;
  const media = await ann.media.upload(
    { stream: streamed(), size: bytes.length },
    {
      fileName: 'Küste.bin',
      onProgress(...progress) {
        told.push(progress);
        if (cuts === 2 || progress[0] < (cuts + 1) * 5.5 * mebibyte) return;
        cuts += 1;
        proxy.cut();
      },
    },
  );
  expect(media).toMatchObject({ status: 'ready', fileName: 'Küste.bin', size: bytes.length, purpose: 'message' });
  expect(cuts).toBe(2);
  expect(proxy.requests.filter((request) => request === 'POST /v1/uploads')).toHaveLength(1);
  expect(told.at(-1)).toEqual([bytes.length, bytes.length]);
  expect(hashOf(await contentOf(ann, media.id))).toBe(hashOf(bytes));
});

test('an upload outlives the access token that it began with', async () => {
  const proxy = await openProxy(app);
  const ann = await signedIn(app, { url: proxy.url });
  let expired = false;
  const media = await ann.media.upload(new Blob([bytes]), {
    onProgress(sent) {
      if (expired || sent < 5 * mebibyte) return;
      expired = true;
      app.clock.advance(60 * minute);
    },
  });
  expect(hashOf(await contentOf(ann, media.id))).toBe(hashOf(bytes));
  expect(proxy.requests.filter((request) => request === 'POST /v1/uploads')).toHaveLength(1);
  expect(proxy.requests).toContain('POST /v1/sessions/refresh');
});

test('an upload can be given up, here and on the server', async () => {
  const ann = await signedIn(app);
  const before = await spooled();
  const stop = new AbortController();
  const told: number[] = [];
  const upload = ann.media.upload(bytes, {
    signal: stop.signal,
    onProgress(sent) {
      told.push(sent);
      if (sent >= 5 * mebibyte) stop.abort();
    },
  });
  await expect(upload).rejects.toMatchObject({ name: 'AbortError' });
  const last = told.length;
  await until('the server has forgotten it', async () => (await spooled()).length === before.length);
  expect(told).toHaveLength(last);
  expect(told.at(-1)).toBeLessThan(bytes.length);
  await expect(ann.media.upload(bytes, { signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' });
});

test('what the server refuses is told in its own words', async () => {
  const ann = await signedIn(app);
  const text = Buffer.from('This is no picture.');
  const refused = (upload: Promise<unknown>, code: string, details: object = {}) =>
    expect(upload).rejects.toMatchObject({ name: 'ParleyError', code, details });
  await refused(ann.media.upload(text, { purpose: 'avatar' }), 'media_refused', { reason: 'type_not_allowed' });
  await refused(ann.media.upload(bytes, { purpose: 'avatar' }), 'payload_too_large', { limit: 100_000 });
  await refused(ann.media.upload({ stream: streamed(), size: 21 * mebibyte }), 'payload_too_large');
  await refused(ann.media.upload(new Uint8Array()), 'media_refused', { reason: 'empty' });
  await refused(ann.media.upload({ stream: streamed(), size: bytes.length + 1 }), 'invalid_request');
  await refused((await openClient(app)).media.upload(text), 'signed_out');
  await refused(ann.media.get('no such file'), 'media_not_found');
  const closing = await signedIn(app);
  const cut = closing.media.upload(bytes, { onProgress: () => closing.close() });
  await refused(cut, 'closed');
});

test('a file is sent, seen by those in the conversation, and given up', async () => {
  const proxy = await openProxy(app);
  const { ann, bob, id } = await pair(app, { url: proxy.url });
  const view = await picture({ format: 'jpeg' });
  const { message, acked } = await ann.sendFile(id, new File([new Uint8Array(view)], 'view.jpg'), { text: 'The sea' });
  expect(message).toMatchObject({
    kind: 'image',
    content: { media: [{ fileName: 'view.jpg', width: 64, height: 48 }] },
  });
  const { content } = await acked;
  expect(content).toEqual(message.content);
  await inSync(ann, bob);
  expect(bob.messages(id)).toMatchObject([{ kind: 'image', text: 'The sea', content }]);
  const { mediaId = '', size = 0 } = content && 'media' in content ? (content.media[0] ?? {}) : {};

  const whole = await bob.media.download(mediaId, { conversationId: id });
  const shown = new Uint8Array(await whole.arrayBuffer());
  expect([whole.headers.get('content-type'), shown.length]).toEqual(['image/jpeg', size]);
  const part = await bob.media.download(mediaId, { conversationId: id, range: { first: 2, last: 11 } });
  expect(part.status).toBe(206);
  expect(new Uint8Array(await part.arrayBuffer())).toEqual(shown.slice(2, 12));
  const end = await bob.media.download(mediaId, { conversationId: id, range: { first: size - 3 } });
  expect(new Uint8Array(await end.arrayBuffer())).toEqual(shown.slice(-3));
  const beyond = bob.media.download(mediaId, { conversationId: id, range: { first: size } });
  await expect(beyond).rejects.toMatchObject({ code: 'invalid_request' });
  await expect(bob.media.download(mediaId)).rejects.toMatchObject({ code: 'media_not_found' });
  await expect(bob.media.link(mediaId)).rejects.toMatchObject({ code: 'media_not_found' });
  await expect(bob.media.delete(mediaId)).rejects.toMatchObject({ code: 'media_not_found' });

  await ann.media.delete(mediaId);
  await expect(ann.media.get(mediaId)).rejects.toMatchObject({ code: 'media_not_found' });
  expect((await bob.media.download(mediaId, { conversationId: id, rendition: 'thumbnail' })).status).toBe(200);

  const document = await ann.sendFile(id, Buffer.from('a,b\n1,2\n'), { fileName: 'table.csv' });
  expect(document.message.kind).toBe('document');
});

test('a photo is chosen by its upload, and has a whole address', async () => {
  const ann = await signedIn(app);
  const { id: photoMediaId } = await ann.media.upload(await picture(), { purpose: 'avatar' });
  const { photoUrl } = await ann.updateProfile({ photoMediaId });
  const answer = await fetch(ann.media.urlOf(photoUrl ?? ''));
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png']);
});

test('a link is asked for once until it ends soon, and many at once together', async () => {
  const proxy = await openProxy(app);
  const ann = await signedIn(app, { url: `${proxy.url}/below` });
  const { id } = await ann.media.upload(await picture());
  const asked = (): number => proxy.requests.filter((request) => request === 'POST /v1/media/links').length;
  const both = (): Promise<string[]> =>
    Promise.all([ann.media.link(id), ann.media.link(id, { rendition: 'thumbnail' }), ann.media.link(id)]);
  const first = await both();
  expect(first[0]).toMatch(new RegExp(`^${proxy.url}/below/v1/media/${id}/content\\?`));
  expect(first[2]).toBe(first[0]);
  for (const url of first) expect((await fetch(url)).status).toBe(200);
  expect(await both()).toEqual(first);
  expect(asked()).toBe(1);

  const [link] = await ann.media.links([{ mediaId: id }]);
  const end = Date.parse(link?.expiresAt ?? '');
  // The clocks of both: the server's is this one and what it was put forward by.
  const ahead = app.clock.now() - Date.now();
  vi.useFakeTimers({ toFake: ['Date'], now: end - 2 * minute });
  app.clock.advance(-ahead);
  await ann.media.get(id); // has another token by then, so that none is refused below
  const before = asked();
  expect(await both()).toEqual(first);
  expect(asked()).toBe(before);
  vi.setSystemTime(end - minute + 1);
  const second = await both();
  expect(asked()).toBe(before + 1);
  expect(second[0]).not.toBe(first[0]);
});
