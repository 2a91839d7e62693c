import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConvospaceDeps } from '../../../src/dialects/convospace/deps.ts';
import { chatEvents } from '../../../src/dialects/convospace/handlers/index.ts';
import { convospaceRoutes } from '../../../src/dialects/convospace/routes/index.ts';
import { ConvospaceClient, ConvospaceSocket, refusal } from '../../harness/convospace.ts';
import { playedRoutes, toldEvents, writtenEvents } from '../../harness/fixture-coverage.ts';
import { type Fixture, FixtureRunner, readFixtures } from '../../harness/fixtures.ts';
import { picture, uploaded } from '../../harness/media.ts';
import { codeFor, rest, signIn } from '../../harness/people.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';

const door = new URL('../../../src/dialects/convospace/', import.meta.url);
const read = (name: string): Fixture[] => readFixtures(new URL(`fixtures/${name}.json`, door));
/** In this order: each stands on those before. */
const subjects = [
  'health',
  'auth',
  'users',
  'conversations',
  'messages',
  'contacts',
  'notifications',
  'sockets',
  'typing',
  'message-events',
  'blocking',
  'presence',
  'sessions',
];

let app: TestApp;
let runner: FixtureRunner;

beforeAll(async () => {
  // Limits hold; who asks too often does it from elsewhere.
  app = await startTestApp({
    PARLEY_RATE_LIMIT_FACTOR: '1',
    PARLEY_TRUSTED_PROXIES: '127.0.0.1',
    CLIENT_URL: 'https://app.example.org',
  });
  app.clock.stop();
  const nat = await signIn(app, { name: 'Nat Iver' });
  const { id } = await uploaded(app, nat, await picture({ format: 'jpeg' }), { purpose: 'avatar' });
  await rest(app, 'PATCH', '/me', { token: nat.token, body: { photoMediaId: id } });
  const gone = await signIn(app);
  await rest(app, 'POST', '/codes', { body: { phone: gone.phone } });
  await rest(app, 'DELETE', '/me', { token: gone.token, body: { code: codeFor(app, gone.phone) } });
  const known: Readonly<Record<string, string>> = {
    'a text of 10000 characters': 'x'.repeat(10_000),
    'a text that is too long': 'x'.repeat(10_001),
    'a text of 101 characters': 'x'.repeat(101),
    'a text of 501 characters': 'x'.repeat(501),
    'a text that is too large': 'x'.repeat(4_000_000),
  };
  runner = new FixtureRunner({
    base: `${app.url}/convospace`,
    shapes: JSON.parse(readFileSync(new URL('fixtures/shapes.json', door), 'utf8')),
    files: {},
    headersOf: (token) => ({
      'x-forwarded-for': '203.0.113.1',
      ...(token !== null && { authorization: `Bearer ${token}` }),
    }),
    open: (auth, headers) => new WatchedSocket(app.url, { ...auth }, headers),
    advance: (milliseconds) => app.clock.advance(milliseconds),
    lookUp(name) {
      const [, what, phone] = /^(code|number of the code|not the code) of (\S+)$/.exec(name) ?? [];
      if (phone !== undefined) {
        const code = new ConvospaceClient(app).codeOf(phone);
        if (what === 'number of the code') return Number(code);
        return what === 'code' ? code : code.replace(/.$/, (digit) => String((Number(digit) + 1) % 10));
      }
      if (name === 'file name of photo') return String(runner.values('photo')).split('/').at(-1);
      const value = known[name];
      if (value === undefined) throw new Error(`Nothing is known of ${name}.`);
      return value;
    },
    always,
  });
  runner.save('gone.token', gone.token);
});

afterAll(async () => {
  runner.close();
  await app.close();
});

/** A socket that is told of its own connection as of events. */
class WatchedSocket extends ConvospaceSocket {
  constructor(...[url, auth, headers]: ConstructorParameters<typeof ConvospaceSocket>) {
    super(url, auth, headers, ['polling', 'websocket']);
    const note = (name: string, data: object) => this.received.push({ name, args: [data] });
    this.socket.on('connect', () => note('connect', {}));
    this.socket.on('connect_error', ({ message }) => note('connect_error', { message }));
    this.socket.on('disconnect', (reason) => {
      if (reason !== 'io client disconnect') note('disconnect', {});
    });
  }

  /** Its own events are answered in their turn, after what was sent before. */
  async settled(): Promise<void> {
    if (this.socket.connected) await this.ask('typing:stop', {});
  }
}

/** What holds of all that clients get: ids that they can bear, and what must never be missing or differ. */
function always(value: unknown, place = 'answer'): string[] {
  if (typeof value === 'string' && /[\da-f]{8}-[\da-f]{4}-/.test(value)) return [`${place} is an id of the engine`];
  if (typeof value !== 'object' || value === null) return [];
  const wrong: string[] = [];
  const { id, message_id, sender, statuses, status, error, message, success } = value as Record<string, unknown>;
  if (sender !== undefined && id !== message_id) wrong.push(`${place} has the ids ${id} and ${message_id}`);
  if (JSON.stringify(statuses) !== JSON.stringify(statuses && status)) wrong.push(`${place} has two statuses`);
  if (success === false && message !== undefined && error !== message) wrong.push(`${place} says two things`);
  for (const [key, inner] of Object.entries(value)) {
    const at = `${place}.${key}`;
    // A refusal names things as the client did.
    const isName = error === undefined && /^(id|userId|\w+_id)$/.test(key);
    if (isName && inner !== null && !isSerial(inner)) wrong.push(`${at} is no number`);
    if (/^(full_name|username)$/.test(key) && (typeof inner !== 'string' || inner === ''))
      wrong.push(`${at} is missing`);
    wrong.push(...always(inner, at));
  }
  return wrong;
}

const isSerial = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 1 && Number(value) < 10 ** 12;

describe.each(subjects)('%s', { sequential: true } as object, (subject) => {
  it.each(read(subject).map((fixture) => [fixture.name, fixture] as const))('%s', (_name, fixture) =>
    runner.run(fixture),
  );
});

describe('the fixtures', () => {
  const all = subjects.flatMap(read);
  /** Enough to list routes and events; none of them is called. */
  const listed = () =>
    ({ options: app.config.convospace, engine: {}, numbers: {}, clock: app.clock }) as unknown as ConvospaceDeps;
  const routes = () =>
    convospaceRoutes(listed()).flatMap(({ method, path, access }) =>
      [path].flat().map((at) => ({ method, path: at, access })),
    );
  /** What all answers alike, as far as it can be refused at all: nothing but the token can be wrong. */
  const cannotFail = [
    'GET /health',
    'GET /api/health',
    'POST /api/auth/logout',
    'GET /api/user/profile',
    'GET /api/users/profile',
    'GET /api/user/login-history',
    'GET /api/conversations',
    'GET /api/contacts/blocked',
    'GET /api/notifications',
    'GET /api/notifications/unread-count',
    'POST /api/notifications/read-all',
  ];

  it('have every route, its other paths too, with what it answers and with what it refuses', () => {
    const { names, answered, refused } = playedRoutes(all, routes());
    expect(names.length).toBeGreaterThan(35);
    expect(names.filter((name) => !answered.has(name))).toEqual([]);
    expect(names.filter((name) => !refused.has(name) && !cannotFail.includes(name))).toEqual([]);
    expect(cannotFail.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('are right that every route but the public ones needs a token', async () => {
    for (const { method, path, access } of routes()) {
      if (access === 'public') continue;
      const url = `${app.url}/convospace${path.replaceAll(/:\w+/g, '1')}`;
      for (const [token, text] of [
        [undefined, 'No token provided'],
        ['Basic abc', 'No token provided'],
        ['Bearer abc', 'Invalid token'],
      ] as const) {
        const answer = await fetch(url, {
          method,
          headers: { 'content-type': 'application/json', ...(token && { authorization: token }) },
        });
        const { status, body } = refusal(401, text);
        expect([method, path, answer.status, await answer.json()]).toEqual([method, path, status, body]);
      }
    }
  });

  it('have every event of clients, handled, and refused or passed over', () => {
    const names = [...chatEvents(listed()).keys()];
    const refuses = (ack: unknown) => (ack as { success?: boolean } | undefined)?.success === false;
    const played = (name: string, wanted: (fixture: Fixture) => boolean) =>
      all.some((fixture) => fixture.emit?.event === name && wanted(fixture));
    const tells = ({ events = [] }: Fixture) => events.some(({ name }) => name !== 'message:error');
    expect(names.length).toBeGreaterThanOrEqual(5);
    expect(names.filter((name) => !played(name, (one) => tells(one) && !refuses(one.emit?.ack)))).toEqual([]);
    expect(names.filter((name) => !played(name, (one) => !tells(one)))).toEqual([]);
  });

  it('have every event of the server', () => {
    const told = toldEvents(all);
    const written = writtenEvents(door, ['events', 'handlers', '.']);
    expect(new Set(written).size).toBeGreaterThanOrEqual(13);
    expect(written.filter((name) => !told.has(name))).toEqual([]);
  });
});
