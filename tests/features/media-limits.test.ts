import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError, loadConfig } from '../../src/config/index.ts';
import { picture, upload, uploaded } from '../harness/media.ts';
import { rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { inMinutes, schedule } from '../harness/scheduling.ts';
import { newPicture } from '../harness/shown-files.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';
import { TusClient } from '../harness/tus.ts';

const kilobyte = 1024;

let app: TestApp;
let ann: TestPerson;
let direct: string;
beforeAll(async () => {
  app = await startTestApp({
    PARLEY_MEDIA_MAX_BYTES: String(20 * kilobyte),
    PARLEY_MEDIA_TYPES: 'image/png,text/plain',
    PARLEY_MEDIA_AVATAR_MAX_BYTES: String(30 * kilobyte),
    PARLEY_MEDIA_AVATAR_TYPES: 'image/webp',
    PARLEY_MEDIA_STORY_MAX_BYTES: String(40 * kilobyte),
    PARLEY_MEDIA_STORY_TYPES: 'image/*',
    PARLEY_MEDIA_PER_MESSAGE: '2',
  });
  ann = await signIn(app);
  direct = await startDirect(app, ann, await signIn(app));
});
afterAll(() => app.close());

test.each([
  ['message', 20, 'png', 'jpeg'],
  ['avatar', 30, 'webp', 'png'],
  ['story', 40, 'gif', null],
] as const)('a file for a %s has its own size and types', async (purpose, kilobytes, taken, refused) => {
  const limit = kilobytes * kilobyte;
  const large = await upload(app, ann, Buffer.alloc(limit + 1), { purpose });
  expect(large.body.error).toMatchObject({ code: 'payload_too_large', details: { limit } });
  expect(await uploaded(app, ann, await picture({ format: taken }), { purpose })).toMatchObject({
    status: 'ready',
    mimeType: `image/${taken}`,
  });
  for (const bytes of [Buffer.from('%PDF-1.7 and more'), ...(refused ? [await picture({ format: refused })] : [])]) {
    const answer = await upload(app, ann, bytes, { purpose });
    expect(answer.body.error).toMatchObject({ code: 'media_refused', details: { reason: 'type_not_allowed' } });
  }
});

test('a resumable upload has the limit of its purpose, also where that is the largest', async () => {
  const client = new TusClient(app.url, ann);
  const begin = (purpose: string, size: number) =>
    client.call('POST', '/v1/uploads', {
      'Upload-Length': String(size),
      'Upload-Metadata': `purpose ${btoa(purpose)}`,
    });
  expect((await begin('story', 40 * kilobyte)).status).toBe(201);
  expect((await begin('story', 40 * kilobyte + 1)).status).toBe(413);
  expect((await begin('message', 20 * kilobyte)).status).toBe(201);
  expect((await begin('message', 20 * kilobyte + 1)).status).toBe(413);
});

describe('a message has as many files as are allowed', () => {
  const images = async (count: number) => {
    const files = await Promise.all(Array.from({ length: count }, async () => uploaded(app, ann, await newPicture())));
    return { kind: 'image', content: { media: files.map(({ id }) => ({ mediaId: id })) } };
  };
  const send = (body: object) => rest(app, 'POST', `/conversations/${direct}/messages`, { token: ann.token, body });
  const tooMany = { code: 'invalid_request', details: { path: '/content/media', limit: 2 } };

  test('now', async () => {
    expect((await send(await images(2))).status).toBe(201);
    expect((await send(await images(3))).body.error).toMatchObject(tooMany);
    const elsewhere = { kind: 'image', content: { media: Array(3).fill({ url: 'https://example.org/a.png' }) } };
    expect((await send(elsewhere)).body.error).toMatchObject(tooMany);
  });

  test('later', async () => {
    const at = inMinutes(app, 5);
    expect((await schedule(app, ann, direct, { ...(await images(3)), sendAt: at })).body.error).toMatchObject(tooMany);
  });
});

test.each([
  ['PARLEY_MEDIA_PER_MESSAGE', '0'],
  ['PARLEY_MEDIA_PER_MESSAGE', '101'],
  ['PARLEY_MEDIA_AVATAR_TYPES', 'image/svg+xml'],
  ['PARLEY_MEDIA_AVATAR_TYPES', 'video/mp4'],
  ['PARLEY_MEDIA_STORY_TYPES', 'application/pdf'],
  ['PARLEY_MEDIA_TYPES', 'pictures'],
])('%s cannot be %s', (name, value) => {
  expect(() => loadConfig({ [name]: value })).toThrow(ConfigError);
  expect(() => loadConfig({ [name]: value })).toThrow(name);
});
