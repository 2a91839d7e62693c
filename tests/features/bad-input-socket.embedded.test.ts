import { io } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  bystanders,
  expectDecent,
  expectHealthy,
  fieldsOf,
  harmful,
  operations,
  plausible,
  wrongValues,
} from '../harness/bad-input.ts';
import { connect, type Device, rest, signIn, signInAdmin, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
let eve: TestPerson;
let device: Device;
let adminDevice: Device;
let others: [TestPerson, TestPerson];
beforeAll(async () => {
  app = await startTestApp();
  eve = await signIn(app);
  others = await bystanders(app);
  device = await connect(app, eve.token);
  adminDevice = await connect(app, (await signInAdmin(app)).token);
});
afterEach(() => expectHealthy(app, ...others));
afterAll(() => app.close());

// biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
type Answer = any;
const ask = (name: string, ...args: unknown[]): Promise<Answer> =>
  // Others get no further than to be refused.
  (name.startsWith('admin.') ? adminDevice : device).socket.timeout(10_000).emitWithAck(name, ...args);
const commands = operations.filter(({ socket, name }) => socket && !harmful.has(name));

describe.each(commands.map((operation) => [operation.name, operation] as const))('%s', (name, operation) => {
  const input = plausible[name] ?? {};
  const fields = { ...fieldsOf(operation, 'params'), ...fieldsOf(operation, 'query'), ...fieldsOf(operation, 'body') };

  test('bears any value in any field, and any input', async () => {
    const inputs = [
      ...Object.keys(fields).flatMap((field) => wrongValues.map((value) => ({ ...input, [field]: value }))),
      ...wrongValues,
      { ...input, extra: 1 },
      JSON.parse('{"__proto__":{"admin":true}}'),
      { ...input, constructor: { prototype: { admin: true } } },
      Buffer.from('binary'),
      ...Object.keys(fields).map((field) => ({ ...input, [field]: Buffer.from('binary') })),
      ...Object.keys(fields).map((field) => ({ ...input, [field]: Number.NaN })),
    ];
    const answers = await Promise.all(inputs.map((one) => ask(name, one)));
    for (const answer of answers) {
      if (answer.ok) continue;
      expectDecent(answer.error.code === 'internal' ? 500 : 400, JSON.stringify(answer));
    }
    for (const notObject of [7, 'text', true, [], [input]]) {
      const { ok, error } = await ask(name, notObject);
      expect([ok, error.code]).toEqual([false, 'invalid_request']);
    }
    expect((await ask(name, { ...input, extra: 1 })).error.code).toBe('invalid_request');
    for (const text of ['\u0000', 'a\u0000', '\ud800', 'x\udfff']) {
      for (const [field, { type }] of Object.entries(fields)) {
        if (type !== 'string') continue;
        const { ok, error } = await ask(name, { ...input, [field]: text });
        expect([field, ok]).toEqual([field, false]);
        expect(['invalid_request', 'invalid_text']).toContain(error.code);
      }
    }
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

test('commands that do not exist, or not here, are refused', async () => {
  const publicOnes = operations.filter(({ socket }) => !socket).map(({ name }) => name);
  for (const name of [
    'nothing',
    '',
    'error',
    'toString',
    '__proto__',
    'constructor',
    'x'.repeat(10_000),
    ...publicOnes,
  ]) {
    expect(await ask(name, {})).toMatchObject({ ok: false, error: { code: 'route_not_found' } });
  }
});

test('a command without an acknowledgement is told of by an event; more arguments are ignored', async () => {
  device.socket.emit('messages.send', { conversationId: 'no-id', text: 'Hi' });
  expect(await device.next('error')).toMatchObject({
    command: 'messages.send',
    error: { code: 'conversation_not_found' },
  });
  device.socket.emit('nothing');
  expect(await device.next('error')).toMatchObject({ command: 'nothing', error: { code: 'route_not_found' } });
  expect(await ask('unread.get', {}, {}, 'more', 7)).toMatchObject({ ok: true });
  expect(await ask('unread.get')).toMatchObject({ ok: true });
});

test('commands work before the first sync, only events do not', async () => {
  const [early, other] = [await connect(app, eve.token, { sync: false }), await connect(app, others[0].token)];
  const id = await startDirect(app, eve, others[0]);
  expect((await early.command('messages.send', { conversationId: id, text: 'Early' })).duplicate).toBe(false);
  await other.command('messages.send', { conversationId: id, text: 'Answer' });
  await early.settled();
  expect(early.events).toEqual([]);
  for (const one of [early, other]) one.close();
});

test.each([
  ['no token', undefined],
  ['an empty token', ''],
  ['a number', 7],
  ['an object', { toString: 'x' }],
  ['a list', ['token']],
  ['an unknown token', 'token'],
  ['NUL', 'a\u0000b'],
  ['a very long token', 'x'.repeat(50_000)],
])('a handshake with %s is refused', async (_what, token) => {
  await expect(connect(app, token as string)).rejects.toMatchObject({ data: { code: 'unauthenticated' } });
});

test.each(['/', '/nothing', '/v1/', '/V1', '/v1?x=1#y'])(
  'the namespace %s is not served, or is this one',
  async (name) => {
    const socket = io(`${app.url}${name}`, {
      auth: { token: 'x' },
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
    });
    const error = await new Promise<Error & { data?: { code: string } }>((resolve) =>
      socket.once('connect_error', resolve),
    );
    expect(error.message).toMatch(/namespace|token/i);
    expectDecent(400, JSON.stringify({ message: error.message, data: error.data }));
    socket.close();
  },
);

/** Speaks Engine.IO by hand. Resolves when the server has closed the connection, or answered the ping of the end. */
async function speak(frames: (string | Buffer)[], token: string): Promise<{ closed: boolean; got: string[] }> {
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  const got: string[] = [];
  const done = Promise.withResolvers<boolean>();
  socket.on('error', () => {});
  socket.on('close', () => done.resolve(true));
  socket.on('message', (data) => {
    const text = String(data);
    got.push(text);
    if (text.startsWith('0{')) socket.send(`40/v1,${JSON.stringify({ token })}`);
    if (text.startsWith('40/v1,')) {
      for (const frame of frames) socket.send(frame, { binary: typeof frame !== 'string' });
      socket.send('42/v1,777["unread.get"]');
    }
    if (text.startsWith('43/v1,777') || text.startsWith('44')) done.resolve(false);
  });
  const closed = await done.promise;
  socket.terminate();
  return { closed, got };
}

test.each<[string, (string | Buffer)[], boolean]>([
  ['what is no packet', ['hello'], true],
  ['an unknown packet type', ['49/v1,'], true],
  ['broken JSON', ['42/v1,1["unread.get",{'], true],
  ['no event name', ['42/v1,1[]'], true],
  ['an event name that is an object', ['42/v1,1[{}]'], true],
  ['an event name that is a number', ['42/v1,1[7,{}]'], false],
  ['a reserved event name', ['42/v1,1["disconnect"]'], true],
  ['an event of a namespace that it has not joined', ['42/nothing,1["unread.get"]'], true],
  ['deep nesting', [`42/v1,1["sync",${'['.repeat(60_000)}${']'.repeat(60_000)}]`], false],
  ['an ack that nobody asked for', ['43/v1,99[{}]'], false],
  ['a huge ack id', [`42/v1,${'9'.repeat(400)}["unread.get"]`], false],
  ['an event that is too large', [`42/v1,1["messages.send",{"text":"${'x'.repeat(300_000)}"}]`], true],
  ['binary where text is due', [Buffer.from('42/v1,1["unread.get"]')], true],
  ['a text that is not UTF-8', [Buffer.from([0xff, 0xfe])], true],
  [
    'more attachments than come',
    ['451-/v1,1["unread.get",{"_placeholder":true,"num":0}]', '42/v1,2["unread.get"]'],
    true,
  ],
  ['a million attachments', ['451000000-/v1,1["unread.get"]'], true],
  ['an attachment out of range', ['451-/v1,1["unread.get",{"_placeholder":true,"num":9}]', Buffer.from('x')], true],
  ['a second connect', ['40/v1,{"token":"x"}'], false],
  ['pongs', ['3', '3', '3'], false],
])('%s harms only who sends it', async (_what, frames, closes) => {
  const { closed, got } = await speak(frames, eve.token);
  for (const text of got) expectDecent(400, text);
  if (closes) expect(closed).toBe(true);
  expect(await ask('unread.get')).toMatchObject({ ok: true });
});

test('events before authentication go nowhere', async () => {
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  const got: string[] = [];
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.on('message', (data) => {
    got.push(String(data));
    if (got.length === 1) socket.send('42/v1,1["messages.send",{"conversationId":"x","text":"x"}]');
  });
  await closed;
  expect(got).toHaveLength(1);
});

test('a polling client that misbehaves is refused', async () => {
  const url = `${app.url}/socket.io/?EIO=4&transport=polling`;
  for (const [query, method, body] of [
    ['', 'PUT', undefined],
    ['&sid=unknown', 'GET', undefined],
    ['&sid=unknown', 'POST', '40/v1,'],
    ['&sid=__proto__', 'GET', undefined],
  ] as const) {
    const answer = await fetch(url + query, { method, ...(body && { body }) });
    expect(answer.status).toBe(400);
    expectDecent(answer.status, await answer.text());
  }
  const { sid } = JSON.parse((await (await fetch(url)).text()).slice(1));
  const tooLarge = await fetch(`${url}&sid=${sid}`, { method: 'POST', body: `4${'x'.repeat(300_000)}` });
  expect(tooLarge.status).toBe(413);
});

test('an expired token does not connect', async () => {
  const person = await signIn(app);
  app.clock.advance(16 * 60_000);
  await expect(connect(app, person.token)).rejects.toMatchObject({ data: { code: 'token_expired' } });
  const fresh = await rest(app, 'POST', '/sessions/refresh', { body: { refreshToken: person.refreshToken } });
  (await connect(app, fresh.body.accessToken)).close();
  others = await bystanders(app);
});
