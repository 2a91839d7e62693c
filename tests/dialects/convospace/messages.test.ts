import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ConvospaceClient, good, refusal } from '../../harness/convospace.ts';
import { rest, signIn } from '../../harness/people.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';
import { newClient } from './people.ts';

let app: TestApp;
let mira: ConvospaceClient;
let teo: ConvospaceClient;
let eve: ConvospaceClient;
/** Their conversation. */
let id: number;
beforeAll(async () => {
  app = await startTestApp();
  eve = await newClient(app, 'Eve');
});
beforeEach(async () => {
  mira = await newClient(app, 'Mira Holt');
  teo = await newClient(app, 'Teo Brandt');
  ({ id } = await mira.talkTo(teo));
});
afterAll(() => app.close());

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const send = (message: object) => mira.post('/messages/send', { conversation_id: id, receiver_id: teo.id, ...message });
const texts = async (query = '', of = mira) =>
  (await of.read(`/messages/${id}${query}`)).map((one: { message_text: string }) => one.message_text);
const statusOf = async (message: { id: number }, of = mira) =>
  (await of.read(`/messages/${id}`)).find((one: { id: number }) => one.id === message.id).status[0];

describe('sending', () => {
  test('answers with the message in all of its fields', async () => {
    const answer = await send({ message_text: 'Lunch?' });
    expect(answer.status).toBe(201);
    const { data } = answer.body;
    const row = {
      id: data.id,
      message_id: data.id,
      user_id: teo.id,
      status: 'sent',
      sent_at: data.created_at,
      delivered_at: null,
      read_at: null,
    };
    const card = { username: expect.any(String), bio: null, profile_picture: null, avatar_url: null };
    const offline = { ...card, is_online: false, status: 'offline', last_seen_at: null };
    expect(answer.body).toEqual({
      success: true,
      message: 'Message sent successfully',
      data: {
        id: expect.any(Number),
        message_id: data.id,
        conversation_id: id,
        sender_id: mira.id,
        receiver_id: teo.id,
        message_text: 'Lunch?',
        message_type: 'text',
        media_url: null,
        file_name: null,
        file_size: null,
        is_edited: false,
        is_deleted: false,
        deleted_at: null,
        created_at: time,
        updated_at: data.created_at,
        sender: { ...offline, id: mira.id, user_id: mira.id, full_name: 'Mira Holt' },
        receiver: { ...offline, id: teo.id, user_id: teo.id, full_name: 'Teo Brandt' },
        statuses: [row],
        status: [row],
      },
    });
    expect(await mira.read(`/messages/${id}`)).toEqual([data]);
  });

  test.each(['  spaces stay \n\t', '<b>not&amp;html</b>', 'e\u0301 \u00e9 👩‍👩‍👧 \u202e', "Robert'); drop table", '0'])(
    'keeps the text %j as it is',
    async (message_text) => {
      expect((await send({ message_text })).body.data.message_text).toBe(message_text);
      expect(await texts('', teo)).toEqual([message_text]);
    },
  );

  test.each([
    [{ message_type: 'image', media_url: 'https://example.org/a.png', file_name: 'a.png', file_size: 17 }],
    [{ message_type: 'file', media_url: 'https://example.org/a.pdf', file_name: 'a.pdf', file_size: 0 }],
    [{ message_type: 'audio', media_url: 'https://example.org/a.mp3', file_name: null, file_size: null }],
    [{ message_type: 'video', media_url: 'https://example.org/a.mp4', file_name: null, file_size: null }],
    [{ message_type: 'location', media_url: 'https://maps.example.org/?q=1,2', file_name: null, file_size: null }],
    [{ message_type: 'text', media_url: 'https://example.org/a.txt', file_name: null, file_size: null }],
  ])('keeps %j, with words and without', async (message) => {
    const bare = good(await send(message)).data;
    expect(bare).toMatchObject({ ...message, message_text: '' });
    const said = good(await send({ ...message, message_text: 'Look' })).data;
    expect(said).toMatchObject({ ...message, message_text: 'Look' });
    const seen = await teo.read(`/messages/${id}`);
    expect(seen).toMatchObject([
      { ...message, message_text: '' },
      { ...message, message_text: 'Look' },
    ]);
  });

  test.each(['image', 'file', 'audio', 'video', 'location'])('keeps words of type %s', async (message_type) => {
    expect((await send({ message_text: '52.5,13.4', message_type })).body.data).toMatchObject({
      message_type,
      message_text: '52.5,13.4',
      media_url: null,
    });
  });

  test.each([
    [{}, 400, 'message_text or media_url is required'],
    [{ message_text: ' \n ' }, 400, 'message_text or media_url is required'],
    [{ message_text: '', media_url: '' }, 400, 'message_text or media_url is required'],
    [{ message_text: 'x', message_type: 'poll' }, 400, 'Invalid message_type'],
    [{ message_text: 'x', message_type: 'system' }, 400, 'Invalid message_type'],
    [{ media_url: 'javascript:alert(1)' }, 400, expect.stringContaining('media_url')],
    [{ media_url: 'https://x.org/', file_size: -1 }, 400, expect.stringContaining('file_size')],
    [{ message_text: 'x'.repeat(10_001) }, 400, expect.any(String)],
    [{ message_text: 'a\u0000b' }, 400, expect.any(String)],
    [{ message_text: { a: 1 } }, 400, expect.any(String)],
    [{ message_text: 'x', conversation_id: null }, 400, 'conversation_id and receiver_id are required'],
    [{ message_text: 'x', receiver_id: '' }, 400, 'conversation_id and receiver_id are required'],
    [{ message_text: 'x', conversation_id: 999_999 }, 404, 'Conversation not found'],
    [{ message_text: 'x', receiver_id: 999_999 }, 404, 'Receiver not found'],
  ])('refuses %j', async (message, status, text) => {
    expect(await send(message)).toMatchObject({ status, body: { success: false, error: text, message: text } });
    expect(await texts()).toEqual([]);
  });

  test('goes to the other one of the conversation only', async () => {
    const notPart = refusal(400, 'Receiver is not part of this conversation');
    expect(await send({ message_text: 'x', receiver_id: eve.id })).toMatchObject(notPart);
    expect((await send({ message_text: 'x', receiver_id: mira.id })).status).toBe(400);
    const strange = { conversation_id: id, receiver_id: teo.id, message_text: 'x' };
    expect(await eve.post('/messages/send', strange)).toMatchObject(refusal(404, 'Conversation not found'));
  });

  test('is not possible while one has blocked the other, and does not say who', async () => {
    const contact = good(await teo.post('/contacts', { contact_user_id: mira.id })).data;
    await teo.put(`/contacts/${contact.id}/block`, { is_blocked: true });
    const blocked = refusal(403, 'You cannot message this user');
    expect(await send({ message_text: 'x' })).toMatchObject(blocked);
    const back = { conversation_id: id, receiver_id: mira.id, message_text: 'x' };
    expect(await teo.post('/messages/send', back)).toMatchObject(blocked);
    await teo.put(`/contacts/${contact.id}/block`, { is_blocked: false });
    expect((await send({ message_text: 'x' })).status).toBe(201);
  });

  test('reaches every other door', async () => {
    const nat = await signIn(app, { name: 'Nat' });
    const [{ id: person }] = (await mira.read('/users?search=Nat&limit=1')).users;
    const conversation = await mira.talkTo({ id: person });
    await mira.say(conversation.id, { id: person }, 'Hello there');
    const [view] = (await rest(app, 'GET', '/conversations', { token: nat.token })).body.items;
    expect(view).toMatchObject({ unread: 1, lastMessage: { text: 'Hello there', kind: 'text' } });
  });
});

describe('reading', () => {
  test('counts from the newest message; a limit brings the newest first, none the oldest', async () => {
    for (let i = 1; i <= 7; i += 1) await mira.say(id, teo, String(i));
    expect(await texts()).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    expect(await texts('?limit=3')).toEqual(['7', '6', '5']);
    expect(await texts('?limit=3&offset=3')).toEqual(['4', '3', '2']);
    expect(await texts('?limit=3&offset=6')).toEqual(['1']);
    expect(await texts('?limit=3&offset=7')).toEqual([]);
    expect(await texts('?limit=3&order=asc')).toEqual(['5', '6', '7']);
    expect(await texts('?order=desc&offset=5')).toEqual(['2', '1']);
    expect(await texts('?offset=5')).toEqual(['1', '2']);
    expect(await texts('?limit=0')).toEqual(['7']);
    expect(await texts('?limit=999999')).toHaveLength(7);
    expect((await mira.get(`/messages/${id}?order=random`)).status).toBe(400);
  });

  test('leaves no gap where messages were deleted, so that a full page means that there are more', async () => {
    const all: { id: number }[] = [];
    for (let i = 1; i <= 9; i += 1) all.push(await mira.say(id, teo, String(i)));
    for (const i of [1, 4, 7]) await mira.delete(`/messages/${all[i]?.id}`);
    expect(await texts('?limit=3')).toEqual(['9', '7', '6']);
    expect(await texts('?limit=3&offset=3')).toEqual(['4', '3', '1']);
  });

  test('goes through 120 messages as the web client does, none twice', async () => {
    for (let i = 1; i <= 120; i += 1) await mira.say(id, teo, String(i));
    const pages = [await texts('?limit=50'), await texts('?limit=50&offset=50'), await texts('?limit=50&offset=100')];
    expect(pages.map((page) => page.length)).toEqual([50, 50, 20]);
    expect(pages.flat()).toEqual(Array.from({ length: 120 }, (_, i) => String(120 - i)));
  });

  test('tells that what it brings has been delivered', async () => {
    const message = await mira.say(id, teo, 'x');
    expect(await statusOf(message)).toMatchObject({ status: 'sent' });
    const seen = await statusOf(message, teo);
    expect(seen).toMatchObject({ status: 'delivered', delivered_at: time, read_at: null });
    expect(await statusOf(message)).toEqual(seen);
  });

  test('is ordered as the operator says', async () => {
    const other = await startTestApp({ CONVOSPACE_MESSAGE_ORDER: 'asc' });
    try {
      const [ann, bob] = [await newClient(other), await newClient(other)];
      const conversation = await ann.talkTo(bob);
      for (const text of ['1', '2', '3']) await ann.say(conversation.id, bob, text);
      const read = async (query: string) =>
        (await ann.read(`/messages/${conversation.id}?${query}`)).map((m: { message_text: string }) => m.message_text);
      expect(await read('limit=2')).toEqual(['2', '3']);
      expect(await read('limit=2&order=desc')).toEqual(['3', '2']);
    } finally {
      await other.close();
    }
  });
});

describe('the status', () => {
  const set = (of: ConvospaceClient, message: { id: number }, status: unknown) =>
    of.put(`/messages/${message.id}/status`, { status });

  test('goes forward by its receiver, and takes earlier messages along', async () => {
    const [one, two] = [await mira.say(id, teo, '1'), await mira.say(id, teo, '2')];
    const answer = await set(teo, two, 'delivered');
    expect(answer.body).toEqual({
      success: true,
      message: 'Message status updated successfully',
      data: {
        id: two.id,
        message_id: two.id,
        user_id: teo.id,
        status: 'delivered',
        sent_at: two.created_at,
        delivered_at: time,
        read_at: null,
      },
    });
    expect((await set(teo, two, 'read')).body.data).toMatchObject({ status: 'read', read_at: time });
    expect(await statusOf(one)).toMatchObject({ status: 'read' });
    expect((await set(teo, two, 'delivered')).body.data).toMatchObject({ status: 'read', read_at: time });
    expect((await teo.read('/conversations'))[0].participants[0].unread_count).toBe(0);
  });

  test('is told to its sender, who changes nothing', async () => {
    const message = await mira.say(id, teo, '1');
    for (const status of ['delivered', 'read']) {
      expect(await set(mira, message, status)).toMatchObject({
        status: 200,
        body: { data: { user_id: teo.id, status: 'sent' } },
      });
    }
    expect(await statusOf(message)).toMatchObject({ status: 'sent' });
  });

  test('is nobody else’s', async () => {
    const message = await mira.say(id, teo, '1');
    const missing = refusal(404, 'Message status not found');
    expect(await set(eve, message, 'read')).toMatchObject(missing);
    await mira.delete(`/messages/${message.id}`);
    expect(await set(teo, message, 'read')).toMatchObject(missing);
  });

  test.each(['sent', 'seen', '', null, undefined, 1, ['read']])('is not %j', async (status) => {
    expect((await set(teo, { id: 1 }, status)).status).toBe(400);
  });

  test('of all messages is read at once', async () => {
    const [one, two] = [await mira.say(id, teo, '1'), await mira.say(id, teo, '2')];
    const answer = await teo.post(`/messages/${id}/mark-read`);
    expect(answer.body).toEqual({ success: true, message: 'All messages marked as read' });
    expect([await statusOf(one), await statusOf(two)]).toMatchObject([{ status: 'read' }, { status: 'read' }]);
    expect((await teo.read('/conversations'))[0].participants[0]).toMatchObject({
      unread_count: 0,
      last_read_message_id: two.id,
    });
    expect((await teo.post(`/messages/${id}/mark-read`, '')).status).toBe(200);
  });
});

describe('changing', () => {
  const notFound = refusal(404, 'Message not found');

  test.each(['/edit', ''])('the sender edits a message by PUT /messages/:id%s', async (path) => {
    const message = await mira.say(id, teo, 'Lunhc?');
    app.clock.advance(1_000);
    const { status, body } = await mira.put(`/messages/${message.id}${path}`, { message_text: ' Lunch? ' });
    expect([status, body.message]).toEqual([200, 'Message updated successfully']);
    expect(body.data).toMatchObject({ id: message.id, message_text: ' Lunch? ', is_edited: true });
    expect(body.data.updated_at > message.updated_at).toBe(true);
    expect(await texts('', teo)).toEqual([' Lunch? ']);
  });

  test('nobody else edits or deletes it, and a deleted one is not there', async () => {
    const message = await mira.say(id, teo, 'x');
    const at = `/messages/${message.id}`;
    for (const one of [teo, eve]) {
      expect(await one.put(`${at}/edit`, { message_text: 'y' })).toMatchObject(notFound);
      expect(await one.delete(at)).toMatchObject(notFound);
    }
    for (const message_text of ['', '  ', undefined, null, 5]) {
      expect(await mira.put(`${at}/edit`, { message_text })).toMatchObject(refusal(400, 'message_text is required'));
    }
    expect((await mira.delete(at)).body).toEqual({ success: true, message: 'Message deleted successfully' });
    expect(await mira.delete(at)).toMatchObject(notFound);
    expect(await mira.put(at, { message_text: 'y' })).toMatchObject(notFound);
    expect([await texts(), await texts('', teo)]).toEqual([[], []]);
  });
});
