import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FakeClamd } from '../harness/fake-clamd.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

const secret = 'q7Jm2xVb9Lr4Tz8Nc5Wp3Hs6Dk1Fg0Ya';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({
    NODE_ENV: 'production',
    JWT_SECRET: secret,
    PARLEY_RATE_LIMIT_FACTOR: '100',
    CLIENT_URL: 'https://app.example.org, https://desk.example.org',
    PARLEY_METRICS_TOKEN: 'token-of-prometheus',
    PARLEY_PUBLIC_URL: 'https://chat.example.org',
  });
});
afterAll(() => app.close());

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${app.url}${path}`, { headers });

describe('operators', () => {
  test('see that the server runs and can serve', async () => {
    const health = await get('/health');
    expect(health.status).toBe(200);
    expect(health.headers.get('cache-control')).toBe('no-store');
    expect(await health.json()).toEqual({ status: 'ok', version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
    const ready = await get('/ready');
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({ status: 'ready', checks: { storage: 'ok', bus: 'ok' } });
  });

  test('see whether the virus scanner answers; without it the server is ready all the same', async () => {
    const clamd = await FakeClamd.start();
    const { port } = clamd.address as { port: number };
    const missing = '/nowhere/ffmpeg';
    const scanning = await startTestApp({ PARLEY_CLAMD: `127.0.0.1:${port}`, PARLEY_FFMPEG: missing });
    const ready = async () => {
      const answer = await fetch(`${scanning.url}/ready`);
      return [answer.status, await answer.json()];
    };
    const checks = { storage: 'ok', bus: 'ok' };
    expect(await ready()).toEqual([200, { status: 'ready', checks: { ...checks, scanner: 'ok' } }]);
    await clamd.close();
    expect(await ready()).toEqual([200, { status: 'ready', checks: { ...checks, scanner: 'failing' } }]);
    expect(scanning.logged.filter(({ program }) => program === missing)).toEqual([
      expect.objectContaining({ level: 40, msg: expect.stringContaining('PARLEY_FFMPEG is not there') }),
    ]);
    await scanning.close();
  });

  test('see figures with the token only', async () => {
    for (const authorization of ['', 'Bearer wrong', 'Bearer token-of-prometheu', 'Basic token-of-prometheus']) {
      expect((await get('/metrics', authorization ? { authorization } : {})).status).toBe(401);
    }
    const metrics = await get('/metrics', { authorization: 'Bearer token-of-prometheus' });
    expect(metrics.status).toBe(200);
    const text = await metrics.text();
    expect(text).toMatch(/^parley_connections 0$/m);
    expect(text).toMatch(/^parley_http_request_seconds_count\{method="GET",route="\/health",status="200"\} \d+$/m);
  });

  test('keep figures closed in production where there is no token', async () => {
    const closed = await startTestApp({ NODE_ENV: 'production', JWT_SECRET: secret, PARLEY_RATE_LIMIT_FACTOR: '1' });
    expect((await fetch(`${closed.url}/metrics`)).status).toBe(401);
    expect((await fetch(`${closed.url}/metrics`, { headers: { authorization: 'Bearer ' } })).status).toBe(401);
    await closed.close();
  });
});

describe('browsers', () => {
  test('of the configured origins may call, and of no others', async () => {
    const ask = (origin: string, method = 'PATCH') =>
      fetch(`${app.url}/v1/me`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': method } });
    for (const origin of ['https://app.example.org', 'https://desk.example.org']) {
      const answer = await ask(origin);
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
      expect(answer.headers.get('access-control-allow-methods')).toContain('PATCH');
      expect(answer.headers.get('vary')).toContain('Origin');
    }
    for (const origin of ['https://evil.example', 'https://app.example.org.evil.example', 'null']) {
      expect((await ask(origin)).headers.get('access-control-allow-origin')).toBeNull();
    }
    const polling = await get('/socket.io/?EIO=4&transport=polling', { origin: 'https://evil.example' });
    expect(polling.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('get headers that keep them out of trouble, on errors too', async () => {
    for (const path of ['/health', '/v1/me', '/v1/nothing', '/nothing']) {
      const { headers } = await get(path);
      expect(headers.get('content-security-policy'), path).toBe("default-src 'none';frame-ancestors 'none'");
      expect(headers.get('x-content-type-options'), path).toBe('nosniff');
      expect(headers.get('x-frame-options'), path).toBe('SAMEORIGIN');
      expect(headers.get('strict-transport-security'), path).toMatch(/^max-age=\d+/);
      expect(headers.get('referrer-policy'), path).toBe('no-referrer');
      expect(headers.get('x-powered-by'), path).toBeNull();
      expect(headers.get('x-request-id'), path).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});

describe('/docs', () => {
  test('is browsable under a policy that allows its own scripts only', async () => {
    for (const path of ['/docs', '/docs/']) {
      const page = await get(path);
      expect(page.status).toBe(200);
      expect(page.headers.get('content-type')).toMatch(/^text\/html/);
      expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self';/);
      const html = await page.text();
      // The policy forbids scripts that stand in the page itself.
      expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
      for (const [, asset] of html.matchAll(/(?:src|href)="([^"]+)"/g)) {
        const answer = await fetch(new URL(String(asset), `${app.url}${path}`));
        expect(answer.status, asset).toBe(200);
        expect((await answer.arrayBuffer()).byteLength, asset).toBeGreaterThan(0);
      }
    }
    expect((await get('/docs/static/..%2f..%2fpackage.json')).status).toBe(404);
    expect((await get('/docs/nothing')).status).toBe(404);
  });

  test('has the OpenAPI document with every route', async () => {
    const answer = await get('/docs/openapi.json');
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    const document = (await answer.json()) as { openapi: string; paths: object; servers: object };
    expect(document).toMatchObject({ openapi: '3.1.0', servers: [{ url: 'https://chat.example.org' }] });
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/health',
        '/ready',
        '/metrics',
        '/v1/me',
        '/v1/conversations/{conversationId}/messages',
      ]),
    );
    expect(Object.keys(document.paths).filter((path) => path.startsWith('/docs'))).toEqual([]);
  });

  test('explains commands and events', async () => {
    const page = await get('/docs/events');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    const html = await page.text();
    for (const id of ['messages.send', 'sync', 'message.created', 'server.draining', 'Message']) {
      expect(html).toContain(`<h3 id="${id}">`);
    }
    expect(html).not.toContain('<script');
  });
});
