import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, rest, signIn } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const usual = {
  notifications: { messages: true, groups: true, calls: true, stories: true, sound: true, vibration: true },
  client: {
    theme: 'dark',
    language: 'en',
    fontSize: 'medium',
    autoDownload: { photos: true, videos: false, documents: false },
  },
};
const get = async (token: string) => (await rest(app, 'GET', '/me/preferences', { token })).body;
const change = (token: string, body: object) => rest(app, 'PATCH', '/me/preferences', { token, body });

test('preferences are changed by parts, on all devices, and are of one person', async () => {
  const [ann, bob] = [await signIn(app), await signIn(app)];
  expect(await get(ann.token)).toEqual(usual);
  const device = await connect(app, ann.token);
  await change(ann.token, { notifications: { sound: false } });
  const both = await change(ann.token, { client: { theme: 'light', autoDownload: { videos: true } } });
  const now = {
    notifications: { ...usual.notifications, sound: false },
    client: { ...usual.client, theme: 'light', autoDownload: { photos: true, videos: true, documents: false } },
  };
  expect(both.body).toEqual(now);
  expect(await get(ann.token)).toEqual(now);
  expect(await get(bob.token)).toEqual(usual);
  await device.next('preferences.changed');
  expect(await device.next('preferences.changed')).toEqual(now);
  device.close();
  const exported = await rest(app, 'GET', '/me/export', { token: ann.token });
  expect(exported.body.preferences).toEqual(now);
});

test('changes of different parts at once do not undo each other', async () => {
  const ann = await signIn(app);
  const names = Object.keys(usual.notifications);
  await Promise.all(names.map((name) => change(ann.token, { notifications: { [name]: false } })));
  const { notifications } = await get(ann.token);
  expect(Object.values(notifications)).toEqual(names.map(() => false));
});

test.each([
  ['an unknown part', { colours: {} }],
  ['an unknown setting', { notifications: { smell: true } }],
  ['no such theme', { client: { theme: 'pink' } }],
  ['a language that is none', { client: { language: 'English, please' } }],
  ['text for a switch', { client: { autoDownload: { photos: 'yes' } } }],
])('%s is refused', async (_what, body) => {
  const ann = await signIn(app);
  expect((await change(ann.token, body)).body.error.code).toBe('invalid_request');
});

test('they go with the account', async () => {
  const ann = await signIn(app);
  await change(ann.token, { client: { theme: 'light' } });
  await rest(app, 'DELETE', '/me', { token: ann.token });
  const left = await app.app.database.read(({ sql }) =>
    sql.selectFrom('preferences').selectAll().where('person_id', '=', ann.id).execute(),
  );
  expect(left).toEqual([]);
});
