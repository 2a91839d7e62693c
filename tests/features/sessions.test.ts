import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { day, minute } from '../../src/engine/shared/clock.ts';
import { connect, newUsername, register, rest, signIn } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const refresh = (refreshToken: string, requestKey?: string) =>
  rest(app, 'POST', '/sessions/refresh', { body: { refreshToken, ...(requestKey !== undefined && { requestKey }) } });
const me = (token: string) => rest(app, 'GET', '/me', { token });
const refused = (code: string, status = 401) => ({ status, body: { error: { code } } });

describe('rotating tokens', () => {
  test('an access token is good for 15 minutes, a refresh token gets the next', async () => {
    const ann = await signIn(app);
    app.clock.advance(15 * minute);
    expect(await me(ann.token)).toMatchObject(refused('token_expired'));
    const next = await refresh(ann.refreshToken);
    expect(next).toMatchObject({ status: 200, body: { sessionId: ann.sessionId } });
    expect(next.body.refreshToken).not.toBe(ann.refreshToken);
    expect((await me(next.body.accessToken)).body.id).toBe(ann.id);
    const third = await refresh(next.body.refreshToken);
    expect((await me(third.body.accessToken)).status).toBe(200);
  });

  test('using a refresh token twice ends the session, with its sockets, and no other', async () => {
    const ann = await signIn(app);
    const other = await signIn(app, { phone: ann.phone });
    const [device, otherDevice] = [await connect(app, ann.token), await connect(app, other.token)];
    const next = (await refresh(ann.refreshToken)).body;
    expect(await refresh(ann.refreshToken)).toMatchObject(refused('refresh_token_reused'));
    expect(await device.next('session.ended')).toEqual({ reason: 'refresh_token_reused' });
    expect(await device.closed).toBe('io server disconnect');
    for (const token of [ann.token, next.accessToken])
      expect(await me(token)).toMatchObject(refused('session_revoked'));
    expect(await refresh(next.refreshToken)).toMatchObject(refused('session_revoked'));
    expect(await otherDevice.next('session.revoked')).toMatchObject({ sessionIds: [ann.sessionId] });
    expect((await me(other.token)).status).toBe(200);
    otherDevice.close();
  });

  test('a refresh whose answer was lost can be repeated with its requestKey', async () => {
    const ann = await signIn(app);
    const first = await refresh(ann.refreshToken, 'lost-answer-1');
    const again = await refresh(ann.refreshToken, 'lost-answer-1');
    expect(again).toMatchObject({ status: 200, body: { refreshToken: first.body.refreshToken } });
    expect((await me(again.body.accessToken)).status).toBe(200);
    expect(await refresh(ann.refreshToken, 'another-key')).toMatchObject(refused('refresh_token_reused'));
  });

  test('a repetition after the successor was used is reuse', async () => {
    const ann = await signIn(app);
    const first = (await refresh(ann.refreshToken, 'request-key')).body;
    await refresh(first.refreshToken, 'request-key-2');
    expect(await refresh(ann.refreshToken, 'request-key')).toMatchObject(refused('refresh_token_reused'));
    expect(await me(first.accessToken)).toMatchObject(refused('session_revoked'));
  });

  test('a repetition after a long outage is as good', async () => {
    const ann = await signIn(app);
    const first = await refresh(ann.refreshToken, 'request-key');
    app.clock.advance(2 * day);
    expect((await refresh(ann.refreshToken, 'request-key')).body.refreshToken).toBe(first.body.refreshToken);
  });

  test('a session that nobody refreshes for 60 days is over; one that is refreshed lives on', async () => {
    const [idle, busy] = [await signIn(app), await signIn(app)];
    app.clock.advance(40 * day);
    const next = (await refresh(busy.refreshToken)).body;
    app.clock.advance(40 * day);
    expect(await refresh(idle.refreshToken)).toMatchObject(refused('refresh_token_invalid'));
    expect((await refresh(next.refreshToken)).status).toBe(200);
  });

  test('neither token is good as the other', async () => {
    const ann = await signIn(app);
    expect(await me(ann.refreshToken)).toMatchObject(refused('unauthenticated'));
    expect(await refresh(ann.token)).toMatchObject(refused('refresh_token_invalid'));
    expect((await refresh(ann.refreshToken)).status).toBe(200);
  });
});

describe('forged access tokens', () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const sign = (header: object, payload: object, key: string): string => {
    const text = `${part(header)}.${part(payload)}`;
    return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
  };

  test('are refused, over REST and over the socket', async () => {
    const ann = await signIn(app);
    const [header = '', payload = '', signature = ''] = ann.token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const victim = await signIn(app);
    const forged = {
      'alg none': `${part({ alg: 'none', typ: 'at+jwt' })}.${payload}.`,
      'alg none with a signature': `${part({ alg: 'none', typ: 'at+jwt' })}.${payload}.${signature}`,
      'another secret': sign({ alg: 'HS256', typ: 'at+jwt' }, claims, 'another secret'),
      'an empty secret': sign({ alg: 'HS256', typ: 'at+jwt' }, claims, ''),
      'another session under the same signature': `${header}.${part({ ...claims, sid: victim.sessionId })}.${signature}`,
      'no signature': `${header}.${payload}.`,
      truncated: ann.token.slice(0, -2),
      'without its header': `${payload}.${signature}`,
      'only dots': '..',
      'not a token': 'token',
      'a lone surrogate': 'a.\ud800.c',
      'very long': `${'a'.repeat(3_000)}.b.c`,
    };
    for (const [why, token] of Object.entries(forged)) {
      if (why !== 'a lone surrogate') expect(await me(token), why).toMatchObject(refused('unauthenticated'));
      const connecting = connect(app, token);
      await expect(connecting, why).rejects.toMatchObject({ data: { code: 'unauthenticated' } });
    }
    expect((await me(ann.token)).status).toBe(200);
  });
});

describe('opaque tokens', () => {
  test('live as long as they are used, and are revoked like any session', async () => {
    const { tokens } = (await register(app, { username: newUsername(), tokens: 'opaque' })).body;
    expect(tokens.refreshToken).toBeNull();
    expect(tokens.accessToken).not.toContain('.');
    for (let i = 0; i < 4; i += 1) {
      app.clock.advance(20 * day);
      expect((await me(tokens.accessToken)).status).toBe(200);
      await app.app.auth.authenticator.idle();
    }
    const device = await connect(app, tokens.accessToken);
    const path = `/sessions/${tokens.sessionId}`;
    expect((await rest(app, 'DELETE', path, { token: tokens.accessToken })).status).toBe(204);
    expect(await device.closed).toBe('io server disconnect');
    expect(await me(tokens.accessToken)).toMatchObject(refused('session_revoked'));
    await expect(connect(app, tokens.accessToken)).rejects.toMatchObject({ data: { code: 'session_revoked' } });
  });

  test('end when they are not used for 30 days', async () => {
    const { tokens } = (await register(app, { username: newUsername(), tokens: 'opaque' })).body;
    app.clock.advance(30 * day);
    expect(await me(tokens.accessToken)).toMatchObject(refused('token_expired'));
  });
});

describe('devices', () => {
  test('are listed; revoking one closes exactly its sockets', async () => {
    const phone = await signIn(app, { deviceName: 'Phone' });
    const laptop = await signIn(app, { phone: phone.phone, deviceName: 'Laptop' });
    const stranger = await signIn(app);
    const list = await rest(app, 'GET', '/sessions', { token: phone.token });
    expect(list.body.items).toHaveLength(2);
    expect(list.body.items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: phone.sessionId, deviceName: 'Phone', current: true, door: 'v1' }),
        expect.objectContaining({ id: laptop.sessionId, deviceName: 'Laptop', current: false }),
      ]),
    );
    const mine = await connect(app, phone.token);
    const lost = [await connect(app, laptop.token), await connect(app, laptop.token, { transports: ['polling'] })];
    const path = `/sessions/${laptop.sessionId}`;
    expect(await rest(app, 'DELETE', path, { token: stranger.token })).toMatchObject(refused('session_not_found', 404));
    await lost[0]?.settled();
    expect((await rest(app, 'DELETE', path, { token: phone.token })).status).toBe(204);
    for (const device of lost) {
      expect(await device.next('session.ended')).toEqual({ reason: 'revoked' });
      expect(await device.closed).toBe('io server disconnect');
    }
    expect(await mine.next('session.revoked')).toMatchObject({ sessionIds: [laptop.sessionId], reason: 'revoked' });
    await mine.settled();
    expect(await rest(app, 'DELETE', path, { token: phone.token })).toMatchObject(refused('session_not_found', 404));
    expect((await rest(app, 'GET', '/sessions', { token: phone.token })).body.items).toHaveLength(1);
    mine.close();
  });

  test('are all signed out at once', async () => {
    const first = await signIn(app);
    const other = await signIn(app, { phone: first.phone });
    const devices = [await connect(app, first.token), await connect(app, other.token)];
    expect(await devices[0]?.command('sessions.deleteAll').catch(() => null)).toBeNull();
    for (const device of devices) expect(await device.closed).toBe('io server disconnect');
    for (const { token } of [first, other]) expect(await me(token)).toMatchObject(refused('session_revoked'));
    expect(await refresh(other.refreshToken)).toMatchObject(refused('session_revoked'));
  });
});

test('the login history shows successes and failures, page by page', async () => {
  const username = newUsername();
  const { tokens } = (await register(app, { username })).body;
  const attempt = (password: string) =>
    rest(app, 'POST', '/sessions/by-password', {
      body: { login: username, password, deviceName: 'Laptop' },
      headers: { 'user-agent': 'test-agent' },
    });
  for (const password of ['wrong horse', 'correct horse', 'wrong horse']) {
    app.clock.advance(1_000);
    await attempt(password);
  }
  const entries: object[] = [];
  for (let cursor = ''; ; ) {
    const query = `limit=3${cursor && `&cursor=${cursor}`}`;
    const { body } = await rest(app, 'GET', `/sign-ins?${query}`, { token: tokens.accessToken });
    entries.push(...body.items);
    if (body.next === null) break;
    cursor = body.next;
  }
  const seen = { method: 'password', deviceName: 'Laptop', userAgent: 'test-agent', ip: '127.0.0.1', door: 'v1' };
  expect(entries).toMatchObject([
    { ...seen, succeeded: false, failure: 'credentials_invalid' },
    { ...seen, succeeded: true, failure: null },
    { ...seen, succeeded: false, failure: 'credentials_invalid' },
    { succeeded: true, deviceName: null },
  ]);
});
