import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectInSync } from '../harness/expect-in-sync.ts';
import { codeFor, connect, newPhone, newUsername, register, rest, signIn, startDirect } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const update = (token: string, body: object) => rest(app, 'PATCH', '/me', { token, body });
const taken = { status: 409, body: { error: { code: 'identity_taken', details: { kind: 'username' } } } };

describe('the profile', () => {
  test('changes reach the own devices and who watches, with a growing version', async () => {
    const [ann, bob] = [await signIn(app, { name: 'Ann' }), await signIn(app)];
    await startDirect(app, ann, bob);
    const [own, watcher] = [await connect(app, ann.token), await connect(app, bob.token)];
    await watcher.command('presence.watch', { people: ann.id });
    await own.command('presence.watch', { people: `${bob.id},${ann.id}` });
    const before = (await rest(app, 'GET', '/me', { token: ann.token })).body;
    const changed = await expectInSync(app, [ann, bob], () =>
      update(ann.token, { name: ' Ann Archer ', about: 'Hi!' }),
    );
    expect(changed).toMatchObject({ status: 200, body: { name: 'Ann Archer', about: 'Hi!', username: null } });
    for (const device of [own, watcher]) {
      const { person } = await device.next('person.updated');
      expect(person).toEqual({
        id: ann.id,
        name: 'Ann Archer',
        username: null,
        about: 'Hi!',
        photoUrl: null,
        deleted: false,
        version: before.version + 1,
      });
      await device.settled();
      expect(device.events.filter(({ type }) => type === 'person.updated')).toEqual([]);
      device.close();
    }
    expect((await rest(app, 'GET', `/people/${ann.id}`, { token: bob.token })).body.name).toBe('Ann Archer');
  });

  test('the username is unique in any case, keeps its writing, and is free again when given up', async () => {
    const [ann, bob] = [await signIn(app), await signIn(app)];
    const name = `${newUsername()}.Ann`;
    expect(await update(ann.token, { username: name })).toMatchObject({ status: 200, body: { username: name } });
    expect(await update(bob.token, { username: name.toUpperCase() })).toMatchObject(taken);
    expect((await rest(app, 'GET', '/me', { token: bob.token })).body).toMatchObject({ username: null, version: 1 });
    const upper = await update(ann.token, { username: name.toUpperCase() });
    expect(upper.body).toMatchObject({ username: name.toUpperCase() });
    expect(upper.body.identities).toContainEqual({ kind: 'username', value: name.toLowerCase(), verified: true });
    expect((await update(ann.token, { username: null })).body.identities).toHaveLength(1);
    expect((await update(bob.token, { username: name })).status).toBe(200);
    expect(await update(ann.token, { username: name })).toMatchObject(taken);
    expect(await register(app, { username: name })).toMatchObject(taken);
  });

  test.each([
    ['a blank name', { name: '  ' }],
    ['a short username', { username: 'ab' }],
    ['an empty username', { username: '' }],
    ['a username with a dash', { username: 'ann-archer' }],
  ])('%s is refused and changes nothing', async (_what, change) => {
    const ann = await signIn(app, { name: 'Ann' });
    const refused = await update(ann.token, { about: 'never', ...change });
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'invalid_request' } } });
    expect((await rest(app, 'GET', '/me', { token: ann.token })).body).toMatchObject({ name: 'Ann', about: '' });
  });
});

describe('search', () => {
  test.each([
    ['the beginning', 'Quentin Quax', 'quent'],
    ['the inside', 'Quentin Quax', 'entin'],
    ['across a space', 'Quentin Quax', 'tin qua'],
    ['two letters at the beginning', 'Xyla Vorn', 'xy'],
    ['two letters at the beginning of another word', 'Qyra Vorn', 'vo'],
    ['two letters inside of a word', 'Qyra Vzqrn', 'zq'],
    ['two letters at the end', 'Qyra Vorwx', 'wx'],
    ['a letter and a sign', 'Dr. Vorn', 'r.'],
    ['one letter', 'Ωmega', 'ω'],
    ['any case', 'zoë ZIMMER', 'ZOË zim'],
    ['an accent as it was typed', 'Renée Dufour', 'renée'],
    ['an accent typed as two characters', 'Ebba Björk', 'bjo\u0308rk'],
    ['many spaces', 'Walt   Whit', 'walt whit'],
    ['Chinese', '王小明', '小明'],
    ['one Chinese character at the end', '欧阳娜', '娜'],
    ['Japanese', '山田ハナコ', 'ハナコ'],
    ['Korean', '김민준', '민준'],
    ['Arabic', 'فاطمة الزهراء', 'الزهراء'],
    ['Thai', 'สมชาย ใจดี', 'ใจดี'],
    ['a percent sign', '100% Sure', '0% su'],
    ['an underscore', 'snake_case', 'ake_ca'],
    ['a backslash', 'back\\slash', 'k\\sla'],
    ['an apostrophe', "Peter O'Toole", "o'to"],
    ['emoji at the beginning', '🐎🐎🐎 Pony', '🐎🐎🐎'],
  ])('finds by %s', async (_how, name, q) => {
    const [person, seeker] = [await signIn(app, { name }), await signIn(app, { name: 'Seeker' })];
    const found = await rest(app, 'GET', `/people?q=${encodeURIComponent(q)}`, { token: seeker.token });
    expect(found.body.items).toContainEqual(expect.objectContaining({ id: person.id, name }));
  });

  test('takes %, _ and \\ as they are', async () => {
    const seeker = await signIn(app, { name: 'Seeker' });
    await signIn(app, { name: 'Wildwood' });
    for (const q of ['%', '_', 'wild%ood', 'w_ldwood', '%%%', '___', '\\', 'wild\\wood']) {
      const found = await rest(app, 'GET', `/people?q=${encodeURIComponent(q)}`, { token: seeker.token });
      expect(found.body.items.filter(({ name }: { name: string }) => name === 'Wildwood')).toEqual([]);
    }
  });

  test('finds by username, the best match first, at most as many as asked for, and never oneself', async () => {
    const seeker = await signIn(app, { name: 'Gwendolyn Seeker' });
    const names = ['Old Gwendolyn', 'Gwendolyn Long Name', 'Gwendolyn'];
    for (const name of names) await signIn(app, { name });
    const username = `gwendo_${newUsername()}`;
    await register(app, { name: 'Somebody', username });
    const search = async (q: string, limit = 20) =>
      (await rest(app, 'GET', `/people?q=${q}&limit=${limit}`, { token: seeker.token })).body.items.map(
        ({ name }: { name: string }) => name,
      );
    expect(await search('gwendolyn')).toEqual(['Gwendolyn', 'Gwendolyn Long Name', 'Old Gwendolyn']);
    expect(await search('gwendolyn', 1)).toEqual(['Gwendolyn']);
    expect(await search(username.slice(2, 9))).toContain('Somebody');
  });

  test('tells no number and finds by a whole number only', async () => {
    const [ann, seeker] = [await signIn(app, { name: 'Unlisted' }), await signIn(app)];
    const search = (q: string) => rest(app, 'GET', `/people?q=${encodeURIComponent(q)}`, { token: seeker.token });
    const whole = await search(ann.phone);
    expect(whole.body.items).toMatchObject([{ id: ann.id }]);
    expect(JSON.stringify(whole.body)).not.toContain(ann.phone.slice(3));
    expect((await search(ann.phone.slice(0, -1))).body.items).toEqual([]);
    expect((await search(ann.phone.slice(2))).body.items).toEqual([]);
  });
});

test('who has no name yet is found by their number only', async () => {
  const seeker = await signIn(app);
  const phone = newPhone();
  await rest(app, 'POST', '/codes', { body: { phone } });
  const body = { phone, code: codeFor(app, phone) };
  const { tokens, profile } = (await rest(app, 'POST', '/sessions/by-code', { body })).body;
  const username = newUsername();
  await update(tokens.accessToken, { username });
  const search = async (q: string) =>
    (await rest(app, 'GET', `/people?q=${encodeURIComponent(q)}`, { token: seeker.token })).body.items;
  expect(await search(username)).toEqual([]);
  expect(await search(phone)).toMatchObject([{ id: profile.id }]);
  await update(tokens.accessToken, { name: 'Nemo' });
  expect(await search(username)).toMatchObject([{ id: profile.id }]);
});

test('a deleted account is gone everywhere, and its identities are free again', async () => {
  const username = newUsername();
  const gone = await signIn(app, { name: 'Gone Girl' });
  await update(gone.token, { username, about: 'About me' });
  await rest(app, 'PUT', '/me/password', { token: gone.token, body: { next: 'correct horse' } });
  const other = await signIn(app, { phone: gone.phone });
  const bob = await signIn(app, { name: 'Bob' });
  const conversationId = await startDirect(app, gone, bob);
  await rest(app, 'POST', `/conversations/${conversationId}/messages`, { token: gone.token, body: { text: 'Bye' } });
  const [device, watcher] = [await connect(app, other.token), await connect(app, bob.token)];
  await watcher.command('presence.watch', { people: gone.id });

  await expectInSync(app, [bob], () => Promise.resolve());
  expect((await rest(app, 'DELETE', '/me', { token: gone.token })).status).toBe(204);
  expect(await device.next('session.ended')).toEqual({ reason: 'account_deleted' });
  expect(await device.closed).toBe('io server disconnect');
  const { person } = await watcher.next('person.updated');
  expect(person).toMatchObject({ id: gone.id, name: '', username: null, about: '', deleted: true });

  for (const token of [gone.token, other.token]) {
    const refused = await rest(app, 'GET', '/me', { token });
    expect(refused).toMatchObject({ status: 401, body: { error: { code: 'session_revoked' } } });
  }
  for (const login of [gone.phone, username]) {
    const body = { login, password: 'correct horse' };
    expect((await rest(app, 'POST', '/sessions/by-password', { body })).status).toBe(400);
  }
  const list = await rest(app, 'GET', '/conversations', { token: bob.token });
  expect(JSON.stringify(list.body)).not.toMatch(/Gone Girl|About me/);
  const [conversation] = list.body.items;
  expect(conversation.members).toContainEqual(expect.objectContaining({ person }));
  const history = await rest(app, 'GET', `/conversations/${conversationId}/messages`, { token: bob.token });
  expect(history.body.items).toMatchObject([{ text: 'Bye', senderId: gone.id }]);
  const search = await rest(app, 'GET', '/people?q=gone%20girl', { token: bob.token });
  expect(search.body.items).toEqual([]);
  const start = await rest(app, 'POST', '/conversations/direct', { token: bob.token, body: { personId: gone.id } });
  expect(start.status).toBe(200);

  const fresh = await signIn(app, { phone: gone.phone });
  expect(fresh.id).not.toBe(gone.id);
  expect((await update(fresh.token, { username })).status).toBe(200);
  expect((await rest(app, 'GET', '/conversations', { token: fresh.token })).body.items).toEqual([]);
  const unknown = { token: bob.token, body: { personId: '01900000-0000-7000-8000-000000000000' } };
  expect((await rest(app, 'POST', '/conversations/direct', unknown)).body.error.code).toBe('person_not_found');
  watcher.close();
});

test('an account that is deleted cannot be addressed anew', async () => {
  const [gone, bob] = [await signIn(app), await signIn(app)];
  await rest(app, 'DELETE', '/me', { token: gone.token });
  const start = await rest(app, 'POST', '/conversations/direct', { token: bob.token, body: { personId: gone.id } });
  expect(start).toMatchObject({ status: 404, body: { error: { code: 'person_not_found' } } });
});
