import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConvospaceClient, good, refusal } from '../../harness/convospace.ts';
import { newPhone, rest, signIn } from '../../harness/people.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';
import { newClient } from './people.ts';

let app: TestApp;
let mira: ConvospaceClient;
let teo: ConvospaceClient;
beforeAll(async () => {
  app = await startTestApp();
  mira = await newClient(app, 'Mira Holt');
  teo = await newClient(app, 'Teo Brandt');
});
afterAll(() => app.close());

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const notFound = refusal(404, 'Conversation not found');
const card = (of: ConvospaceClient, full_name: string) => ({
  id: of.id,
  user_id: of.id,
  username: expect.any(String),
  full_name,
  profile_picture: null,
  avatar_url: null,
  bio: null,
  is_online: false,
  status: 'offline',
  last_seen_at: null,
});

describe('a conversation', () => {
  test('is made once, by whoever comes first, and looks the same from both sides but for one’s own part', async () => {
    const made = await mira.post('/conversations', { participant_id: teo.id });
    expect(made.status).toBe(200);
    const { data } = made.body;
    expect(made.body).toEqual({
      success: true,
      data: {
        id: expect.any(Number),
        user_one_id: mira.id,
        user_two_id: teo.id,
        last_message_id: null,
        last_message_at: null,
        created_at: time,
        updated_at: data.created_at,
        userOne: card(mira, 'Mira Holt'),
        userTwo: card(teo, 'Teo Brandt'),
        lastMessage: null,
        participants: [
          {
            id: 2 * data.id - 1,
            conversation_id: data.id,
            user_id: mira.id,
            unread_count: 0,
            last_read_message_id: null,
            last_read_at: null,
            is_muted: false,
            is_archived: false,
            is_pinned: false,
            joined_at: time,
          },
        ],
      },
    });
    const other = await teo.post('/conversations', { participant_id: String(mira.id) });
    expect(other.body.data).toEqual({
      ...data,
      participants: [{ ...data.participants[0], id: 2 * data.id, user_id: teo.id }],
    });
    expect((await teo.get(`/conversations/${data.id}`)).body).toEqual(other.body);
  });

  test('is with somebody else who is there', async () => {
    expect(await mira.post('/conversations', {})).toMatchObject(refusal(400, 'participant_id is required'));
    expect((await mira.post('/conversations', { participant_id: mira.id })).status).toBe(400);
    expect(await mira.post('/conversations', { participant_id: 999_999 })).toMatchObject(
      refusal(404, 'User not found'),
    );
  });

  test('of others is not there', async () => {
    const { id } = await mira.talkTo(teo);
    const eve = await newClient(app, 'Eve');
    expect(await eve.get(`/conversations/${id}`)).toMatchObject(notFound);
    expect(await eve.delete(`/conversations/${id}`)).toMatchObject(notFound);
    expect(await eve.post(`/conversations/${id}/archive`)).toMatchObject(notFound);
    expect(await eve.put(`/conversations/${id}/mute`, { is_muted: true })).toMatchObject(notFound);
    expect(await eve.get(`/messages/${id}`)).toMatchObject(notFound);
    expect(await eve.post(`/messages/${id}/mark-read`)).toMatchObject(notFound);
  });

  test('shows its last message, how many are unread, and how far one has read', async () => {
    const [ann, bob] = [await newClient(app, 'Ann'), await newClient(app, 'Bob')];
    const { id } = await ann.talkTo(bob);
    const first = await ann.say(id, bob, 'one');
    const second = await ann.say(id, bob, 'two');
    const [seen] = await bob.read('/conversations');
    expect(seen).toMatchObject({
      last_message_id: second.id,
      last_message_at: second.created_at,
      updated_at: second.created_at,
      lastMessage: {
        id: second.id,
        sender_id: ann.id,
        message_text: 'two',
        message_type: 'text',
        created_at: second.created_at,
      },
      participants: [{ unread_count: 2, last_read_message_id: null }],
    });
    await bob.put(`/messages/${first.id}/status`, { status: 'read' });
    const [later] = await bob.read('/conversations');
    expect(later.participants[0]).toMatchObject({
      unread_count: 1,
      last_read_message_id: first.id,
      last_read_at: time,
    });
    await ann.delete(`/messages/${second.id}`);
    const [after] = await bob.read('/conversations');
    expect(after).toMatchObject({ last_message_id: first.id, lastMessage: { message_text: 'one' } });
    expect(after.participants[0].unread_count).toBe(0);
    await ann.delete(`/messages/${first.id}`);
    expect((await bob.read('/conversations'))[0]).toMatchObject({ lastMessage: null, last_message_at: null });
  });
});

describe('the list', () => {
  test('has the last spoken one first and those without messages last, and no groups', async () => {
    const [ann, bob, cid, dee] = [
      await newClient(app),
      await newClient(app),
      await newClient(app),
      await newClient(app),
    ];
    const [b, c, d] = [await ann.talkTo(bob), await ann.talkTo(cid), await ann.talkTo(dee)];
    await ann.say(b.id, bob, 'x');
    app.clock.advance(1_000);
    await dee.say(d.id, ann, 'y');
    const body = { title: 'A group' };
    expect((await rest(app, 'POST', '/groups', { token: ann.token ?? '', body })).status).toBe(201);
    const ids = async () => (await ann.read('/conversations')).map(({ id }: { id: number }) => id);
    expect(await ids()).toEqual([d.id, b.id, c.id]);
    await ann.post(`/conversations/${d.id}/archive`);
    expect(await ids()).toEqual([d.id, b.id, c.id]);
  });

  test('shows what was written at another door', async () => {
    const ann = await newClient(app, 'Ann');
    const nat = await signIn(app, { name: 'Nat' });
    const [{ id }] = (await ann.read('/users?limit=1')).users;
    const conversation = await ann.talkTo({ id });
    const [native] = (await rest(app, 'GET', '/conversations', { token: nat.token })).body.items;
    const at = `/conversations/${native.id}`;
    const body = { kind: 'location', content: { latitude: 52.5, longitude: 13.25, name: 'Here' } };
    expect((await rest(app, 'POST', `${at}/messages`, { token: nat.token, body })).status).toBe(201);
    expect((await ann.read('/conversations'))[0]).toMatchObject({
      id: conversation.id,
      userTwo: { full_name: 'Nat', username: `user${id}` },
      lastMessage: { message_text: 'Here 52.5,13.25', message_type: 'location' },
    });
  });
});

test('who has deleted their account is shown without their name, with what they said', async () => {
  const ann = await newClient(app, 'Ann');
  const phone = newPhone();
  const bob = await new ConvospaceClient(app).signIn(phone, { full_name: 'Bob Gone', username: 'bob_gone' });
  const { id } = await bob.talkTo(ann);
  const contact = good(await ann.post('/contacts', { contact_user_id: bob.id, contact_name: 'Bobby' })).data;
  await bob.say(id, ann, 'Bye');
  await rest(app, 'POST', '/codes', { body: { phone } });
  await rest(app, 'DELETE', '/me', { token: bob.token ?? '', body: { code: bob.codeOf(phone) } });

  const gone = { id: bob.id, full_name: 'Deleted User', username: `user${bob.id}`, is_online: false };
  expect(await ann.read('/conversations')).toMatchObject([{ id, user_one_id: bob.id, userOne: gone }]);
  expect(await ann.read(`/messages/${id}`)).toMatchObject([{ message_text: 'Bye', sender: gone }]);
  const back = { conversation_id: id, receiver_id: bob.id, message_text: 'x' };
  expect((await ann.post('/messages/send', back)).status).toBe(403);
  expect((await ann.post('/conversations', { participant_id: bob.id })).status).toBeLessThan(500);
  const search = (await ann.read('/users?search=bob_gone')).users;
  expect(search).toEqual([]);
  for (const one of await ann.read('/contacts')) expect(one).toMatchObject({ id: contact.id, contact: gone });
});

describe('for oneself', () => {
  test('a conversation is archived and taken out again', async () => {
    const { id } = await mira.talkTo(teo);
    const archived = async () => (await mira.read(`/conversations/${id}`)).participants[0].is_archived;
    expect((await mira.post(`/conversations/${id}/archive`)).body).toEqual({
      success: true,
      message: 'Conversation archived successfully',
    });
    expect(await archived()).toBe(true);
    expect((await teo.read(`/conversations/${id}`)).participants[0].is_archived).toBe(false);
    const out = await mira.post(`/conversations/${id}/archive`, { is_archived: false });
    expect(out.body.message).toBe('Conversation unarchived successfully');
    expect(await archived()).toBe(false);
    expect((await mira.post(`/conversations/${id}/archive`, { is_archived: 'maybe' })).status).toBe(400);
  });

  test('a conversation is muted by PUT and by POST', async () => {
    const { id } = await mira.talkTo(teo);
    const muted = async () => (await mira.read(`/conversations/${id}`)).participants[0].is_muted;
    const mute = (method: string, is_muted?: boolean) =>
      mira.request(method, `/conversations/${id}/mute`, { is_muted });
    expect((await mute('PUT', true)).body).toEqual({ success: true, message: 'Conversation muted successfully' });
    expect(await muted()).toBe(true);
    expect((await mute('POST', false)).body.message).toBe('Conversation unmuted successfully');
    expect(await muted()).toBe(false);
    expect(await mute('PUT')).toMatchObject(refusal(400, 'is_muted is required'));
  });

  test('a conversation is deleted with what was said, and comes back with what is said later', async () => {
    const [ann, bob] = [await newClient(app), await newClient(app)];
    const { id } = await ann.talkTo(bob);
    const old = await bob.say(id, ann, 'old');
    expect((await ann.delete(`/conversations/${id}`)).body).toEqual({
      success: true,
      message: 'Conversation deleted successfully',
    });
    expect(await ann.read('/conversations')).toEqual([]);
    expect(await ann.get(`/conversations/${id}`)).toMatchObject(notFound);
    expect(await ann.delete(`/conversations/${id}`)).toMatchObject(notFound);
    expect(await ann.read(`/messages/${id}`)).toEqual([]);
    expect(await ann.put(`/messages/${old.id}/status`, { status: 'read' })).toMatchObject(
      refusal(404, 'Message status not found'),
    );
    expect((await bob.read(`/messages/${id}`)).map((m: { message_text: string }) => m.message_text)).toEqual(['old']);

    await bob.say(id, ann, 'new');
    const [back] = await ann.read('/conversations');
    expect(back).toMatchObject({ id, lastMessage: { message_text: 'new' }, participants: [{ unread_count: 1 }] });
    expect((await ann.read(`/messages/${id}`)).map((m: { message_text: string }) => m.message_text)).toEqual(['new']);

    await ann.delete(`/conversations/${id}`);
    expect(await ann.talkTo(bob)).toMatchObject({ id, lastMessage: null });
    expect(await ann.read('/conversations')).toMatchObject([{ id }]);
  });
});
