import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import type { WebPagesOptions } from '../../../src/adapters/web-pages/index.ts';
import { openRawSite, openSite, type Site, writeForEver } from '../../harness/site.ts';
import { expectUnavailable, html, image, pagesFor } from './pages.ts';

let site: Site | undefined;
afterEach(async () => {
  // Whatever was sent: nothing stays open behind it.
  await expect.poll(() => site?.open ?? 0).toBe(0);
  await site?.close();
  site = undefined;
});

const mebibyte = 1024 * 1024;
const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n';
/** What is not tested is long enough that a test which waits for it fails. */
const quick = (options: Partial<WebPagesOptions>) => ({ totalMs: 60_000, idleMs: 60_000, ...options });

async function fetchRaw(speak: Parameters<typeof openRawSite>[0], options: Partial<WebPagesOptions> = {}) {
  site = await openRawSite(speak);
  return pagesFor(site, quick(options)).fetch(site.url, html);
}

async function fetchBody(body: Uint8Array | string, headers: Record<string, string>, options = html) {
  site = await openSite((_request, response) => response.writeHead(200, headers).end(body));
  return pagesFor(site, quick({})).fetch(site.url, options);
}

describe('time', () => {
  test('a server that takes the request and says nothing', () =>
    expectUnavailable(
      fetchRaw(() => {}, { idleMs: 100 }),
      'too_slow',
    ));

  test('headers that come a line at a time', () =>
    expectUnavailable(
      fetchRaw(
        (socket) => {
          socket.write(head);
          writeForEver(socket, 'X-More: y\r\n', 20);
        },
        { totalMs: 300 },
      ),
      'too_slow',
    ));

  test('a body that comes a byte at a time', () =>
    expectUnavailable(
      fetchRaw(
        (socket) => {
          socket.write(`${head}\r\n`);
          writeForEver(socket, 'x', 20);
        },
        { totalMs: 300, idleMs: 200 },
      ),
      'too_slow',
    ));

  test('a body that stops in the middle', () =>
    expectUnavailable(
      fetchRaw((socket) => socket.write(`${head}Content-Length: 100\r\n\r\n<title>`), { idleMs: 100 }),
      'too_slow',
    ));

  test('answers before the answer, without end', () =>
    expectUnavailable(
      fetchRaw((socket) => writeForEver(socket, 'HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n', 10), { totalMs: 300 }),
      'too_slow',
    ));

  test('redirects share it', async () => {
    site = await openSite((request, response) => {
      setTimeout(() => response.writeHead(302, { location: `${request.url}x` }).end(), 150);
    });
    await expectUnavailable(pagesFor(site, quick({ totalMs: 400 })).fetch(site.url, html), 'too_slow');
    expect(site.connections).toBeLessThan(5);
  });
});

describe('size', () => {
  test('an endless page is cut, and the connection with it', async () => {
    const page = await fetchRaw((socket) => {
      socket.write(`${head}\r\n<title>Here</title>`);
      writeForEver(socket, 'x'.repeat(10_000));
    });
    expect(page).toMatchObject({ complete: false });
    expect(page.bytes.length).toBe(html.maxBytes);
    expect(Buffer.from(page.bytes).toString().startsWith('<title>Here</title>x')).toBe(true);
  });

  test('a page of just the limit is whole, and one byte more is cut', async () => {
    const type = { 'content-type': 'text/html' };
    expect((await fetchBody('x'.repeat(html.maxBytes), type)).complete).toBe(true);
    await site?.close();
    const page = await fetchBody('x'.repeat(html.maxBytes + 1), type);
    expect([page.complete, page.bytes.length]).toEqual([false, html.maxBytes]);
  });

  test('a picture that says that it is too large is not read', async () => {
    await expectUnavailable(
      fetchRawImage((socket) => socket.write(`Content-Length: ${image.maxBytes + 1}\r\n\r\n`)),
      'too_large',
    );
  });

  test('a picture that turns out too large is refused', () =>
    expectUnavailable(
      fetchRawImage((socket) => {
        socket.write('\r\n');
        writeForEver(socket, Buffer.alloc(10_000));
      }),
      'too_large',
    ));

  async function fetchRawImage(speak: Parameters<typeof openRawSite>[0]) {
    site = await openRawSite((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n');
      speak(socket);
    });
    return pagesFor(site, quick({})).fetch(site.url, image);
  }

  const bomb = Buffer.alloc(64 * mebibyte);
  test.each([
    ['gzip', gzipSync(bomb)],
    ['x-gzip', gzipSync(bomb)],
    ['deflate', deflateSync(bomb)],
    ['br', brotliCompressSync(bomb)],
  ])('a %s bomb ends at the limit', async (encoding, body) => {
    expect(body.length).toBeLessThan(mebibyte);
    const page = await fetchBody(body, { 'content-type': 'text/html', 'content-encoding': encoding });
    expect([page.complete, page.bytes.length]).toEqual([false, html.maxBytes]);
    await site?.close();
    const asPicture = fetchBody(body, { 'content-type': 'image/png', 'content-encoding': encoding }, image);
    await expectUnavailable(asPicture, 'too_large');
  });

  test('what unpacks to nothing, without end, ends', () =>
    expectUnavailable(
      fetchRaw((socket) => {
        socket.write(`${head}Content-Encoding: gzip\r\n\r\n`);
        socket.write(Buffer.from('1f8b0800000000000003', 'hex'));
        writeForEver(socket, Buffer.concat(Array(2_000).fill(Buffer.from('000000ffff', 'hex'))));
      }),
      'too_large',
    ));

  test('headers of more than 16 KiB', async () => {
    await expectUnavailable(
      fetchRaw((socket) => socket.write(`${head}X-Large: ${'x'.repeat(20_000)}\r\n\r\n<title>x</title>`)),
      'unreachable',
    );
    await site?.close();
    await expectUnavailable(
      fetchRaw((socket) => {
        socket.write(head);
        writeForEver(socket, 'X-More: yyyyyyyyyyyyyyyyyy\r\n');
      }),
      'unreachable',
    );
  });
});

describe('form', () => {
  test.each([
    ['chunks without a size', `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n`],
    ['a chunk that is cut off', `${head}Transfer-Encoding: chunked\r\n\r\nff\r\nhello`],
    ['a body that is cut off', `${head}Content-Length: 100\r\n\r\nhello`],
    ['two lengths', `${head}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`],
    ['a length and chunks', `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`],
    ['a packed body that is cut off', `${head}Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08`],
    ['what is not packed', `${head}Content-Encoding: gzip\r\n\r\nhello`],
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['a change of protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nhello'],
    ['nothing', ''],
  ])('%s', (_what, text) =>
    expectUnavailable(
      fetchRaw((socket) => socket.end(text, 'latin1')),
      'unreachable',
    ),
  );

  test.each([
    ['application/json', {}],
    ['text/plain', {}],
    ['text/html-x', {}],
    ['', {}],
    ['image/svg+xml', {}],
    ['text/html', { 'content-encoding': 'compress' }],
    ['text/html', { 'content-encoding': 'gzip, gzip' }],
    ['text/html', { 'content-encoding': 'constructor' }],
  ])('%j %j is refused', (type, headers) =>
    expectUnavailable(fetchBody('<title>x</title>', { 'content-type': type, ...headers }), 'type'),
  );

  test('packed pages are unpacked', async () => {
    for (const [encoding, pack] of Object.entries({ gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync })) {
      const page = await fetchBody(pack('Grüße'), { 'content-type': 'text/html', 'content-encoding': encoding });
      expect([Buffer.from(page.bytes).toString(), page.complete], encoding).toEqual(['Grüße', true]);
      await site?.close();
    }
  });
});

describe('at once', () => {
  test('few go out, the others wait, and more than that are refused; closing ends all', async () => {
    site = await openRawSite(() => {});
    const { url } = site;
    const pages = pagesFor(site, quick({ atOnce: 2, waiting: 1 }));
    const begun = [1, 2].map(() => expectUnavailable(pages.fetch(url, html), 'too_slow'));
    await expect.poll(() => site?.connections).toBe(2);
    const third = expectUnavailable(pages.fetch(url, html), 'too_slow');
    await expect(pages.fetch(url, html)).rejects.toMatchObject({ code: 'overloaded' });
    expect(site.connections).toBe(2);
    await pages.close();
    await Promise.all([...begun, third]);
    expect(site.connections).toBe(2);
  });
});
