import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { codeFor, newPhone, newUsername, register, rest, signIn } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
beforeEach(async () => {
  // Everybody connects from here, so other addresses come in by the header of a trusted proxy.
  app = await startTestApp({ PARLEY_RATE_LIMIT_FACTOR: '1', PARLEY_TRUSTED_PROXIES: '127.0.0.1' });
});
afterEach(() => app.close());

let lastAddress = 0;
const elsewhere = () => {
  lastAddress += 1;
  return { 'x-forwarded-for': `10.0.${lastAddress >> 8}.${lastAddress & 255}` };
};
const ask = (phone: string, headers: Record<string, string> = elsewhere()) =>
  rest(app, 'POST', '/codes', { body: { phone }, headers });
const limited = (answer: Awaited<ReturnType<typeof rest>>, limit: string) => {
  expect(answer).toMatchObject({ status: 429, body: { error: { code: 'rate_limited', details: { limit } } } });
  const { retryAfter } = answer.body.error.details;
  expect(retryAfter).toBeGreaterThan(0);
  expect(answer.headers.get('retry-after')).toBe(String(retryAfter));
};

describe('codes', () => {
  test('a phone waits half a minute between two, from whatever address; another phone does not', async () => {
    const phone = newPhone();
    expect((await ask(phone)).status).toBe(202);
    limited(await ask(phone), 'code-pause');
    limited(await ask(phone), 'code-pause');
    expect((await ask(newPhone())).status).toBe(202);
    // The refused requests did not replace the code.
    const body = { phone, code: codeFor(app, phone) };
    expect((await rest(app, 'POST', '/sessions/by-code', { body })).status).toBe(201);
  });

  test('an address asks for 20; others go on', async () => {
    const here = elsewhere();
    for (let i = 0; i < 20; i += 1) expect((await ask(newPhone(), here)).status).toBe(202);
    limited(await ask(newPhone(), here), 'code-ip');
    expect((await ask(newPhone())).status).toBe(202);
  });

  test('a country gets 200 an hour; other countries go on', async () => {
    // Toll fraud: many addresses, many numbers, one expensive destination.
    const destination = (i: number) => `+37180${String(100_000 + i)}`;
    for (let i = 0; i < 200; i += 1) expect((await ask(destination(i))).status).toBe(202);
    limited(await ask(destination(200)), 'code-country');
    expect((await ask(newPhone())).status).toBe(202);
  });

  test('guessing them is limited for the phone, from all addresses together', async () => {
    const victim = newPhone();
    await ask(victim);
    const guess = () =>
      rest(app, 'POST', '/sessions/by-code', { body: { phone: victim, code: '000000' }, headers: elsewhere() });
    for (let i = 0; i < 15; i += 1) expect((await guess()).status).toBe(400);
    limited(await guess(), 'verify-phone');
    expect((await signIn(app)).id).toBeDefined();
  });
});

test('guessing a password is limited for the login and for the address; an honest person is unaffected', async () => {
  const [victim, honest] = [newUsername(), newUsername()];
  await register(app, { username: victim });
  await register(app, { username: honest });
  const enter = (login: string, password: string, headers = elsewhere()) =>
    rest(app, 'POST', '/sessions/by-password', { body: { login, password }, headers });
  for (let i = 0; i < 10; i += 1) expect((await enter(victim, 'wrong horse')).status).toBe(400);
  limited(await enter(victim.toUpperCase(), 'correct horse'), 'password-login');
  expect((await enter(honest, 'correct horse')).status).toBe(201);

  const attacker = elsewhere();
  for (let i = 0; i < 60; i += 1) await enter(`nobody_${i}`, 'wrong horse', attacker);
  limited(await enter('nobody_60', 'wrong horse', attacker), 'password-ip');
  expect((await enter(honest, 'correct horse')).status).toBe(201);
}, 60_000);

test('a success forgives the failures before it', async () => {
  const username = newUsername();
  await register(app, { username });
  const enter = (password: string) =>
    rest(app, 'POST', '/sessions/by-password', { body: { login: username, password }, headers: elsewhere() });
  for (let round = 0; round < 2; round += 1) {
    for (let i = 0; i < 9; i += 1) expect((await enter('wrong horse')).status).toBe(400);
    expect((await enter('correct horse')).status).toBe(201);
  }
});

test('requests of one session are limited; the bucket fills again; other sessions do not notice', async () => {
  const [greedy, honest] = [await signIn(app), await signIn(app)];
  const answers = await Promise.all(
    Array.from({ length: 260 }, () => rest(app, 'GET', '/unread', { token: greedy.token })),
  );
  const refused = answers.filter(({ status }) => status !== 200);
  expect(refused.length).toBeGreaterThan(0);
  for (const answer of refused) limited(answer, 'requests');
  expect((await rest(app, 'GET', '/unread', { token: honest.token })).status).toBe(200);
  app.clock.advance(5_000);
  expect((await rest(app, 'GET', '/unread', { token: greedy.token })).status).toBe(200);
});
