import { connect as connectTcp, type Socket } from 'node:net';
import pino from 'pino';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unreadableUrl } from '../../src/api/index.ts';
import { createHttpHost } from '../../src/transport/http-host.ts';
import { connect, type Device, rest, signIn, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
let honest: Device;
beforeAll(async () => {
  app = await startTestApp({ PARLEY_RATE_LIMIT_FACTOR: '1', PARLEY_TRUSTED_PROXIES: '127.0.0.1' });
  app.clock.stop();
  honest = await connect(app, (await signIn(app)).token);
});
afterAll(() => app.close());

/** An address that is not that of the honest person. */
const from = (address: string) => ({ extraHeaders: { 'x-forwarded-for': address } });

/** Connects, or tells why not. */
function attempt(token: string, address: string): Promise<(Error & { data?: { code: string } }) | null> {
  const socket = io(`${app.url}/v1`, {
    auth: { token },
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    ...from(address),
  });
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(null));
    socket.once('connect_error', (error) => resolve(error));
  });
}

test('a connection that floods is refused, then cut; another of the same person is not', async () => {
  const eve = await signIn(app);
  const [flooding, quiet] = [await connect(app, eve.token), await connect(app, eve.token)];
  const answers: string[] = [];
  for (let i = 0; i < 5_000; i += 1) {
    flooding.socket.emit('unread.get', {}, (answer: { ok: boolean; error?: { code: string } }) => {
      answers.push(answer.ok ? 'ok' : String(answer.error?.code));
    });
  }
  expect(await flooding.closed).toBe('transport close');
  expect(answers.filter((answer) => answer === 'rate_limited').length).toBeGreaterThanOrEqual(1_000);
  expect(answers.length).toBeLessThan(2_500);
  expect(answers.filter((answer) => answer !== 'ok' && answer !== 'rate_limited')).toEqual([]);
  for (const device of [quiet, honest]) expect(await device.command('unread.get')).toMatchObject({ messages: 0 });
  // It may come back, and starts anew.
  const back = await connect(app, eve.token);
  for (const device of [back, quiet]) device.close();
});

test('refusals tell how long to wait, and waiting helps', async () => {
  const device = await connect(app, (await signIn(app)).token);
  const all = await Promise.allSettled(Array.from({ length: 400 }, () => device.command('unread.get')));
  const [refused] = all.filter((one) => one.status === 'rejected');
  expect(refused?.reason).toMatchObject({ code: 'rate_limited', details: { retryAfter: 1, limit: 'commands' } });
  app.clock.advance(1_000);
  expect(await device.command('unread.get')).toMatchObject({ messages: 0 });
  device.close();
});

test('a session has 50 connections at most; one that closes makes room', async () => {
  const eve = await signIn(app);
  const devices: Device[] = [];
  for (let i = 0; i < 50; i += 1) devices.push(await connect(app, eve.token, { sync: false }));
  const refused = await attempt(eve.token, '10.1.0.1');
  expect(refused?.data).toMatchObject({ code: 'rate_limited', details: { limit: 'connections' } });
  devices[0]?.close();
  await expect.poll(() => attempt(eve.token, '10.1.0.1')).toBeNull();
  for (const device of devices) device.close();
  expect(await honest.command('unread.get')).toMatchObject({ messages: 0 });
});

test('an address that tries tokens is refused without a look at the token', async () => {
  const codes: (string | undefined)[] = [];
  for (let i = 0; i < 25; i += 1) {
    const round = await Promise.all(Array.from({ length: 10 }, (_, n) => attempt(`guess-${i}-${n}`, '10.2.0.1')));
    codes.push(...round.map((error) => error?.data?.code));
  }
  expect(codes.slice(0, 200).filter((code) => code !== 'unauthenticated')).toEqual([]);
  expect(codes).toContain('rate_limited');
  expect((await attempt('guess', '10.2.0.2'))?.data?.code).toBe('unauthenticated');
});

test('an address that opens connections without end is refused; others come in', async () => {
  const handshake = (address: string) =>
    fetch(`${app.url}/socket.io/?EIO=4&transport=polling`, { headers: { 'x-forwarded-for': address } });
  const statuses = new Map<number, number>();
  let refusal = '';
  for (let i = 0; i < 24; i += 1) {
    for (const answer of await Promise.all(Array.from({ length: 50 }, () => handshake('10.3.0.1')))) {
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      const text = await answer.text();
      if (answer.status !== 200) refusal = text;
    }
  }
  expect([...statuses.keys()].sort()).toEqual([200, 403]);
  expect(statuses.get(200)).toBe(1_000);
  expect(JSON.parse(refusal)).toEqual({ code: 4, message: 'rate_limited' });
  expect((await handshake('10.3.0.2')).status).toBe(200);
  expect(await honest.command('unread.get')).toMatchObject({ messages: 0 });
});

test('who sends slowly on purpose is cut', async () => {
  const timeouts = { headers: 200, request: 400, checkEvery: 50 };
  const host = await createHttpHost({
    logger: pino({ level: 'silent' }),
    clock: app.clock,
    originsAt: () => [],
    trustedProxies: [],
    refuseUrl: (_url, requestId) => unreadableUrl(requestId),
    timeouts,
  });
  host.post('/', async () => ({ ok: true }));
  await host.listen({ port: 0, host: '127.0.0.1' });
  const { port } = host.server.address() as { port: number };
  const speak = (text: string): Promise<string> =>
    new Promise((resolve) => {
      const socket: Socket = connectTcp(port, '127.0.0.1', () => socket.write(text));
      let got = '';
      socket.on('data', (data) => {
        got += data;
      });
      socket.on('close', () => resolve(got));
    });
  const head = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
  const answers = await Promise.all([speak(head), speak(`${head}Content-Length: 9\r\n\r\n{"a"`)]);
  for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  const whole = await speak(`${head}Content-Length: 2\r\nConnection: close\r\n\r\n{}`);
  expect(whole).toMatch(/^HTTP\/1\.1 200 /);
  await host.close();
});

test('nothing of this went wrong inside', async () => {
  expect(app.logged.filter(({ level }) => (level as number) >= 50)).toEqual([]);
  const person: TestPerson = await signIn(app);
  expect((await rest(app, 'GET', '/me', { token: person.token })).status).toBe(200);
  honest.close();
});
