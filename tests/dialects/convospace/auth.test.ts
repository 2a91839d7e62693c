import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConvospaceClient, good, refusal } from '../../harness/convospace.ts';
import { newPhone, rest, signIn, signInAdmin } from '../../harness/people.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';
import { newClient, newNumber } from './people.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const minute = 60_000;
const day = 24 * 60 * minute;
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const client = () => new ConvospaceClient(app);
const ask = async (number: string) => good(await client().post('/auth/send-otp', { phone_number: number })).data;
const verify = (number: string, body: object = {}) => {
  const one = client();
  return one.post('/auth/verify-otp', { phone_number: number, otp_code: one.codeOf(number), ...body });
};
const wrongCode = refusal(400, 'Invalid or expired OTP');
const usernameTaken = refusal(400, 'That username is already taken');

describe('signing in', () => {
  test('registers with the form of the web client, and asks nobody for their name twice', async () => {
    const number = newNumber();
    const sent = await client().post('/auth/send-otp', { phone_number: number, otp_type: 'login' });
    expect(sent).toMatchObject({ status: 200 });
    expect(sent.body).toEqual({
      success: true,
      message: 'OTP sent successfully (check server console)',
      data: { phone_number: number, expires_at: time, user_exists: false, requires_registration: true },
    });
    const left = Date.parse(sent.body.data.expires_at) - app.clock.now();
    expect(Math.round(left / minute)).toBe(10);

    const verified = await verify(number, { full_name: 'Mira Holt', username: `mira_${number}` });
    expect(verified.status).toBe(200);
    const { id } = verified.body.data.user;
    expect(verified.body).toEqual({
      success: true,
      message: 'Authentication successful',
      data: {
        user: {
          id: expect.any(Number),
          user_id: id,
          phone_number: number,
          full_name: 'Mira Holt',
          username: `mira_${number}`,
          profile_picture: null,
          avatar_url: null,
          bio: null,
          status: 'online',
        },
        token: expect.any(String),
        refresh_token: expect.any(String),
      },
    });
    expect(verified.body.data.token.length).toBeLessThanOrEqual(500);

    expect(await ask(number)).toMatchObject({ user_exists: true, requires_registration: false });
    expect((await verify(number)).body.data.user).toMatchObject({ id, full_name: 'Mira Holt' });
  });

  test('takes a number as a key: spaces, dashes and brackets mean nothing, a country code does', async () => {
    const number = newNumber();
    const spaced = `(${number.slice(0, 3)}) ${number.slice(3, 6)}-${number.slice(6)}`;
    expect((await ask(spaced)).phone_number).toBe(number);
    const first = (await verify(number)).body.data.user;
    expect(first.phone_number).toBe(number);
    expect((await ask(`+1${number}`)).user_exists).toBe(false);
    expect((await verify(`+1${number}`)).body.data.user.id).not.toBe(first.id);
  });

  test('knows a number in E.164 as every other door does, and no other number', async () => {
    const phone = newPhone();
    const known = await signIn(app, { phone, name: 'Nat Iver' });
    expect(await ask(phone)).toMatchObject({ user_exists: true, requires_registration: true });
    const { user, token } = (await verify(phone)).body.data;
    expect(user.full_name).toBe('Nat Iver');
    expect((await rest(app, 'GET', '/me', { token })).body.id).toBe(known.id);
    expect((await ask(phone.slice(1))).user_exists).toBe(false);
  });

  test('shows who has no name in words that are never missing, and lets them say it later', async () => {
    const number = newNumber();
    await ask(number);
    // As the page sends its empty fields.
    const { user } = (await verify(number, { full_name: '', username: '' })).body.data;
    expect(user).toMatchObject({ full_name: `User ${user.id}`, username: `user${user.id}` });
    expect(await ask(number)).toMatchObject({ user_exists: true, requires_registration: true });
    const named = (await verify(number, { full_name: 'Late Name', username: `late_${number}` })).body.data.user;
    expect(named).toMatchObject({ id: user.id, full_name: 'Late Name', username: `late_${number}` });
  });

  test('changes the name of who has one, and never the username', async () => {
    const number = newNumber();
    await client().signIn(number, { full_name: 'One', username: `one_${number}` });
    await ask(number);
    const { user } = (await verify(number, { full_name: 'Two', username: `two_${number}` })).body.data;
    expect(user).toMatchObject({ full_name: 'Two', username: `one_${number}` });
  });

  test('with a taken username uses nothing up: the same code is good with another one', async () => {
    const [number, other] = [newNumber(), newNumber()];
    await client().signIn(other, { full_name: 'First', username: `name_${other}` });
    await ask(number);
    expect(await verify(number, { full_name: 'Second', username: `NAME_${other}` })).toMatchObject(usernameTaken);
    const { status, body } = await verify(number, { full_name: 'Second', username: `user${number}` });
    expect([status, body.data.user.username]).toEqual([200, `user${number}`]);
  });

  test('takes a code as a number too', async () => {
    const number = newNumber();
    await ask(number);
    expect((await verify(number, { otp_code: Number(client().codeOf(number)) })).status).toBe(200);
  });

  test.each([
    [{}, 'otp_code is required'],
    [{ otp_code: '123456' }, 'phone_number is required'],
    [{ phone_number: '5550000001' }, 'otp_code is required'],
    [{ phone_number: '5550000001', otp_code: '123456', username: 'a b' }, expect.stringContaining('username')],
    [{ phone_number: '5550000001', otp_code: '123456', full_name: 'x'.repeat(101) }, expect.any(String)],
  ])('refuses %j', async (body, message) => {
    expect(await client().post('/auth/verify-otp', body)).toMatchObject({ status: 400, body: { error: message } });
  });

  test.each([{}, { phone_number: '' }, { phone_number: null }])('sends no code for %j', async (body) => {
    expect(await client().post('/auth/send-otp', body)).toMatchObject(refusal(400, 'phone_number is required'));
  });

  test.each(['5'.repeat(21), '()', { nested: true }])('sends no code for the number %j', async (phone_number) => {
    expect((await client().post('/auth/send-otp', { phone_number })).status).toBe(400);
  });
});

describe('a code', () => {
  test('is good once', async () => {
    const number = newNumber();
    await ask(number);
    expect((await verify(number)).status).toBe(200);
    expect(await verify(number)).toMatchObject(wrongCode);
  });

  test('is replaced by the next one', async () => {
    const number = newNumber();
    await ask(number);
    const first = client().codeOf(number);
    await ask(number);
    if (client().codeOf(number) !== first) expect(await verify(number, { otp_code: first })).toMatchObject(wrongCode);
    expect((await verify(number)).status).toBe(200);
  });

  test('expires after ten minutes', async () => {
    const number = newNumber();
    await ask(number);
    app.clock.advance(10 * minute);
    expect(await verify(number)).toMatchObject(wrongCode);
  });

  test('may be guessed five times, whatever limits are switched off', async () => {
    const number = newNumber();
    await ask(number);
    const wrong = client().codeOf(number) === '000000' ? '000001' : '000000';
    for (let i = 0; i < 5; i += 1) expect(await verify(number, { otp_code: wrong })).toMatchObject(wrongCode);
    expect(await verify(number)).toMatchObject(wrongCode);
  });

  test('is entered in the login history whether it was right or wrong', async () => {
    const number = newNumber();
    const mira = await client().signIn(number);
    await ask(number);
    await verify(number, { otp_code: 'nonsense' });
    expect(await mira.read('/user/login-history')).toEqual([
      {
        id: expect.any(Number),
        login_method: 'otp',
        ip_address: '127.0.0.1',
        user_agent: expect.any(String),
        is_successful: false,
        failure_reason: 'code_invalid',
        created_at: time,
      },
      expect.objectContaining({ is_successful: true, failure_reason: null }),
    ]);
    expect(await mira.read('/user/login-history?limit=1&offset=1')).toMatchObject([{ is_successful: true }]);
    expect(await (await newClient(app)).read('/user/login-history')).toHaveLength(1);
  });
});

describe('a session', () => {
  test('is renewed by several requests at once with the same token: all get the same pair', async () => {
    const mira = await newClient(app);
    const old = mira.token;
    const renew = () => client().post('/auth/refresh', { refresh_token: mira.refreshToken });
    const answers = await Promise.all([renew(), renew(), renew(), renew()]);
    const [first] = answers;
    expect(first?.body).toEqual({
      success: true,
      message: 'Token refreshed',
      data: { token: expect.any(String), refresh_token: expect.any(String) },
    });
    for (const answer of answers) expect(answer.body).toEqual(first?.body);
    mira.token = first?.body.data.token;
    expect((await mira.get('/user/profile')).status).toBe(200);
    mira.token = old;
    expect((await mira.get('/user/profile')).status).toBe(200);
    app.clock.advance(30_000);
    expect((await renew()).body).toEqual(first?.body);
  });

  test('ends where a token is used again after a minute: somebody has a copy', async () => {
    const mira = await newClient(app);
    const renewed = good(await client().post('/auth/refresh', { refresh_token: mira.refreshToken })).data;
    app.clock.advance(61_000);
    expect(await client().post('/auth/refresh', { refresh_token: mira.refreshToken })).toMatchObject(
      refusal(401, 'Invalid refresh token'),
    );
    mira.token = renewed.token;
    expect(await mira.get('/user/profile')).toMatchObject(refusal(401, 'Invalid or expired session'));
  });

  test('is not renewed by an access token, nor used by a refresh token', async () => {
    const mira = await newClient(app);
    const bad = refusal(401, 'Invalid refresh token');
    for (const refresh_token of [mira.token, 'nonsense', '', undefined, 7]) {
      expect(await client().post('/auth/refresh', { refresh_token })).toMatchObject(bad);
    }
    mira.token = mira.refreshToken;
    expect(await mira.get('/user/profile')).toMatchObject(refusal(401, 'Invalid token'));
  });

  test('says why it is not good', async () => {
    const mira = await newClient(app);
    const good = mira.token;
    mira.token = null;
    expect(await mira.get('/user/profile')).toMatchObject(refusal(401, 'No token provided'));
    mira.token = `${good}x`;
    expect(await mira.get('/user/profile')).toMatchObject(refusal(401, 'Invalid token'));
    mira.token = good;
    app.clock.advance(7 * day);
    expect(await mira.get('/user/profile')).toMatchObject(refusal(401, 'Token has expired'));
    expect((await client().post('/auth/refresh', { refresh_token: mira.refreshToken })).status).toBe(200);
  });

  test('ends by signing out, and the others of the person go on', async () => {
    const number = newNumber();
    const [phone, laptop] = [await client().signIn(number), await client().signIn(number)];
    expect((await phone.post('/auth/logout')).body).toEqual({ success: true, message: 'Logged out successfully' });
    expect(await phone.get('/user/profile')).toMatchObject(refusal(401, 'Invalid or expired session'));
    expect(await phone.post('/auth/logout')).toMatchObject(refusal(401, 'Invalid or expired session'));
    expect(await client().post('/auth/refresh', { refresh_token: phone.refreshToken })).toMatchObject(
      refusal(401, 'Invalid refresh token'),
    );
    expect((await laptop.get('/user/profile')).status).toBe(200);
  });

  test('of an account that is suspended or gone says that it is not active', async () => {
    const inactive = refusal(401, 'User not found or inactive');
    const number = newNumber();
    const eve = await client().signIn(number);
    const admin = await signInAdmin(app);
    const { id } = (await rest(app, 'GET', '/me', { token: eve.token ?? '' })).body;
    await rest(app, 'PUT', `/admin/people/${id}/suspension`, { token: admin.token, body: { reason: 'Spam' } });
    expect(await eve.get('/user/profile')).toMatchObject(inactive);
    await ask(number);
    expect(await verify(number)).toMatchObject(refusal(403, 'Account is not active'));

    const phone = newPhone();
    const bob = await client().signIn(phone);
    await rest(app, 'POST', '/codes', { body: { phone } });
    const gone = await rest(app, 'DELETE', '/me', { token: bob.token ?? '', body: { code: bob.codeOf(phone) } });
    expect(gone.status).toBeLessThan(300);
    expect(await bob.get('/user/profile')).toMatchObject(inactive);
  });
});

describe('limits', () => {
  test('let a number have ten codes in ten minutes, each with its five guesses', async () => {
    const limited = await startTestApp({ PARLEY_RATE_LIMIT_FACTOR: '1' });
    try {
      const mira = new ConvospaceClient(limited);
      const number = newNumber();
      for (let i = 0; i < 10; i += 1) {
        good(await mira.post('/auth/send-otp', { phone_number: number }));
        for (let guess = 0; guess < 4; guess += 1) {
          const answer = await mira.post('/auth/verify-otp', { phone_number: number, otp_code: 'wrong' });
          expect(answer).toMatchObject(wrongCode);
        }
      }
      const more = await mira.post('/auth/send-otp', { phone_number: number });
      expect(more).toMatchObject(refusal(429, 'Too many requests, please try again later'));
      expect(Number(more.headers.get('retry-after'))).toBeGreaterThan(0);
      const signedIn = { phone_number: number, otp_code: mira.codeOf(number) };
      expect((await mira.post('/auth/verify-otp', signedIn)).status).toBe(200);
    } finally {
      await limited.close();
    }
  });

  test('let a session ask for 600 things a minute, and not for any number', async () => {
    const limited = await startTestApp({ PARLEY_RATE_LIMIT_FACTOR: '1' });
    try {
      limited.clock.stop();
      const [mira, teo] = [await newClient(limited), await newClient(limited)];
      const statuses = new Set<number>();
      for (let i = 0; i < 600; i += 1) statuses.add((await mira.get('/notifications/unread-count')).status);
      expect([...statuses]).toEqual([200]);
      expect((await mira.get('/notifications/unread-count')).status).toBe(429);
      expect((await teo.get('/notifications/unread-count')).status).toBe(200);
    } finally {
      await limited.close();
    }
  });
});

describe('what operators set', () => {
  test('a server that hides who has an account tells nobody', async () => {
    const hiding = await startTestApp({ CONVOSPACE_HIDE_ACCOUNT_EXISTENCE: 'true', CONVOSPACE_DEV_OTP: '424242' });
    try {
      const mira = new ConvospaceClient(hiding);
      const number = newNumber();
      const send = async () => good(await mira.post('/auth/send-otp', { phone_number: number })).data;
      expect(await send()).toMatchObject({ user_exists: false, requires_registration: false });
      expect(mira.codeOf(number)).toBe('424242');
      good(await mira.post('/auth/verify-otp', { phone_number: number, otp_code: '424242' }));
      expect(await send()).toMatchObject({ user_exists: false, requires_registration: false });
    } finally {
      await hiding.close();
    }
  });

  test('codes go to a webhook instead of the console; one that does not take them fails the request', async () => {
    const posted: unknown[] = [];
    let status = 200;
    const webhook: Server = createServer((request, response) => {
      let text = '';
      request.on('data', (piece) => {
        text += piece;
      });
      request.on('end', () => {
        posted.push(JSON.parse(text));
        response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
    const posting = await startTestApp({
      CONVOSPACE_OTP_DELIVERY: 'webhook',
      CONVOSPACE_OTP_WEBHOOK_URL: `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/`,
    });
    try {
      const mira = new ConvospaceClient(posting);
      const number = newNumber();
      const sent = await mira.post('/auth/send-otp', { phone_number: number });
      expect(sent.body.message).toBe('OTP sent successfully');
      expect(posted).toEqual([
        { phone_number: number, code: expect.stringMatching(/^\d{6}$/), expires_at: sent.body.data.expires_at },
      ]);
      expect(posting.printed).toEqual([]);
      status = 500;
      expect(await mira.post('/auth/send-otp', { phone_number: number })).toMatchObject(
        refusal(500, 'Failed to send OTP'),
      );
    } finally {
      await posting.close();
      webhook.close();
    }
  });
});
