import { connect as connectTcp } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AnyOperation } from '../../src/api/index.ts';
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
import { rest, signIn, signInAdmin, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
let eve: TestPerson;
let admin: TestPerson;
let others: [TestPerson, TestPerson];
beforeAll(async () => {
  app = await startTestApp();
  eve = await signIn(app);
  admin = await signInAdmin(app);
  others = await bystanders(app);
});
afterEach(() => expectHealthy(app, ...others));
afterAll(() => app.close());

/** Sends bytes as they are and returns the answer's status and text. */
function raw(
  method: string,
  path: string,
  body?: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
) {
  const authorization = `Bearer ${eve.token}`;
  const init = { method, headers: { authorization, 'content-type': 'application/json', ...headers } };
  return fetch(`${app.url}/v1${path}`, { ...init, ...(body !== undefined && { body }) }).then(async (response) => ({
    status: response.status,
    text: await response.text(),
  }));
}

/** Calls an operation with one input, each field where it belongs. */
function call(operation: AnyOperation, input: Record<string, unknown>, extra = '') {
  const params = fieldsOf(operation, 'params');
  const [query, body] = [new URLSearchParams(), {} as Record<string, unknown>];
  let path = operation.path;
  for (const [name, value] of Object.entries(input)) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (name in params)
      path = path.replace(`:${name}`, encodeURIComponent(text.toWellFormed()).slice(0, 5_000) || '%20');
    else if (operation.method === 'GET') query.set(name, text.slice(0, 5_000));
    else body[name] = value;
  }
  const url = `${path}?${query}${extra}`;
  // Others get no further than to be refused.
  const caller = operation.name.startsWith('admin.') ? admin : eve;
  return raw(operation.method, url, operation.body ? JSON.stringify(body) : undefined, {
    authorization: `Bearer ${caller.token}`,
  });
}

const codeOf = (text: string): string => JSON.parse(text).error.code;
const writing = operations.filter(({ body }) => body);

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

describe.each(
  operations.filter(({ name }) => !harmful.has(name)).map((operation) => [operation.name, operation] as const),
)('%s', (name, operation) => {
  const input = plausible[name] ?? {};

  test('bears any value in any field', async () => {
    const fields = {
      ...fieldsOf(operation, 'params'),
      ...fieldsOf(operation, 'query'),
      ...fieldsOf(operation, 'body'),
    };
    for (const field of Object.keys(fields)) {
      for (const value of wrongValues) {
        const { status, text } = await call(operation, { ...input, [field]: value });
        expectDecent(status, text);
        expect(status).toBeLessThan(500);
      }
    }
  });

  test('refuses what is missing, unknown or of another type', async () => {
    const schema = operation.body as { required?: string[] } | undefined;
    for (const missing of schema?.required ?? []) {
      const { [missing]: _gone, ...rest_ } = input;
      const { status, text } = await call(operation, rest_);
      expect([status, codeOf(text)]).toEqual([400, 'invalid_request']);
      expect(JSON.parse(text).error.details.path).toBe(`/${missing}`);
    }
    for (const [field, { type }] of Object.entries(fieldsOf(operation, 'body'))) {
      if (type === undefined) continue;
      for (const value of [null, type === 'string' ? 7 : 'seven', type === 'boolean' ? 1 : true, [], {}]) {
        if (type === 'array' ? Array.isArray(value) : type === 'object' && isObject(value)) continue;
        const { status, text } = await call(operation, { ...input, [field]: value });
        expect([status, codeOf(text)]).toEqual([400, 'invalid_request']);
      }
    }
    for (const [field, { type }] of Object.entries(fieldsOf(operation, 'query'))) {
      if (type !== 'integer') continue;
      for (const value of [
        '1.5',
        '-1',
        'NaN',
        'Infinity',
        '1e3',
        '0x10',
        '',
        ' 1',
        'true',
        '9'.repeat(17),
        '9007199254740993',
      ]) {
        const { status, text } = await call(operation, input, `&${field}=${encodeURIComponent(value)}`);
        expect([value, status, codeOf(text)]).toEqual([value, 400, 'invalid_request']);
      }
      const twice = await call(operation, input, `&${field}=1&${field}=2`);
      expect(twice.status).toBe(400);
    }
    if (operation.body || operation.query) {
      const part = operation.body
        ? await call(operation, { ...input, extra: 1 })
        : await call(operation, input, '&extra=1');
      expect([part.status, codeOf(part.text)]).toEqual([400, 'invalid_request']);
    }
  });
});

test.each(writing.map((operation) => [operation.name, operation] as const))(
  '%s takes nothing but a JSON object',
  async (name, operation) => {
    const path = operation.path.replace(/:\w+/g, 'no-id');
    const body = JSON.stringify(plausible[name] ?? {});
    for (const [what, sent, headers, status] of [
      ['broken JSON', body.slice(0, -1), {}, 400],
      ['two values', `${body}${body}`, {}, 400],
      ['a comment', `${body}//`, {}, 400],
      ['a number', '7', {}, 400],
      ['a text', '"text"', {}, 400],
      ['a list', '[]', {}, 400],
      ['nested deeply', `${'['.repeat(50_000)}${']'.repeat(50_000)}`, {}, 400],
      ['objects nested deeply', `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`, {}, 400],
      ['a form', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }, 400],
      ['XML', '<a/>', { 'content-type': 'application/xml' }, 400],
      ['plain text', body, { 'content-type': 'text/plain' }, 400],
      ['no type', body, { 'content-type': '' }, 400],
      ['a broken type', body, { 'content-type': ';;;' }, 400],
      ['__proto__', '{"__proto__":{"admin":true}}', {}, 400],
      ['constructor.prototype', '{"constructor":{"prototype":{"admin":true}}}', {}, 400],
      ['too much', `{"text":"${'x'.repeat(300_000)}"}`, {}, 413],
      ['NUL in a key', '{"a\\u0000":1}', {}, 400],
      ['a lone surrogate in a key', '{"\\ud800":1}', {}, 400],
    ] as const) {
      const answer = await raw(operation.method, path, sent, headers);
      expectDecent(answer.status, answer.text);
      expect([what, answer.status]).toEqual([what, status]);
      expect(['invalid_request', 'invalid_text', 'payload_too_large']).toContain(codeOf(answer.text));
    }
    const invalid = new Uint8Array([...Buffer.from('{"text":"'), 0xff, 0xfe, 0xc0, ...Buffer.from('"}')]);
    const answer = await raw(operation.method, path, invalid);
    expect([answer.status, codeOf(answer.text)]).toEqual([400, 'invalid_text']);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  },
);

test.each([
  ['a path that is not UTF-8', '/people/%ff%fe', 400],
  ['a broken escape', '/people/%zz', 400],
  ['a lone surrogate in a path', '/people/%ed%a0%80', 400],
  ['NUL in a path', '/people/a%00b', 400],
  ['NUL in a query', '/people?q=a%00b', 400],
  ['a query that is not UTF-8', '/people?q=%ff', 200],
  ['__proto__ in a query', '/people?__proto__=1&q=a', 400],
  ['constructor in a query', '/people?constructor=1&q=a', 400],
  ['a path that climbs', '/people/..%2f..%2fetc%2fpasswd', 404],
  ['a very long path', `/people/${'x'.repeat(5_000)}`, 400],
  ['no such route', '/nothing/here', 404],
  ['a forged cursor', '/conversations?cursor=W10', 400],
  [
    'a cursor of another list',
    `/conversations?cursor=${Buffer.from('["01900000-0000-7000-8000-000000000000"]').toString('base64url')}`,
    400,
  ],
  [
    'a cursor far in time',
    `/conversations?cursor=${Buffer.from('[8.64e15,-8.64e15,"01900000-0000-7000-8000-000000000000"]').toString('base64url')}`,
    400,
  ],
  [
    'a cursor beyond time',
    `/conversations?cursor=${Buffer.from('[1e300,1,"01900000-0000-7000-8000-000000000000"]').toString('base64url')}`,
    400,
  ],
])('%s is answered decently', async (_what, path, status) => {
  const answer = await raw('GET', path);
  expectDecent(answer.status, answer.text);
  expect(answer.status, answer.text).toBe(status);
  if (status >= 400) expect(codeOf(answer.text)).toMatch(/^[a-z_]+$/);
});

test('what is no HTTP is refused and closed', async () => {
  const speak = (text: string) =>
    new Promise<string>((resolve) => {
      const { hostname, port } = new URL(app.url);
      const socket = connectTcp(Number(port), hostname, () => socket.write(text));
      let answer = '';
      socket.on('data', (data) => {
        answer += data;
      });
      socket.on('close', () => resolve(answer));
      socket.on('error', () => {});
    });
  const head = 'POST /v1/codes HTTP/1.1\r\nHost: a\r\nConnection: close\r\n';
  for (const text of [
    'hello\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    `GET /v1/me HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`,
    `${head}Content-Length: -1\r\n\r\n`,
    `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    `${head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
  ]) {
    const answer = await speak(text);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expectDecent(400, answer);
  }
});

test('texts with markup and SQL are kept and shown as they are', async () => {
  const id = await startDirect(app, eve, others[0]);
  const text = `"><script>alert('1')</script>'; drop table people; -- \${7*7} {{7*7}} %00 \\u0000`;
  await rest(app, 'PATCH', '/me', { token: eve.token, body: { name: text.slice(0, 100), about: text } });
  expect((await rest(app, 'GET', '/me', { token: eve.token })).body).toMatchObject({
    name: text.slice(0, 100),
    about: text,
  });
  const sent = await rest(app, 'POST', `/conversations/${id}/messages`, {
    token: eve.token,
    body: { text, clientId: text },
  });
  expect(sent.body.message).toMatchObject({ text, clientId: text });
  const signedIn = await signIn(app, { name: text.slice(0, 100), deviceName: text.slice(0, 100) });
  const [session] = (await rest(app, 'GET', '/sessions', { token: signedIn.token })).body.items;
  expect(session.deviceName).toBe(text.slice(0, 100));
});

test.each([
  ['four bytes a letter', '🐎'.repeat(100)],
  ['letters that grow when compared', '\ufdfa'.repeat(100)],
  [
    'letters that grow, none like the next',
    Array.from({ length: 100 }, (_, i) => String.fromCodePoint(0x3300 + i)).join(''),
  ],
  ['letters on letters', `a${'\u0301'.repeat(99)}`],
])('a name as long as may be is stored and found: %s', async (_what, name) => {
  const answer = await rest(app, 'PATCH', '/me', { token: eve.token, body: { name, username: `u${'x'.repeat(29)}` } });
  expect(answer).toMatchObject({ status: 200, body: { name } });
  const q = encodeURIComponent([...name].slice(0, 20).join(''));
  const found = await rest(app, 'GET', `/people?q=${q}`, { token: others[0].token });
  expect(found.body.items.map((person: { id: string }) => person.id)).toContain(eve.id);
  const longer = await rest(app, 'PATCH', '/me', { token: eve.token, body: { name: `${name}x` } });
  expect(longer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request' } } });
});
