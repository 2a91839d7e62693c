import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fetchAs, picture } from '../harness/media.ts';
import { connect, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { openSite, type Site, watchConnections } from '../harness/site.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let site: Site;
let app: TestApp;
let ann: TestPerson;
let bob: TestPerson;
/** What the site has at a path, and how often it was asked for. */
const pages = new Map<string, { status?: number; type?: string; location?: string; body?: string | Uint8Array }>();
const asked = new Map<string, number>();
/** Answers wait for it. */
let gate: Promise<void> = Promise.resolve();

beforeAll(async () => {
  site = await openSite(async (request, response) => {
    const path = request.url ?? '/';
    asked.set(path, (asked.get(path) ?? 0) + 1);
    await gate;
    const { status = 200, type = 'text/html', location, body = '' } = pages.get(path) ?? { status: 404 };
    response.writeHead(status, { 'content-type': type, ...(location !== undefined && { location }) }).end(body);
  });
  app = await startTestApp({
    PARLEY_LINK_PREVIEWS: 'true',
    PARLEY_LINK_PREVIEW_NETWORKS: `127.0.0.1/32:${site.port}`,
  });
  [ann, bob] = [await signIn(app), await signIn(app)];
});
afterAll(async () => {
  await app.close();
  await site.close();
});

let lastPath = 0;
/** Puts a page at a new address. */
function put(page: Parameters<typeof pages.set>[1]): string {
  lastPath += 1;
  pages.set(`/${lastPath}`, page);
  return `${site.url}/${lastPath}`;
}
const countOf = (url: string): number => asked.get(url.slice(site.url.length)) ?? 0;
const preview = (url: string, { token } = ann, from: Pick<TestApp, 'url'> = app) =>
  rest(from, 'POST', '/link-previews', { token, body: { url } });

describe('a page', () => {
  test('says its title, description, site and picture; a message takes them as they are', async () => {
    pages.set('/horse.png', { type: 'image/png', body: await picture() });
    const url = put({
      body: `<!doctype html><html><head><title>Not this</title>
        <meta property="og:title" content="  Horses &amp; more\n in the fields ">
        <meta property="og:description" content="All about &quot;horses&quot;">
        <meta property="og:site_name" content="Stable"><meta property="og:image" content="/horse.png">
        </head><body><meta property="og:title" content="Not this either"></body></html>`,
    });
    const { status, body } = await preview(`${url}#part`);
    expect(status).toBe(200);
    expect(body).toEqual({
      url: `${url}#part`,
      title: 'Horses & more in the fields',
      description: 'All about "horses"',
      siteName: 'Stable',
      imageMediaId: expect.any(String),
    });
    const { siteName: _siteName, ...content } = body;
    const conversation = await startDirect(app, ann, bob);
    const sent = await rest(app, 'POST', `/conversations/${conversation}/messages`, {
      token: ann.token,
      body: { kind: 'link', text: 'Look', content },
    });
    expect(sent.status).toBe(201);
    expect(sent.body.message.content).toEqual(content);
    // Nobody who reads it has to fetch anything from the site.
    const shown = await fetchAs(app, bob, `/v1/media/${body.imageMediaId}/content?conversationId=${conversation}`);
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/png']);
  });

  test('of any length gives what a message takes', async () => {
    const words = '🐎'.repeat(5_000);
    const head = `<title>${words}</title><meta name=description content="a${words}">`;
    const { body } = await preview(put({ body: head }));
    expect(body.title).toBe(`${'🐎'.repeat(149)}…`);
    expect(body.description).toBe(`a${'🐎'.repeat(499)}…`);
    const conversation = await startDirect(app, ann, bob);
    const options = { token: ann.token, body: { kind: 'link', text: '', content: body } };
    expect((await rest(app, 'POST', `/conversations/${conversation}/messages`, options)).status).toBe(201);
  });

  test('is read in its encoding', async () => {
    const shiftJis = Buffer.from('<title>\x93\xfa\x96{\x8c\xea</title>', 'latin1');
    const windows1251 = Buffer.from('<meta charset="windows-1251"><title>\xcf\xf0\xe8\xe2\xe5\xf2</title>', 'latin1');
    const titleOf = async (page: Parameters<typeof put>[0]) => (await preview(put(page))).body.title;
    expect(await titleOf({ type: 'text/html; charset=Shift_JIS', body: shiftJis })).toBe('日本語');
    expect(await titleOf({ body: windows1251 })).toBe('Привет');
  });

  test('that says nothing is there all the same', async () => {
    const url = put({ body: '<p>Hello' });
    expect((await preview(url)).body).toEqual({ url });
  });

  test('is fetched over a socket too', async () => {
    const device = await connect(app, ann.token);
    const url = put({ body: '<title>Here</title>' });
    expect(await device.command('links.preview', { url })).toEqual({ url, title: 'Here' });
    device.close();
  });
});

describe('what cannot be previewed', () => {
  test('has one answer, whatever the reason, and nothing that is forbidden is connected to', async () => {
    // One connection that is there already, so that all others are the server's.
    const device = await connect(app, ann.token);
    const watch = watchConnections();
    const links = [
      put({ status: 404 }),
      put({ status: 500 }),
      put({ type: 'application/json', body: '{}' }),
      put({ status: 302, location: 'http://10.0.0.1/' }),
      put({ status: 302, location: 'http://127.0.0.1:1/' }),
      put({ status: 302, location: 'ftp://127.0.0.1/' }),
    ];
    const forbidden = [
      'http://10.0.0.1/',
      'http://169.254.169.254/latest/meta-data/',
      'http://[::1]/',
      'http://0x7f.1/',
      `http://2130706434:${site.port}/`,
      'http://127.0.0.1:1/',
      `${app.url}/v1/me`,
      `http://user:password@127.0.0.1:${site.port}/`,
    ];
    const ask = (url: string) =>
      device.command('links.preview', { url }).catch(({ code, message, details }) => ({ code, message, details }));
    const answers = await Promise.all([...links, ...forbidden].map(ask));
    watch.stop();
    device.close();
    const answer = {
      code: 'link_unavailable',
      message: 'There is no preview of this link.',
      details: {},
    };
    expect(answers).toEqual(answers.map(() => answer));
    // The server's pool may open a connection to its database meanwhile.
    const database = app.config.databaseUrl === null ? null : new URL(app.config.databaseUrl);
    const attempts = watch.attempts.filter((attempt) => !database || !attempt.endsWith(` ${database.port || 5432}`));
    expect(attempts).toEqual(links.map(() => `127.0.0.1 ${site.port}`));
    expect((await preview(links[0] as string)).status).toBe(422);
  });

  test.each([
    'ftp://example.com/',
    'example.com',
    'http://',
    'http://[',
    'https://a b/',
    `http://a/${'x'.repeat(2_000)}`,
  ])('%s is no address', async (url) => {
    const { status, body } = await preview(url);
    expect([status, body.error.code, body.error.details.path]).toEqual([400, 'invalid_request', '/url']);
  });
});

describe('what was fetched', () => {
  test('is remembered for half an hour, for everybody', async () => {
    // Tokens that outlive it.
    const [cy, dan] = [await signIn(app, { tokens: 'opaque' }), await signIn(app, { tokens: 'opaque' })];
    const url = put({ body: '<title>One</title>' });
    expect((await preview(url, cy)).body.title).toBe('One');
    pages.set(url.slice(site.url.length), { body: '<title>Two</title>' });
    expect((await preview(`${url}#elsewhere`, dan)).body.title).toBe('One');
    app.clock.advance(29 * 60_000);
    expect((await preview(url, cy)).body.title).toBe('One');
    expect(countOf(url)).toBe(1);
    app.clock.advance(2 * 60_000);
    expect((await preview(url, dan)).body.title).toBe('Two');
  });

  test('and failed is remembered for a minute', async () => {
    const cy = await signIn(app, { tokens: 'opaque' });
    const url = put({ status: 503 });
    for (let n = 0; n < 3; n += 1) expect((await preview(url, cy)).status).toBe(422);
    expect(countOf(url)).toBe(1);
    pages.set(url.slice(site.url.length), { body: '<title>Up</title>' });
    app.clock.advance(61_000);
    expect((await preview(url, cy)).body.title).toBe('Up');
  });

  test('is fetched once for all who ask at once', async () => {
    const [cy, dan] = [await signIn(app), await signIn(app)];
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    const url = put({ body: '<title>Once</title>' });
    const asking = [cy, dan, cy, dan].map((person) => preview(url, person));
    await expect.poll(() => countOf(url)).toBe(1);
    resolve();
    expect((await Promise.all(asking)).map(({ body }) => body.title)).toEqual(Array(4).fill('Once'));
    expect(countOf(url)).toBe(1);
  });
});

// That previews can be off is in the authorization table.
describe('by default', () => {
  let strict: TestApp;
  beforeAll(async () => {
    strict = await startTestApp({ PARLEY_LINK_PREVIEWS: 'true', PARLEY_RATE_LIMIT_FACTOR: '1' });
  });
  afterAll(() => strict.close());

  test('one person asks 60 times in ten minutes, others go on; private networks are not reached', async () => {
    const [greedy, honest] = [await signIn(strict), await signIn(strict)];
    const url = put({ body: '<title>x</title>' });
    for (let n = 0; n < 60; n += 1) expect((await preview(url, greedy, strict)).status).toBe(422);
    const { status, body } = await preview(url, greedy, strict);
    expect([status, body.error.details.limit]).toEqual([429, 'link-previews']);
    expect((await preview(url, honest, strict)).status).toBe(422);
    expect(countOf(url)).toBe(0);
  });
});
