import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatappDeps } from '../../../src/dialects/chatapp/deps.ts';
import { chatEvents } from '../../../src/dialects/chatapp/handlers/index.ts';
import { chatappRoutes } from '../../../src/dialects/chatapp/routes/index.ts';
import { ChatappClient, ChatappSocket } from '../../harness/chatapp.ts';
import { playedRoutes, toldEvents, writtenEvents } from '../../harness/fixture-coverage.ts';
import { type Fixture, FixtureRunner, readFixtures } from '../../harness/fixtures.ts';
import { picture } from '../../harness/media.ts';
import { signIn } from '../../harness/people.ts';
import { wav } from '../../harness/picture-bytes.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';
import { nobody } from './clients.ts';

const door = new URL('../../../src/dialects/chatapp/', import.meta.url);
const read = (name: string): Fixture[] => readFixtures(new URL(`fixtures/${name}.json`, door));
/** In this order: each stands on those before. */
const subjects = [
  'health',
  'auth',
  'signing-in',
  'contacts',
  'users',
  'devices',
  'presence',
  'chats',
  'groups',
  'members',
  'invites',
  'owners',
  'sending',
  'messages',
  'message-events',
  'uploads',
  'leaving',
];

const maxFileBytes = 200_000;
let app: TestApp;
let runner: FixtureRunner;

beforeAll(async () => {
  app = await startTestApp({
    MAX_FILE_SIZE: String(maxFileBytes),
    // Limits hold; who asks too often does it from elsewhere.
    PARLEY_RATE_LIMIT_FACTOR: '1',
    PARLEY_TRUSTED_PROXIES: '127.0.0.1',
    OTP_RATE_LIMIT_MAX: '5',
  });
  const bytes = await picture({ format: 'jpeg' });
  let lastNumber = 200;
  const text = 'Nothing but words. ';
  const known: Readonly<Record<string, () => unknown>> = {
    nobody: () => nobody,
    'a long text': () => 'x'.repeat(200),
    'far too long a text': () => 'x'.repeat(4_001),
    'a text that is too large': () => 'x'.repeat(4_000_000),
    'picture in base64': () => bytes.toString('base64'),
    'text in base64': () => Buffer.from('<html><script>').toString('base64'),
    'number of limit': () => {
      lastNumber += 1;
      return `+12025550${lastNumber}`;
    },
    tomorrow: () => new Date(app.clock.now() + 86_400_000).toISOString(),
  };
  runner = new FixtureRunner({
    base: `${app.url}/chatapp`,
    shapes: JSON.parse(readFileSync(new URL('fixtures/shapes.json', door), 'utf8')),
    files: {
      picture: bytes,
      text: Buffer.from(text.repeat(20)),
      page: Buffer.from('<!doctype html><html><script>alert(1)</script></html>'),
      sound: wav(),
      large: Buffer.alloc(maxFileBytes + 1, text),
    },
    headersOf: (token) => ({
      'x-forwarded-for': '203.0.113.1',
      ...(token !== null && { authorization: `Bearer ${token}` }),
    }),
    open: (auth, headers) => new ChatappSocket(app.url, { ...auth }, headers),
    advance: (milliseconds) => app.clock.advance(milliseconds),
    lookUp(name) {
      const [, wrong, whose] = /^(not the )?code of (\S+)$/.exec(name) ?? [];
      if (whose !== undefined) {
        const phone = whose.startsWith('+') ? whose : runner.values(whose);
        const code = new ChatappClient(app).codeOf(String(phone));
        return wrong ? code.replace(/.$/, (digit) => String((Number(digit) + 1) % 10)) : code;
      }
      const saved = /^name of (\w+)$/.exec(name)?.[1];
      if (saved !== undefined) return String(runner.values(saved)).split('/').at(-1);
      const value = known[name];
      if (!value) throw new Error(`Nothing is known of ${name}.`);
      return value();
    },
    always: sameIds,
  });
  for (const [as, country, national, name, username] of people) {
    const client = await new ChatappClient(app).signIn(country, national, name);
    if (username) await client.put('/users/profile', { username });
    runner.save(`${as}.token`, client.token);
    runner.save(`${as}.id`, client.id);
    runner.save(`${as}.refreshToken`, client.refreshToken);
  }
  // By the native door, so that the number need not wait for the code that deletes its account.
  const dana = await signIn(app, { name: 'Dana', tokens: 'opaque' });
  for (const key of ['id', 'token', 'phone'] as const) runner.save(`d.${key}`, dana[key]);
});

afterAll(async () => {
  runner.close();
  await app.close();
});

/** Beside `a`, whom fixtures sign in, and `d`. The session of `e` is there to be ended. */
const people = [
  ['b', '+44', '7700900123', 'Mira Sol', 'mira_s'],
  ['g', '+1', '2025550103', 'Gus', null],
  ['h', '+1', '2025550104', 'Hale', null],
  ['e', '+1', '2025550105', 'Eli', null],
] as const;

/** Everything that has `_id` has the same as `id`; of messages and calls it is their third name too. */
function sameIds(value: unknown, place = 'answer'): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { _id, id, messageId, callId } = value as Record<string, unknown>;
  const names = _id === undefined || id === undefined ? [] : [id, messageId, callId];
  const wrong = names.filter((name) => name !== undefined && name !== _id);
  return [
    ...wrong.map((name) => `${place} has the ids ${String(_id)} and ${String(name)}`),
    ...Object.entries(value).flatMap(([key, inner]) => sameIds(inner, `${place}.${key}`)),
  ];
}

describe.each(subjects)('%s', { sequential: true } as object, (subject) => {
  it.each(read(subject).map((fixture) => [fixture.name, fixture] as const))('%s', (_name, fixture) =>
    runner.run(fixture),
  );
});

describe('the fixtures', () => {
  const all = subjects.flatMap(read);
  /** Enough to list routes and events; none of them is called. */
  const listed = () => ({ options: app.config.chatapp, engine: { groups: {} } }) as unknown as ChatappDeps;
  const routes = () =>
    chatappRoutes(listed()).flatMap(({ method, path, access }) =>
      [path].flat().map((at) => ({ method, path: at, access })),
    );
  /** What all answers alike, as far as it can be refused at all: nothing but the token can be wrong. */
  const cannotFail = [
    'GET /health',
    'GET /api/health',
    'GET /api/auth/countries',
    'POST /api/auth/logout',
    'GET /api/auth/me',
    'GET /api/users/profile',
    'DELETE /api/users/avatar',
    'GET /api/users/blocked',
    'GET /api/groups',
  ];

  it('have every route, its other paths too, with what it answers and with what it refuses', () => {
    const { names, answered, refused } = playedRoutes(all, routes());
    expect(names.filter((name) => !answered.has(name))).toEqual([]);
    expect(names.filter((name) => !refused.has(name) && !cannotFail.includes(name))).toEqual([]);
    expect(cannotFail.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('are right that every route but the public ones needs a token', async () => {
    for (const { method, path, access } of routes()) {
      if (access === 'public') continue;
      const url = `${app.url}/chatapp${path.replaceAll(/:\w+/g, 'x')}`;
      const answer = await fetch(url, { method, headers: { 'content-type': 'application/json' } });
      expect([method, path, answer.status, await answer.json()]).toEqual([
        method,
        path,
        401,
        { success: false, message: 'No token provided, authorization denied' },
      ]);
    }
  });

  it('have every event of clients, handled and refused', () => {
    const names = ['authenticate', ...chatEvents(listed()).keys()];
    const of = (success: boolean) => (name: string) =>
      all.some(({ emit, events = [] }) => {
        if (emit?.event !== name) return false;
        const ack = emit.ack as { success?: boolean } | undefined;
        return ack ? ack.success === success : success === !events.some((event) => event.name.endsWith('error'));
      });
    expect(names.filter((name) => !of(true)(name))).toEqual([]);
    // Who has signed in is there, whatever they say.
    expect(names.filter((name) => !of(false)(name))).toEqual(['user_online']);
  });

  it('have every event of the server', () => {
    const expected = toldEvents(all);
    const written = writtenEvents(door, ['events', 'handlers', '.']);
    const errors = ['error', 'message_error', 'profile_update_error'];
    expect(written.length).toBeGreaterThan(25);
    expect([...written, ...errors].filter((name) => !expected.has(name))).toEqual([]);
  });

  it('have every form of every event that came while they were played', () => {
    const form = (data: unknown) =>
      Object.keys(data as object)
        .sort()
        .join();
    const expected = new Set(all.flatMap(({ events = [] }) => events.map(({ name, data }) => `${name} ${form(data)}`)));
    const told = new Set(runner.received().map(({ name, data }) => `${name} ${form(data)}`));
    expect([...told].filter((one) => !expected.has(one))).toEqual([]);
  });
});
