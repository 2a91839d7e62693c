import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, newUsername, register, rest, signIn } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const enter = (login: string, password: string) =>
  rest(app, 'POST', '/sessions/by-password', { body: { login, password } });

describe('registration', () => {
  test('makes an account with e-mail address and username, and signs in by both in any case', async () => {
    const username = newUsername();
    const made = await register(app, { name: '  Ann Archer ', email: `${username}@Example.ORG`, username });
    expect(made).toMatchObject({ status: 201, body: { isNew: true, profile: { name: 'Ann Archer', username } } });
    expect(made.body.profile.identities).toEqual([
      { kind: 'email', value: `${username}@example.org`, verified: false },
      { kind: 'username', value: username, verified: true },
    ]);
    for (const login of [username, username.toUpperCase(), `${username}@example.org`, ` ${username}@EXAMPLE.org `]) {
      const signedIn = await enter(login, 'correct horse');
      expect(signedIn).toMatchObject({ status: 201, body: { isNew: false, profile: { id: made.body.profile.id } } });
    }
    expect(JSON.stringify(made.body)).not.toContain('correct horse');
    expect(JSON.stringify(app.logged)).not.toContain('correct horse');
  });

  test.each([
    ['neither e-mail address nor username', {}, 'invalid_request'],
    ['a blank name', { username: 'blank_name', name: ' \t ' }, 'invalid_request'],
    ['a short password', { username: 'short_password', password: '1234567' }, 'password_too_weak'],
    ['seven emoji of many bytes each', { username: 'emoji_password', password: '🐎'.repeat(7) }, 'password_too_weak'],
    ['a username of two characters', { username: 'ab' }, 'invalid_request'],
    ['a username with a space', { username: 'a b c' }, 'invalid_request'],
    ['a username that looks like a phone number', { username: '+15550100042' }, 'invalid_request'],
    ['a username that looks like an address', { username: 'a@b.c' }, 'invalid_request'],
    ['a username in other letters that look the same', { username: 'аnn_аrcher' }, 'invalid_request'],
    ['an e-mail address without a domain', { email: 'ann@' }, 'invalid_request'],
    ['an e-mail address without a dot', { email: 'ann@localhost' }, 'invalid_request'],
    ['an e-mail address with a space', { email: 'a nn@example.org' }, 'invalid_request'],
    ['an e-mail address with a line break', { email: 'ann@example.org\nbcc: b@example.org' }, 'invalid_request'],
  ])('is refused with %s', async (_why, body, code) => {
    expect(await register(app, body)).toMatchObject({ status: 400, body: { error: { code } } });
  });

  test('takes eight characters of any kind as a password', async () => {
    const username = newUsername();
    expect((await register(app, { username, password: '   🐎   x' })).status).toBe(201);
    expect((await enter(username, '   🐎   x')).status).toBe(201);
    expect((await enter(username, '🐎   x')).status).toBe(400);
  });

  test('refuses identities that are taken, in any case', async () => {
    const username = newUsername();
    await register(app, { username, email: `${username}@example.org` });
    for (const [taken, kind] of [
      [{ username }, 'username'],
      [{ username: username.toUpperCase() }, 'username'],
      [{ email: `${username}@example.org` }, 'email'],
      [{ email: `${username.toUpperCase()}@EXAMPLE.org` }, 'email'],
      [{ username: newUsername(), email: `${username}@example.org` }, 'email'],
    ] as const) {
      const refused = await register(app, taken);
      expect(refused).toMatchObject({ status: 409, body: { error: { code: 'identity_taken', details: { kind } } } });
    }
  });

  test('that fails keeps nothing', async () => {
    const [taken, free] = [newUsername(), newUsername()];
    await register(app, { email: `${taken}@example.org` });
    await register(app, { username: free, email: `${taken}@example.org` });
    expect((await register(app, { username: free })).status).toBe(201);
  });
});

describe('the password', () => {
  test('is refused in the same words whether the account exists or not', async () => {
    const username = newUsername();
    await register(app, { username });
    const answers = [
      await enter(username, 'wrong horse'),
      await enter('nobody_here', 'wrong horse'),
      await enter('nobody@example.org', 'wrong horse'),
      await enter('+15550199999', 'wrong horse'),
      await enter('not a login at all', 'wrong horse'),
    ];
    const errors = answers.map(({ status, body }) => ({ status, ...body.error, requestId: undefined }));
    for (const error of errors) expect(error).toEqual(errors[0]);
    expect(errors[0]).toMatchObject({ status: 400, code: 'credentials_invalid' });
  });

  test('also opens the account of a phone, once it is set', async () => {
    const ann = await signIn(app);
    expect((await enter(ann.phone, 'correct horse')).status).toBe(400);
    const set = (body: object) => rest(app, 'PUT', '/me/password', { token: ann.token, body });
    expect(await set({ next: 'short' })).toMatchObject({
      status: 400,
      body: { error: { code: 'password_too_weak', details: { path: '/next' } } },
    });
    expect((await set({ next: 'correct horse' })).status).toBe(204);
    expect(await enter(ann.phone, 'correct horse')).toMatchObject({ status: 201, body: { profile: { id: ann.id } } });
    for (const current of [undefined, 'wrong horse']) {
      const refused = await set({ next: 'another horse', ...(current && { current }) });
      expect(refused).toMatchObject({ status: 400, body: { error: { code: 'credentials_invalid' } } });
    }
  });

  test('when changed, ends the other sessions and their sockets, and not this one', async () => {
    const username = newUsername();
    const here = (await register(app, { username })).body.tokens;
    const there = (await enter(username, 'correct horse')).body.tokens;
    const [thisDevice, otherDevice] = [await connect(app, here.accessToken), await connect(app, there.accessToken)];
    const body = { current: 'correct horse', next: 'battery staple' };
    expect((await rest(app, 'PUT', '/me/password', { token: here.accessToken, body })).status).toBe(204);
    expect(await otherDevice.next('session.ended')).toEqual({ reason: 'password_changed' });
    expect(await otherDevice.closed).toBe('io server disconnect');
    expect(await thisDevice.next('session.revoked')).toMatchObject({ sessionIds: [there.sessionId] });
    await thisDevice.settled();
    expect(await rest(app, 'GET', '/me', { token: there.accessToken })).toMatchObject({
      status: 401,
      body: { error: { code: 'session_revoked' } },
    });
    expect((await rest(app, 'GET', '/me', { token: here.accessToken })).status).toBe(200);
    expect((await enter(username, 'correct horse')).status).toBe(400);
    expect((await enter(username, 'battery staple')).status).toBe(201);
    thisDevice.close();
  });
});
