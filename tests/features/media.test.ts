import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeOf, fetchAs, picture, upload, uploaded } from '../harness/media.ts';
import { rest, signIn } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ PARLEY_MEDIA_MAX_BYTES: '1000000', PARLEY_MEDIA_AVATAR_MAX_BYTES: '20000' });
});
afterAll(() => app.close());

test('a picture is looked into, kept, and served to its uploader alone', async () => {
  const [ann, bob] = [await signIn(app), await signIn(app)];
  const bytes = await picture({ width: 640, height: 480 });
  const { status, body: file } = await upload(app, ann, bytes, { fileName: 'Été 1.png', type: 'text/html' });
  expect(status).toBe(201);
  expect(file).toMatchObject({
    status: 'ready',
    purpose: 'message',
    fileName: 'Été 1.png',
    mimeType: 'image/png',
    size: bytes.length,
    width: 640,
    height: 480,
    blurhash: expect.any(String),
    thumbnail: { width: 480, height: 360 },
  });
  expect((await rest(app, 'GET', `/media/${file.id}`, { token: ann.token })).body).toEqual(file);

  const path = `/v1/media/${file.id}/content`;
  const answer = await fetchAs(app, ann, path);
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'image/png',
    'content-length': String(bytes.length),
    'content-disposition': expect.stringMatching(
      /^inline; filename="?.t. 1.png"?; filename\*=UTF-8''%C3%89t%C3%A9%201.png$/,
    ),
    'x-content-type-options': 'nosniff',
    'accept-ranges': 'bytes',
    'cache-control': expect.stringContaining('private'),
    'content-security-policy': expect.stringContaining('sandbox'),
    etag: expect.stringMatching(/^".+"$/),
  });
  const small = await fetchAs(app, ann, `/v1/media/${file.id}/thumbnail`);
  expect(small.status).toBe(200);
  expect(small.headers.get('content-type')).toMatch(/^image\//);

  for (const [person, wanted] of [
    [bob, 404],
    [null, 401],
  ] as const) {
    expect((await fetchAs(app, person, path)).status).toBe(wanted);
    expect((await fetchAs(app, person, `/v1/media/${file.id}`)).status).toBe(wanted);
  }
});

test('parts, caches and HEAD are served', async () => {
  const ann = await signIn(app);
  const bytes = Buffer.from(Array.from({ length: 1_000 }, (_, i) => i % 251));
  const file = await uploaded(app, ann, bytes);
  const get = (headers: Record<string, string>, method = 'GET') =>
    fetchAs(app, ann, `/v1/media/${file.id}/content`, { headers, method });
  const part = async (range: string) => {
    const answer = await get({ range });
    return [answer.status, answer.headers.get('content-range'), Buffer.from(await answer.arrayBuffer())];
  };
  expect(await part('bytes=0-0')).toEqual([206, 'bytes 0-0/1000', bytes.subarray(0, 1)]);
  expect(await part('bytes=10-19')).toEqual([206, 'bytes 10-19/1000', bytes.subarray(10, 20)]);
  expect(await part('bytes=990-')).toEqual([206, 'bytes 990-999/1000', bytes.subarray(990)]);
  expect(await part('bytes=-5')).toEqual([206, 'bytes 995-999/1000', bytes.subarray(995)]);
  expect(await part('bytes=0-99999')).toEqual([206, 'bytes 0-999/1000', bytes]);
  expect(await part('bytes=1000-')).toEqual([416, 'bytes */1000', Buffer.alloc(0)]);
  for (const whole of ['lines=1-2', 'bytes=0-1,5-6', 'nonsense']) {
    expect(await part(whole)).toEqual([200, null, bytes]);
  }
  const etag = (await get({})).headers.get('etag') ?? '';
  expect((await get({ 'if-none-match': etag })).status).toBe(304);
  expect((await get({ 'if-none-match': `"other", W/${etag}` })).status).toBe(304);
  expect((await get({ range: 'bytes=1-2', 'if-range': etag })).status).toBe(206);
  expect((await get({ range: 'bytes=1-2', 'if-range': '"other"' })).status).toBe(200);
  const head = await get({}, 'HEAD');
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '1000', '']);
});

test('a link needs no header, says for how long, and cannot be changed', async () => {
  const [ann, bob] = [await signIn(app), await signIn(app)];
  const file = await uploaded(app, ann, await picture({ colour: '#ff0000' }));
  const ask = (token: string) =>
    rest(app, 'POST', '/media/links', {
      token,
      body: { files: [{ mediaId: file.id }, { mediaId: file.id, rendition: 'thumbnail' }, { mediaId: ann.id }] },
    });
  const { links } = (await ask(ann.token)).body;
  expect(links).toEqual([
    { url: expect.stringContaining(`/v1/media/${file.id}/content?`), expiresAt: expect.any(String) },
    { url: expect.stringContaining('/thumbnail?'), expiresAt: expect.any(String) },
    null,
  ]);
  const until = Date.parse(links[0].expiresAt) - app.clock.now();
  expect(until).toBeGreaterThan(3_600_000 - 1_000);
  expect(until).toBeLessThanOrEqual(2 * 3_600_000);
  expect((await ask(ann.token)).body.links[0]).toEqual(links[0]);
  expect((await ask(bob.token)).body.links).toEqual([null, null, null]);

  const { url } = links[0];
  expect((await fetchAs(app, null, url)).status).toBe(200);
  const changes = [
    (link: URL) => link.searchParams.set('as', bob.id),
    (link: URL) => link.searchParams.set('expires', '9999999999'),
    (link: URL) => link.searchParams.set('signature', 'x'),
    (link: URL) => link.searchParams.set('conversationId', ann.id),
    (link: URL) => {
      link.pathname = link.pathname.replace('content', 'thumbnail');
    },
  ];
  for (const change of changes) {
    const link = new URL(url, app.url);
    change(link);
    expect((await fetch(link)).status).toBe(404);
  }
  app.clock.advance(until + 1_000);
  const expired = await fetchAs(app, null, url);
  expect([expired.status, await codeOf(expired)]).toEqual([410, 'link_expired']);
});

test('what is too large, empty, or no multipart body is refused, and leaves nothing', async () => {
  const ann = await signIn(app);
  const refusal = async (answer: ReturnType<typeof upload>) => {
    const { status, body } = await answer;
    return [status, body.error?.code, body.error?.details];
  };
  expect(await refusal(upload(app, ann, Buffer.alloc(1_000_001)))).toEqual([
    413,
    'payload_too_large',
    { limit: 1_000_000 },
  ]);
  expect(await refusal(upload(app, ann, Buffer.alloc(3_000_000)))).toEqual([
    413,
    'payload_too_large',
    { limit: 1_000_000 },
  ]);
  const large = await picture({ width: 2_000, height: 2_000, format: 'png' });
  expect(await refusal(upload(app, ann, Buffer.concat([large, Buffer.alloc(30_000)]), { purpose: 'avatar' }))).toEqual([
    413,
    'payload_too_large',
    { limit: 20_000 },
  ]);
  expect(await refusal(upload(app, ann, Buffer.alloc(0)))).toEqual([422, 'media_refused', { reason: 'empty' }]);
  expect(await refusal(upload(app, ann, Buffer.from('a text'), { purpose: 'avatar' }))).toEqual([
    422,
    'media_refused',
    { reason: 'type_not_allowed' },
  ]);
  const post = async (body: string, type: string) => {
    const headers = { authorization: `Bearer ${ann.token}`, 'content-type': type };
    const answer = await fetch(`${app.url}/v1/media`, { method: 'POST', headers, body });
    return [answer.status, await codeOf(answer)];
  };
  expect(await post('{}', 'application/json')).toEqual([400, 'invalid_request']);
  expect(await post('', 'multipart/form-data; boundary=x')).toEqual([400, 'invalid_request']);
  expect(await post('--x\r\n\r\nhello', 'multipart/form-data; boundary=x')).toEqual([400, 'invalid_request']);
  expect(await post('nothing', 'multipart/form-data')).toEqual([400, 'invalid_request']);
  const cut = '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf';
  expect(await post(cut, 'multipart/form-data; boundary=x')).toEqual([400, 'invalid_request']);
  const noAnswer = await upload(app, { ...ann, token: 'x' }, Buffer.from('a'));
  expect(noAnswer.status).toBe(401);
  expect(await spooled()).toEqual([]);
});

/** Names of files that the spool holds. */
async function spooled(): Promise<string[]> {
  const { readdir } = await import('node:fs/promises');
  return readdir(`${app.config.dataDirectory}/uploads`);
}
