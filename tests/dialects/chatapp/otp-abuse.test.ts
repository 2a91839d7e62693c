import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';

let app: TestApp;
beforeEach(async () => {
  // Everybody connects from here, so other addresses come in by the header of a trusted proxy.
  app = await startTestApp({ PARLEY_RATE_LIMIT_FACTOR: '1', PARLEY_TRUSTED_PROXIES: '127.0.0.1' });
});
afterEach(() => app.close());

const attacker = '203.0.113.66';
const honest = '198.51.100.7';
let lastAddress = 0;
const elsewhere = (): string => {
  lastAddress += 1;
  return `10.0.${lastAddress >> 8}.${lastAddress & 255}`;
};

async function post(path: string, body: object, address: string) {
  const response = await fetch(`${app.url}/chatapp/api${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body: JSON.stringify(body),
  });
  // biome-ignore lint/suspicious/noExplicitAny: tests read what the wire brings
  return { status: response.status, headers: response.headers, body: (await response.json()) as any };
}
const send = (phoneNumber: string, address = elsewhere()) => post('/auth/send-otp', { phoneNumber }, address);
const verify = (phoneNumber: string, otp: string, address = elsewhere()) =>
  post('/auth/verify-otp', { phoneNumber, otp }, address);
const number = (n: number): string => `+1555${String(3_000_000 + n)}`;
const codesFor = (phone: string): string[] =>
  app.printed.filter((line) => line.startsWith(`OTP for ${phone}: `)).map((line) => line.slice(-6));
const limited = (answer: Awaited<ReturnType<typeof post>>, message: string): void => {
  expect(answer).toMatchObject({ status: 429, body: { success: false, message } });
  expect(answer.body.retryAfter).toBeGreaterThan(0);
  expect(answer.headers.get('retry-after')).toBe(String(answer.body.retryAfter));
};
const tooManyCodes = 'Too many OTP requests, please try again later.';
const tooManyTries = 'Too many verification attempts, please try again later.';

/** The honest person next door asks for a code and gets in. */
async function getsIn(): Promise<void> {
  const phone = '+15559990001';
  expect((await send(phone, honest)).status).toBe(200);
  expect((await verify(phone, codesFor(phone).at(-1) ?? '', honest)).status).toBe(200);
}

test('a thousand requests for a hundred numbers from one address send five codes', async () => {
  const answers = [];
  for (let i = 0; i < 1_000; i += 50) {
    const batch = Array.from({ length: 50 }, (_, n) => send(number((i + n) % 100), attacker));
    answers.push(...(await Promise.all(batch)));
  }
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
  expect(app.printed).toHaveLength(5);
  const refused = answers.filter(({ status }) => status !== 200);
  for (const answer of refused) expect(answer.status).toBe(429);
  limited(refused.at(-1) as (typeof refused)[number], tooManyCodes);
  const logged = app.logged.filter((entry) => JSON.stringify(entry).includes('429'));
  expect(logged.length).toBeGreaterThanOrEqual(refused.length);
  expect(JSON.stringify(app.logged)).not.toContain(number(0));
  await getsIn();
});

test('a number waits a minute for its next code, from whatever address', async () => {
  const phone = number(1);
  expect((await send(phone)).status).toBe(200);
  const again = await send(phone);
  limited(again, 'Please wait before requesting another OTP');
  expect(again.body.retryAfter).toBeLessThanOrEqual(60);
  expect(again.body.retryAfter).toBeGreaterThan(50);
  // The refused request did not replace the code.
  expect(codesFor(phone)).toHaveLength(1);
  expect((await verify(phone, codesFor(phone)[0] ?? '')).status).toBe(200);
  // Nor does signing in shorten the wait.
  limited(await send(phone), 'Please wait before requesting another OTP');
  expect((await send(number(2))).status).toBe(200);
});

test('guessing is limited for the code, and for the address', async () => {
  const phone = number(1);
  await send(phone);
  const [right] = codesFor(phone) as [string];
  const guesses = Array.from({ length: 9 }, (_, n) => String(n).repeat(6)).filter((code) => code !== right);
  for (const code of guesses.slice(0, 5)) expect((await verify(phone, code)).status).toBe(400);
  expect((await verify(phone, right)).body.message).toBe('Too many failed attempts. Please request a new OTP.');

  for (let i = 0; i < 10; i += 1) expect((await verify(number(50 + i), '123456', attacker)).status).toBe(404);
  limited(await verify(phone, right, attacker), tooManyTries);
  limited(await verify(phone, 'no code', attacker), tooManyTries);
  await getsIn();
});

test('what is no code counts as a try of its address', async () => {
  for (let i = 0; i < 10; i += 1) expect((await verify(number(1), 'x', attacker)).status).toBe(400);
  limited(await verify(number(1), 'x', attacker), tooManyTries);
});

test('of tries at once, five are answered, and the code is good once', async () => {
  const [phone, other] = [number(1), number(2)];
  await send(phone);
  await send(other);
  const [right] = codesFor(phone) as [string];
  const wrong = right === '000000' ? '000001' : '000000';
  const guesses = await Promise.all(Array.from({ length: 12 }, () => verify(phone, wrong)));
  expect(guesses.filter(({ status }) => status === 400)).toHaveLength(5);
  const [code] = codesFor(other) as [string];
  const uses = await Promise.all(Array.from({ length: 5 }, () => verify(other, code)));
  expect(uses.filter(({ status }) => status === 200)).toHaveLength(1);
});

test('an expensive destination gets 200 codes an hour, from however many addresses', async () => {
  const destination = (i: number): string => `+37180${String(100_000 + i)}`;
  for (let i = 0; i < 200; i += 50) {
    const batch = await Promise.all(Array.from({ length: 50 }, (_, n) => send(destination(i + n))));
    for (const answer of batch) expect(answer.status).toBe(200);
  }
  limited(await send(destination(200)), tooManyCodes);
  await getsIn();
});
