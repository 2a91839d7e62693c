import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSite, type Site, watchConnections } from '../../harness/site.ts';
import { expectUnavailable, html, pagesFor } from './pages.ts';

let site: Site;
let asked: { url: string; headers: Record<string, unknown> }[];
let watch: ReturnType<typeof watchConnections>;
beforeEach(async () => {
  asked = [];
  site = await openSite((request, response) => {
    const url = new URL(request.url ?? '/', 'http://site');
    asked.push({ url: request.url ?? '', headers: request.headers });
    response.setHeader('content-type', 'Text/HTML; Charset="Shift_JIS"').setHeader('set-cookie', 'a=1');
    const to = url.searchParams.get('to');
    const left = Number(url.searchParams.get('left') ?? 0);
    if (to !== null)
      response.writeHead(Number(url.searchParams.get('status') ?? 302), {
        location: Buffer.from(to).toString('latin1'),
      });
    else if (left > 0) response.writeHead(307, { location: `/?left=${left - 1}` });
    response.end('<title>Here</title>');
  });
  watch = watchConnections();
});
afterEach(async () => {
  watch.stop();
  await site.close();
});

describe('names', () => {
  test('are asked for once, and exactly the address that was checked is connected to', async () => {
    const answers = [['127.0.0.1'], ['127.0.0.2']];
    const names: string[] = [];
    const resolve = async (name: string) => {
      names.push(name);
      return answers.shift() ?? [];
    };
    const pages = pagesFor(site, { resolve });
    const page = await pages.fetch(`http://Rebind.Test:${site.port}/`, html);
    expect(page.url).toBe(`http://rebind.test:${site.port}/`);
    expect(names).toEqual(['rebind.test']);
    expect(watch.attempts).toEqual([`127.0.0.1 ${site.port}`]);
    expect(asked[0]?.headers.host).toBe(`rebind.test:${site.port}`);
    // Now the name has become another: it is refused, and still nothing else was connected to.
    await expectUnavailable(pages.fetch(`http://rebind.test:${site.port}/`, html), 'forbidden');
    expect(watch.attempts).toHaveLength(1);
  });

  test('that become private between two redirects are refused', async () => {
    const answers = [['127.0.0.1'], ['10.0.0.1']];
    const pages = pagesFor(site, { resolve: async () => answers.shift() ?? [] });
    await expectUnavailable(pages.fetch(`http://rebind.test:${site.port}/?to=/inner`, html), 'forbidden');
    expect(asked.map(({ url }) => url)).toEqual(['/?to=/inner']);
    expect(watch.attempts).toEqual([`127.0.0.1 ${site.port}`]);
  });

  test('of which one address is private are refused whole, wherever it stands', async () => {
    for (const addresses of [
      ['127.0.0.1', '10.0.0.1'],
      ['10.0.0.1', '127.0.0.1'],
      ['127.0.0.1', '127.0.0.1', '::1'],
      ['127.0.0.1', '::ffff:127.0.0.1'],
    ]) {
      const pages = pagesFor(site, { resolve: async () => addresses });
      await expectUnavailable(pages.fetch(`http://several.test:${site.port}/`, html), 'forbidden');
    }
    expect(watch.attempts).toEqual([]);
  });

  test('with several good addresses are reached at one that answers', async () => {
    const networks = [`127.0.0.1/32:${site.port}`, `::1/128:${site.port}`];
    const pages = pagesFor(site, { networks, resolve: async () => ['::1', '127.0.0.1'] });
    expect((await pages.fetch(`http://several.test:${site.port}/`, html)).complete).toBe(true);
    expect(watch.attempts.at(-1)).toBe(`127.0.0.1 ${site.port}`);
  });

  test('without an address, or that nobody knows, are unreachable', async () => {
    await expectUnavailable(
      pagesFor(site, { resolve: async () => [] }).fetch('http://none.test/', html),
      'unreachable',
    );
    await expectUnavailable(pagesFor(site).fetch('http://unknown.test/', html), 'unreachable');
  });

  test('that nobody answers for end with the time', async () => {
    const pages = pagesFor(site, { totalMs: 100, resolve: () => new Promise(() => {}) });
    await expectUnavailable(pages.fetch('http://silent.test/', html), 'too_slow');
  });
});

describe('redirects', () => {
  const to = (target: string, status = 302) => `${site.url}/?status=${status}&to=${encodeURIComponent(target)}`;

  test.each([301, 302, 303, 307, 308])('%i is followed, relative ones too', async (status) => {
    const page = await pagesFor(site).fetch(to('/näxt?a=b#part', status), html);
    expect(page).toMatchObject({ url: `${site.url}/n%C3%A4xt?a=b`, mimeType: 'text/html', charset: 'Shift_JIS' });
    expect(asked.map(({ url }) => url)).toEqual([
      to('/näxt?a=b#part', status).slice(site.url.length),
      '/n%C3%A4xt?a=b',
    ]);
  });

  test('tell nothing: no cookies, no credentials, no page before', async () => {
    await pagesFor(site).fetch(`${to('/next')}#secret`, html);
    for (const { headers } of asked) {
      expect(headers).toEqual({
        host: `127.0.0.1:${site.port}`,
        'user-agent': 'Parley/1.2.3 (link preview)',
        accept: 'text/html, */*;q=0.1',
        'accept-encoding': 'gzip, deflate, br',
        connection: 'close',
      });
    }
    expect(site.connections).toBe(2);
  });

  test.each([
    'http://10.0.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[::1]/',
    'http://0x7f.1/',
    'http://127.0.0.1:1/',
    '//192.168.0.1/',
    'file:///etc/passwd',
    'ftp://127.0.0.1/',
    'data:text/html,x',
    'http://user:password@127.0.0.1/',
    'http://[',
  ])('to %s are refused', async (target) => {
    await expectUnavailable(pagesFor(site).fetch(to(target), html), 'forbidden');
    expect(watch.attempts).toEqual([`127.0.0.1 ${site.port}`]);
  });

  test('are followed five times', async () => {
    expect((await pagesFor(site).fetch(`${site.url}/?left=5`, html)).url).toBe(`${site.url}/?left=0`);
    await expectUnavailable(pagesFor(site).fetch(`${site.url}/?left=6`, html), 'too_many_redirects');
    expect(asked).toHaveLength(12);
  });

  test('in a circle end', async () => {
    const circle = await openSite((_request, response) => response.writeHead(302, { location: '/' }).end());
    await expectUnavailable(pagesFor(circle).fetch(circle.url, html), 'too_many_redirects');
    expect(circle.connections).toBe(6);
    await circle.close();
  });

  test('without a target, and other answers, are no page', async () => {
    const site = await openSite((request, response) => response.writeHead(Number(request.url?.slice(1))).end());
    for (const status of [302, 304, 204, 206, 401, 403, 404, 500, 503]) {
      await expectUnavailable(pagesFor(site).fetch(`${site.url}/${status}`, html), 'status');
    }
    await site.close();
  });
});
