import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { createDatabase } from '../harness/database.ts';
import { expectInSync } from '../harness/expect-in-sync.ts';
import {
  type Answer,
  codeFor,
  connect,
  newUsername,
  register,
  rest,
  signIn,
  signInAdmin,
  startDirect,
  type TestPerson,
} from '../harness/people.ts';
import { describeWithRedis } from '../harness/services.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

const day = 24 * 3_600_000;

let app: TestApp;
let admin: TestPerson;
let eve: TestPerson;
beforeAll(async () => {
  app = await startTestApp();
});
beforeEach(async () => {
  admin = await signInAdmin(app);
  eve = await signIn(app, { name: 'Eve Unwanted' });
});
afterAll(() => app.close());

const suspend = (personId: string, body: object = { reason: 'Spam' }, by = admin, node = app): Promise<Answer> =>
  rest(node, 'PUT', `/admin/people/${personId}/suspension`, { token: by.token, body });
const restore = (personId: string): Promise<Answer> =>
  rest(app, 'DELETE', `/admin/people/${personId}/suspension`, { token: admin.token });
const account = async (personId: string): Promise<Answer['body']> =>
  (await rest(app, 'GET', `/admin/people/${personId}`, { token: admin.token })).body;
const byCode = async (phone: string): Promise<Answer> => {
  await rest(app, 'POST', '/codes', { body: { phone } });
  return rest(app, 'POST', '/sessions/by-code', { body: { phone, code: codeFor(app, phone) } });
};
const byPassword = (login: string, password: string, node = app): Promise<Answer> =>
  rest(node, 'POST', '/sessions/by-password', { body: { login, password } });
const codeOf = ({ status, body }: Answer): string => body?.error?.code ?? String(status);
const expectSuspended = (answer: Answer, until: string | null): void =>
  expect(answer).toMatchObject({ status: 403, body: { error: { code: 'account_suspended', details: { until } } } });

describe('a suspended account', () => {
  test('loses its sockets and tokens at once, and cannot come in again', async () => {
    const phoneDevice = await connect(app, eve.token);
    const tablet = await signIn(app, { phone: eve.phone });
    const tabletDevice = await connect(app, tablet.token);
    await rest(app, 'PUT', '/me/password', { token: tablet.token, body: { next: 'correct horse' } });
    const laptop = (await byPassword(eve.phone, 'correct horse')).body.tokens.accessToken;
    const laptopDevice = await connect(app, laptop);

    const suspended = await suspend(eve.id);
    expect(suspended).toMatchObject({ status: 200, body: { reason: 'Spam', until: null } });
    // Setting the password has ended the first session.
    expect(await phoneDevice.next('session.ended')).toEqual({ reason: 'password_changed' });
    for (const device of [tabletDevice, laptopDevice]) {
      expect(await device.next('session.ended')).toEqual({ reason: 'suspended' });
      expect(await device.closed).toBe('io server disconnect');
    }
    for (const token of [tablet.token, laptop]) {
      expectSuspended(await rest(app, 'GET', '/me', { token }), null);
      await expect(connect(app, token)).rejects.toMatchObject({ data: { code: 'account_suspended' } });
    }
    const { refreshToken } = tablet;
    expectSuspended(await rest(app, 'POST', '/sessions/refresh', { body: { refreshToken } }), null);
    expectSuspended(await byCode(eve.phone), null);
    expectSuspended(await byPassword(eve.phone, 'correct horse'), null);
    // Who does not know the password learns nothing.
    expect(codeOf(await byPassword(eve.phone, 'wrong horse'))).toBe('credentials_invalid');
    const taken = await byCode(eve.phone);
    expect(taken.body.profile).toBeUndefined();
    expect(await account(eve.id)).toMatchObject({ sessions: 0, suspended: true, suspension: suspended.body });

    expect((await restore(eve.id)).status).toBe(204);
    const { body: back } = await byPassword(eve.phone, 'correct horse');
    expect(back.profile.id).toBe(eve.id);
    const history = await rest(app, 'GET', '/sign-ins', { token: back.tokens.accessToken });
    const failures = history.body.items.map(({ method, failure }: { method: string; failure: string | null }) => [
      method,
      failure,
    ]);
    expect(failures.filter(([, failure]: [string, string]) => failure !== null)).toEqual(
      expect.arrayContaining([
        ['code', 'account_suspended'],
        ['password', 'account_suspended'],
        ['password', 'credentials_invalid'],
      ]),
    );
    // What was revoked stays so; for some seconds, a node may remember why.
    app.clock.advance(15_000);
    expect(codeOf(await rest(app, 'GET', '/me', { token: tablet.token }))).toBe('session_revoked');
    expect(codeOf(await rest(app, 'POST', '/sessions/refresh', { body: { refreshToken } }))).toBe('session_revoked');
  });

  test('is an opaque session too', async () => {
    const username = newUsername();
    const { body } = await register(app, { username, tokens: 'opaque' });
    await suspend(body.profile.id);
    expectSuspended(await rest(app, 'GET', '/me', { token: body.tokens.accessToken }), null);
  });

  test('is not found, and stays as it was in conversations, of which nobody is told', async () => {
    const ann = await signIn(app, { name: 'Ann' });
    const conversationId = await startDirect(app, ann, eve);
    const path = `/conversations/${conversationId}/messages`;
    await rest(app, 'POST', path, { token: eve.token, body: { text: 'Hello' } });
    const find = async (q: string): Promise<string[]> =>
      (await rest(app, 'GET', `/people?q=${encodeURIComponent(q)}`, { token: ann.token })).body.items.map(
        ({ id }: { id: string }) => id,
      );
    const queries = ['Eve Unwanted', 'unwan', eve.phone];
    for (const q of queries) expect(await find(q)).toContain(eve.id);
    const before = await rest(app, 'GET', `/conversations/${conversationId}`, { token: ann.token });

    const device = await connect(app, ann.token);
    await expectInSync(app, [ann], () => suspend(eve.id));
    await device.settled();
    expect(device.events).toEqual([]);
    for (const q of queries) expect(await find(q)).not.toContain(eve.id);
    const after = await rest(app, 'GET', `/conversations/${conversationId}`, { token: ann.token });
    expect(after.body).toEqual(before.body);
    expect((await rest(app, 'GET', path, { token: ann.token })).body.items).toMatchObject([{ text: 'Hello' }]);

    await restore(eve.id);
    for (const q of queries) expect(await find(q)).toContain(eve.id);
    device.close();
  });

  test('works again by itself when its time is over', async () => {
    const ann = await signIn(app);
    const until = new Date(app.clock.now() + 60_000).toISOString();
    await suspend(eve.id, { reason: 'Cool down', until });
    expectSuspended(await rest(app, 'GET', '/me', { token: eve.token }), until);
    app.clock.advance(59_000);
    expectSuspended(await byCode(eve.phone), until);
    app.clock.advance(1_500);
    const back = await byCode(eve.phone);
    expect(back).toMatchObject({ status: 201, body: { isNew: false, profile: { id: eve.id } } });
    expect(codeOf(await rest(app, 'GET', '/me', { token: eve.token }))).toBe('session_revoked');
    const { body: found } = await rest(app, 'GET', '/people?q=eve%20unwanted', { token: ann.token });
    expect(found.items.map(({ id }: { id: string }) => id)).toContain(eve.id);
    expect(await account(eve.id)).toMatchObject({ suspended: false, suspension: { reason: 'Cool down', until } });
  });

  test('can get another end and reason', async () => {
    const until = new Date(app.clock.now() + day).toISOString();
    await suspend(eve.id, { reason: 'A day', until });
    await suspend(eve.id, { reason: 'For good' });
    expectSuspended(await byCode(eve.phone), null);
    expect((await account(eve.id)).suspension).toMatchObject({ reason: 'For good', until: null });
    await suspend(eve.id, { reason: 'A day', until });
    expectSuspended(await byCode(eve.phone), until);
  });
});

describe('suspending', () => {
  const nobody = '01900000-0000-7000-8000-000000000000';
  test.each<[string, () => Promise<Answer>, string]>([
    ['oneself', () => suspend(admin.id), 'forbidden'],
    ['another admin', async () => suspend((await signInAdmin(app)).id), 'forbidden'],
    ['nobody', () => suspend(nobody), 'person_not_found'],
    ['no id', () => suspend('eve'), 'person_not_found'],
    ['without a reason', () => suspend(eve.id, {}), 'invalid_request'],
    ['for a blank reason', () => suspend(eve.id, { reason: '  ' }), 'invalid_request'],
    ['until the past', () => suspend(eve.id, { reason: 'x', until: '2020-01-01T00:00:00Z' }), 'invalid_request'],
    ['until some day', () => suspend(eve.id, { reason: 'x', until: 'tomorrow' }), 'invalid_request'],
    ['as somebody else', () => suspend(eve.id, { reason: 'x' }, eve), 'forbidden'],
    ['restoring nobody', () => restore(nobody), 'person_not_found'],
    ['restoring no id', () => restore('eve'), 'person_not_found'],
  ])('%s is refused', async (_what, act, code) => {
    expect(codeOf(await act())).toBe(code);
    expect((await rest(app, 'GET', '/me', { token: eve.token })).status).toBe(200);
    expect((await rest(app, 'GET', '/me', { token: admin.token })).status).toBe(200);
  });

  test('a deleted account is refused', async () => {
    await rest(app, 'DELETE', '/me', { token: eve.token });
    expect(codeOf(await suspend(eve.id))).toBe('person_not_found');
    expect(await account(eve.id)).toMatchObject({ deleted: true, identities: [], sessions: 0, suspended: false });
  });

  test('an admin sees what only the owner sees otherwise', async () => {
    const second = await signIn(app, { phone: eve.phone });
    const { body: own } = await rest(app, 'GET', '/me', { token: second.token });
    expect(await account(eve.id)).toEqual({ ...own, sessions: 2, suspended: false, suspension: null });
    const unknown = await rest(app, 'GET', `/admin/people/${nobody}`, { token: admin.token });
    expect(codeOf(unknown)).toBe('person_not_found');
  });
});

describe.skipIf(inject('storage') !== 'postgres')('on two nodes', () => {
  describeWithRedis('with one bus', (redisUrl) => {
    test('the other one closes the sockets and refuses too', async () => {
      const shared = { REDIS_URL: redisUrl, JWT_SECRET: 'the same key on all nodes, 0123456789' };
      const one = await startTestApp(shared);
      const other = await startTestApp({ ...shared, DATABASE_URL: one.config.databaseUrl as string });
      try {
        const [boss, target] = [await signInAdmin(one), await signIn(other)];
        const device = await connect(other, target.token);
        expect((await rest(other, 'GET', '/me', { token: target.token })).status).toBe(200);
        expect((await suspend(target.id, { reason: 'Spam' }, boss, one)).status).toBe(200);
        expect(await device.next('session.ended')).toEqual({ reason: 'suspended' });
        expect(await device.closed).toBe('io server disconnect');
        expectSuspended(await rest(other, 'GET', '/me', { token: target.token }), null);
        const { refreshToken } = target;
        expectSuspended(await rest(other, 'POST', '/sessions/refresh', { body: { refreshToken } }), null);
      } finally {
        await other.close();
        await one.close();
      }
    });
  });

  test('a sign-in at the same moment leaves no session', async () => {
    const database = await createDatabase(inject('postgresTemplate'));
    const environment = { DATABASE_URL: database.url, JWT_SECRET: 'the same key on all nodes, 0123456789' };
    const nodes = [await startTestApp(environment), await startTestApp(environment)] as const;
    try {
      const boss = await signInAdmin(nodes[0]);
      for (let round = 0; round < 60; round += 1) {
        const target = await signIn(nodes[0]);
        const { phone } = target;
        await rest(nodes[0], 'POST', '/codes', { body: { phone } });
        const body = { phone, code: codeFor(nodes[0], phone) };
        // Some rounds give the sign-in a start, so that each of the two comes first now and then.
        const entering = rest(nodes[1], 'POST', '/sessions/by-code', { body });
        for (let turn = 0; turn < (round % 6) * 3; turn += 1) await new Promise(setImmediate);
        const suspended = await suspend(target.id, { reason: 'Spam' }, boss, nodes[0]);
        expect(suspended.status).toBe(200);
        expect(['201', 'account_suspended']).toContain(codeOf(await entering));
        const { token } = boss;
        const { body: held } = await rest(nodes[0], 'GET', `/admin/people/${target.id}`, { token });
        expect(held).toMatchObject({ sessions: 0, suspended: true });
      }
    } finally {
      for (const node of nodes) await node.close();
      await database.drop();
    }
  });
});
