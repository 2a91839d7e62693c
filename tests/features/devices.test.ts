import { afterAll, beforeAll, expect, test } from 'vitest';
import { rest, signIn, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

type Device = { deviceId: string; platform: string; name: string | null };
const register = (person: TestPerson, deviceId: string, body: object = {}) =>
  rest(app, 'PUT', `/devices/${deviceId}`, { token: person.token, body: { platform: 'android', ...body } });
const list = async (person: TestPerson): Promise<Device[]> =>
  (await rest(app, 'GET', '/devices', { token: person.token })).body.items;
const idsOf = async (person: TestPerson) => (await list(person)).map(({ deviceId }) => deviceId);
const tokenOf = async (person: TestPerson, deviceId: string) =>
  (
    await app.app.database.read(({ sql }) =>
      sql
        .selectFrom('devices')
        .select('token')
        .where('person_id', '=', person.id)
        .where('device_id', '=', deviceId)
        .executeTakeFirst(),
    )
  )?.token;

test('a device is registered once, and its token is shown nowhere', async () => {
  const ann = await signIn(app);
  const first = await register(ann, 'phone', { name: 'My phone', token: 'secret-token-of-ann' });
  expect(first.body.items).toMatchObject([{ deviceId: 'phone', platform: 'android', name: 'My phone' }]);
  await register(ann, 'phone', { platform: 'ios', name: 'New phone' });
  expect(await list(ann)).toMatchObject([{ deviceId: 'phone', platform: 'ios', name: 'New phone' }]);
  expect(await tokenOf(ann, 'phone')).toBe('secret-token-of-ann');
  const exported = await rest(app, 'GET', '/me/export', { token: ann.token });
  expect(exported.body.devices).toMatchObject([{ deviceId: 'phone' }]);
  for (const shown of [first.body, await list(ann), exported.body]) {
    expect(JSON.stringify(shown)).not.toContain('secret-token');
  }
});

test('a token belongs to who brought it last', async () => {
  const [ann, bob] = [await signIn(app), await signIn(app)];
  await register(ann, 'shared', { token: 'moving' });
  await register(bob, 'shared', { token: 'moving' });
  expect(await idsOf(ann)).toEqual([]);
  expect(await idsOf(bob)).toEqual(['shared']);
});

test('signing out removes the device, however it is done', async () => {
  const ann = await signIn(app);
  const others = [await signIn(app, { phone: ann.phone }), await signIn(app, { phone: ann.phone })];
  const [second, third] = others as [TestPerson, TestPerson];
  for (const [i, person] of [ann, second, third].entries()) await register(person, `device-${i}`, { token: `t${i}` });
  await rest(app, 'DELETE', '/sessions/current', { token: second.token });
  expect(await idsOf(ann)).toEqual(['device-2', 'device-0']);
  await rest(app, 'POST', '/sessions/end', { body: { refreshToken: third.refreshToken } });
  expect(await idsOf(ann)).toEqual(['device-0']);
  expect((await register(third, 'device-2')).status).toBe(401);
  // A device that has signed in again belongs to its new session.
  const again = await signIn(app, { phone: ann.phone });
  await register(again, 'device-0');
  await rest(app, 'DELETE', '/sessions/current', { token: ann.token });
  expect(await idsOf(again)).toEqual(['device-0']);
  expect((await rest(app, 'DELETE', '/devices/device-0', { token: again.token })).status).toBe(204);
  expect(await idsOf(again)).toEqual([]);
});

test('there are 20 at most: the one that was not active for longest goes', async () => {
  const ann = await signIn(app);
  for (let i = 0; i < 21; i += 1) {
    app.clock.advance(1_000);
    await register(ann, `device-${i}`);
  }
  const ids = await idsOf(ann);
  expect(ids).toHaveLength(20);
  expect(ids[0]).toBe('device-20');
  expect(ids).not.toContain('device-0');
});

test('two that bring the same token at once leave it to one', async () => {
  const people = await Promise.all(Array.from({ length: 5 }, () => signIn(app)));
  const answers = await Promise.all(people.map((person) => register(person, 'mine', { token: 'wanted' })));
  expect(answers.map(({ status }) => status)).toEqual(people.map(() => 200));
  const owners = await Promise.all(people.map(async (person) => (await idsOf(person)).length));
  expect(owners.reduce((sum, n) => sum + n, 0)).toBe(1);
});

test.each([
  ['no platform', { platform: undefined }],
  ['an unknown platform', { platform: 'toaster' }],
  ['an empty token', { token: '' }],
])('%s is refused', async (_what, body) => {
  expect((await register(await signIn(app), 'one', body)).body.error.code).toBe('invalid_request');
});
