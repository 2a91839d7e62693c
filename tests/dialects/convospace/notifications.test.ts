import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ConvospaceClient, good, refusal } from '../../harness/convospace.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';
import { newClient } from './people.ts';

let app: TestApp;
let mira: ConvospaceClient;
let teo: ConvospaceClient;
/** Their conversation. */
let id: number;
beforeAll(async () => {
  app = await startTestApp();
});
beforeEach(async () => {
  mira = await newClient(app, 'Mira Holt');
  teo = await newClient(app, 'Teo Brandt');
  ({ id } = await mira.talkTo(teo));
});
afterAll(() => app.close());

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const list = async (of = teo, query = '') => (await of.read(`/notifications${query}`)).notifications;
const unread = async (of = teo) => (await of.read('/notifications/unread-count')).unread_count;

test('a message is told of to its receiver alone, in all of its fields', async () => {
  const message = await mira.say(id, teo, 'Lunch?');
  const data = await teo.read('/notifications');
  expect(data).toEqual({
    notifications: [
      {
        id: expect.any(Number),
        user_id: teo.id,
        notification_type: 'message',
        title: 'Mira Holt',
        message: 'Lunch?',
        related_entity_type: 'message',
        related_entity_id: message.id,
        is_read: false,
        read_at: null,
        created_at: time,
      },
    ],
    unread_count: 1,
  });
  expect(await mira.read('/notifications')).toEqual({ notifications: [], unread_count: 0 });
});

test('a long message is told of by its beginning, and a file by what it is', async () => {
  await mira.say(id, teo, `${'é'.repeat(99)}👍 and more`);
  app.clock.advance(10);
  const file = { conversation_id: id, receiver_id: teo.id, message_type: 'file', media_url: 'https://example.org/a' };
  good(await mira.post('/messages/send', file));
  expect((await list()).map((one: { message: string }) => one.message)).toEqual(['file', `${'é'.repeat(99)}👍`]);
});

test('notifications come by pages, the newest first', async () => {
  for (const text of ['1', '2', '3']) {
    await mira.say(id, teo, text);
    app.clock.advance(10);
  }
  const texts = async (query: string) => (await list(teo, query)).map((one: { message: string }) => one.message);
  expect(await texts('')).toEqual(['3', '2', '1']);
  expect(await texts('?limit=2')).toEqual(['3', '2']);
  expect(await texts('?limit=2&offset=2')).toEqual(['1']);
  expect(await texts('?limit=nonsense&offset=nonsense')).toEqual(['3', '2', '1']);
});

test('one is read, again and again, and all at once', async () => {
  for (const text of ['1', '2', '3']) await mira.say(id, teo, text);
  const [newest] = await list();
  const read = await teo.put(`/notifications/${newest.id}/read`);
  expect(read.body).toEqual({
    success: true,
    message: 'Notification marked as read',
    data: { ...newest, is_read: true, read_at: time },
  });
  expect((await teo.put(`/notifications/${newest.id}/read`, '')).body).toEqual(read.body);
  expect(await unread()).toBe(2);
  const all = await teo.post('/notifications/read-all');
  expect(all.body).toEqual({ success: true, message: 'All notifications marked as read' });
  expect(await unread()).toBe(0);
});

test('reading a message reads its notification', async () => {
  await mira.say(id, teo, '1');
  const two = await mira.say(id, teo, '2');
  await mira.say(id, teo, '3');
  await teo.put(`/messages/${two.id}/status`, { status: 'delivered' });
  expect(await unread()).toBe(3);
  await teo.put(`/messages/${two.id}/status`, { status: 'read' });
  expect(await unread()).toBe(1);
  await teo.post(`/messages/${id}/mark-read`);
  expect(await unread()).toBe(0);
});

test('one that is deleted is gone, and nobody else’s is there', async () => {
  await mira.say(id, teo, '1');
  const [one] = await list();
  const notFound = refusal(404, 'Notification not found');
  expect(await mira.put(`/notifications/${one.id}/read`)).toMatchObject(notFound);
  expect(await mira.delete(`/notifications/${one.id}`)).toMatchObject(notFound);
  expect((await teo.delete(`/notifications/${one.id}`)).body).toEqual({
    success: true,
    message: 'Notification deleted successfully',
  });
  expect(await teo.delete(`/notifications/${one.id}`)).toMatchObject(notFound);
  expect(await list()).toEqual([]);
});

test('who has muted a conversation is not told', async () => {
  await teo.put(`/conversations/${id}/mute`, { is_muted: true });
  await mira.say(id, teo, '1');
  expect(await list()).toEqual([]);
  await teo.put(`/conversations/${id}/mute`, { is_muted: false });
  await mira.say(id, teo, '2');
  expect(await unread()).toBe(1);
});

test('what was deleted or edited is never shown as it was', async () => {
  const [one, two] = [await mira.say(id, teo, 'secret'), await mira.say(id, teo, 'wrong')];
  await mira.delete(`/messages/${one.id}`);
  await mira.put(`/messages/${two.id}`, { message_text: 'right' });
  expect((await list()).map(({ message }: { message: string }) => message)).toEqual(['right']);
});
