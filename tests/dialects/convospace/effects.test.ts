import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConvospaceClient, type ConvospaceSocket, good, refusal } from '../../harness/convospace.ts';
import { connect, type Device, rest, signIn, type TestPerson } from '../../harness/people.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
type Wire = any;

/**
 * What blocking, muting, archiving and deleting do: to who does it, to the other one, to counts, presence and notifications,
 * and at another door. Ann uses convospace; Bob does too, on one device, and another door on his second.
 */
let app: TestApp;
let [ann, bob]: [ConvospaceClient, ConvospaceClient] = [] as never;
let [annSocket, bobSocket]: [ConvospaceSocket, ConvospaceSocket] = [] as never;
/** Somebody who signed in natively, with whom Ann talks as well. */
let nat: TestPerson;
let natDevice: Device;
let natsNumber: number;
let id: number;
let natsId: number;
let nextPhone = 5_550_100_000;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

beforeEach(async () => {
  ann?.close();
  bob?.close();
  natDevice?.close();
  const person = (name: string) => {
    nextPhone += 1;
    const names = { full_name: name, username: `${name.toLowerCase()}${nextPhone}` };
    return new ConvospaceClient(app).signIn(String(nextPhone), names);
  };
  [ann, bob] = [await person('Ann'), await person('Bob')];
  nat = await signIn(app, { name: `Nat${nextPhone}` });
  id = (await ann.talkTo(bob)).id;
  const { users } = await ann.read(`/users?search=Nat${nextPhone}`);
  natsNumber = users[0].id;
  natsId = (await ann.talkTo({ id: natsNumber })).id;
  [annSocket, bobSocket] = [await ann.connect(), await bob.connect()];
  natDevice = await connect(app, nat.token);
});

const conversationOf = (client: ConvospaceClient, conversation = id): Promise<Wire> =>
  client.read(`/conversations/${conversation}`);
const unreadOf = async (client: ConvospaceClient): Promise<number> =>
  (await conversationOf(client)).participants[0].unread_count;
const notificationsOf = (client: ConvospaceClient): Promise<Wire> => client.read('/notifications');
const native = async (method: string, path: string, body?: unknown): Promise<Wire> =>
  (await rest(app, method, path, { token: nat.token, body })).body;

/** Everything that was on its way to the two has arrived. */
async function settled(): Promise<void> {
  for (const socket of [annSocket, bobSocket]) await socket.ask('typing:stop', { conversation_id: id });
}

/** Blocks somebody as the web client does: as a contact. */
async function block(client: ConvospaceClient, other: { readonly id: number }, is_blocked = true): Promise<void> {
  const listed = [...(await client.read('/contacts')), ...(await client.read('/contacts/blocked'))];
  const known = listed.find((contact: Wire) => contact.contact_user_id === other.id);
  const contact = known ?? good(await client.post('/contacts', { contact_user_id: other.id })).data;
  good(await client.put(`/contacts/${contact.id}/block`, { is_blocked }));
}

describe('blocking', () => {
  it('keeps messages from being sent, either way and at every way in, and tells nobody who did it', async () => {
    await ann.say(id, bob, 'Before');
    await block(bob, ann);
    const words = refusal(403, 'You cannot message this user');
    const message = { conversation_id: id, message_text: 'Hello?' };
    expect(await ann.post('/messages/send', { ...message, receiver_id: bob.id })).toMatchObject(words);
    expect(await bob.post('/messages/send', { ...message, receiver_id: ann.id })).toMatchObject(words);
    const answer = await annSocket.ask('message:send', { ...message, receiver_id: bob.id });
    expect(answer).toEqual({ success: false, error: 'You cannot message this user' });
    expect(await annSocket.next('message:error')).toEqual({
      error: 'Failed to send message',
      message: 'Failed to send message',
      conversation_id: id,
    });
    await settled();
    expect(bobSocket.all('message:receive').map((one) => one.message_text)).toEqual(['Before']);
    // What they had said before waits until the block is lifted.
    expect([await unreadOf(bob), await notificationsOf(bob)]).toEqual([0, { notifications: [], unread_count: 0 }]);
    expect(JSON.stringify(await conversationOf(ann))).not.toContain('block');
    await block(bob, ann, false);
    expect([await unreadOf(bob), (await notificationsOf(bob)).unread_count]).toEqual([1, 1]);
  });

  it('passes neither typing nor presence, and both again when it is lifted', async () => {
    await block(bob, ann);
    const place = { conversation_id: id, receiver_id: bob.id };
    annSocket.emit('typing:start', place);
    await settled();
    expect(bobSocket.all('typing:start')).toEqual([]);
    annSocket.emit('presence:update', { is_online: false });
    await annSocket.ask('presence:update', { is_online: true });
    bobSocket.emit('presence:update', { is_online: false });
    await bobSocket.ask('presence:update', { is_online: true });
    await settled();
    const about = (socket: ConvospaceSocket, who: ConvospaceClient) =>
      ['user:online', 'user:offline', 'presence:update']
        .flatMap((name) => socket.all(name))
        .filter(({ user_id }) => user_id === who.id);
    expect(about(annSocket, bob).filter(({ last_seen_at }) => last_seen_at)).toEqual([]);
    expect(about(bobSocket, ann).filter(({ last_seen_at }) => last_seen_at)).toEqual([]);
    for (const [viewer, other] of [
      [ann, bob],
      [bob, ann],
    ] as const) {
      const { userOne, userTwo } = await conversationOf(viewer);
      const card = userOne.id === other.id ? userOne : userTwo;
      expect(card).toMatchObject({ is_online: false, status: 'offline', last_seen_at: null });
    }
    await block(bob, ann, false);
    annSocket.emit('presence:update', { is_online: false });
    await bobSocket.next('user:offline', ({ user_id }) => user_id === ann.id);
    annSocket.emit('typing:start', place);
    await bobSocket.next('typing:start');
    const said = await ann.say(id, bob, 'Again');
    expect(await bobSocket.next('message:receive')).toMatchObject({ id: said.id });
  });

  it('is the same at the other door: either may have done it', async () => {
    const { items } = await native('GET', '/conversations');
    const conversationId = items[0].id;
    const annsId = items[0].members.find((member: Wire) => member.person.id !== nat.id).person.id;
    await native('PUT', `/blocks/${annsId}`);
    const message = { conversation_id: natsId, receiver_id: natsNumber, message_text: 'Hello?' };
    expect(await ann.post('/messages/send', message)).toMatchObject(refusal(403, 'You cannot message this user'));
    await native('DELETE', `/blocks/${annsId}`);
    await block(ann, { id: natsNumber });
    const { error } = await native('POST', `/conversations/${conversationId}/messages`, { text: 'Hello?' });
    expect(error.code).toBe('recipient_unavailable');
    expect(await ann.read('/contacts')).toEqual([]);
    expect(await ann.read('/contacts/blocked')).toMatchObject([{ contact_user_id: natsNumber, is_blocked: true }]);
    const [blocked] = await ann.read('/contacts/blocked');
    good(await ann.delete(`/contacts/${blocked.id}`));
    expect(
      (await native('POST', `/conversations/${conversationId}/messages`, { text: 'Hello!' })).error,
    ).toBeUndefined();
    expect(await annSocket.next('message:receive')).toMatchObject({ message_text: 'Hello!' });
  });
});

describe('muting', () => {
  it('brings messages and counts, and no notification, to who has muted alone', async () => {
    good(await bob.put(`/conversations/${id}/mute`, { is_muted: true }));
    await ann.say(id, bob, 'Psst');
    expect(await bobSocket.next('message:receive')).toMatchObject({ message_text: 'Psst' });
    await bob.say(id, ann, 'I hear you');
    await annSocket.next('notification:new');
    await settled();
    expect(bobSocket.all('notification:new')).toEqual([]);
    expect(await notificationsOf(bob)).toEqual({ notifications: [], unread_count: 0 });
    expect(await unreadOf(bob)).toBe(1);
    expect((await conversationOf(bob)).participants[0].is_muted).toBe(true);
    expect((await conversationOf(ann)).participants[0].is_muted).toBe(false);
    expect((await notificationsOf(ann)).unread_count).toBe(1);
    good(await bob.post(`/conversations/${id}/mute`, { is_muted: false }));
    await ann.say(id, bob, 'And now?');
    expect(await bobSocket.next('notification:new')).toMatchObject({
      user_id: bob.id,
      notification_type: 'message',
      title: 'Ann',
      message: 'And now?',
      related_entity_type: 'message',
      is_read: false,
    });
  });

  it('is told to the person’s other doors, and not to the other one', async () => {
    const { items } = await native('GET', '/conversations');
    const until = new Date(app.clock.now() + 3_600_000).toISOString();
    await native('PATCH', `/conversations/${items[0].id}/settings`, { mutedUntil: until });
    const before = (await notificationsOf(ann)).unread_count;
    await ann.say(natsId, { id: natsNumber }, 'Do you hear me?');
    await natDevice.next('message.created');
    expect((await conversationOf(ann, natsId)).participants[0].is_muted).toBe(false);
    expect((await notificationsOf(ann)).unread_count).toBe(before);
  });
});

describe('archiving', () => {
  it('marks the conversation for who does it, and changes nothing for the other', async () => {
    await ann.say(id, bob, 'One');
    good(await bob.post(`/conversations/${id}/archive`));
    expect((await conversationOf(bob)).participants[0]).toMatchObject({ is_archived: true, unread_count: 1 });
    expect((await bob.read('/conversations')).map((one: Wire) => one.id)).toContain(id);
    expect((await conversationOf(ann)).participants[0].is_archived).toBe(false);
    expect((await notificationsOf(bob)).unread_count).toBe(1);
    const taken = await bob.post(`/conversations/${id}/archive`, { is_archived: false });
    expect(taken.body.message).toBe('Conversation unarchived successfully');
    expect((await conversationOf(bob)).participants[0].is_archived).toBe(false);
  });
});

describe('deleting a conversation', () => {
  it('hides it and what was said for who does it, with its notifications, until something is said', async () => {
    await ann.say(id, bob, 'Old');
    await bob.say(id, ann, 'Old as well');
    good(await bob.delete(`/conversations/${id}`));
    expect(await bob.get(`/conversations/${id}`)).toMatchObject(refusal(404, 'Conversation not found'));
    expect(await bob.read('/conversations')).toEqual([]);
    expect(await bob.read(`/messages/${id}?limit=50`)).toEqual([]);
    expect(await notificationsOf(bob)).toEqual({ notifications: [], unread_count: 0 });
    expect((await ann.read(`/messages/${id}?limit=50`)).map((one: Wire) => one.message_text)).toEqual([
      'Old as well',
      'Old',
    ]);
    expect((await conversationOf(ann)).lastMessage.message_text).toBe('Old as well');
    expect((await notificationsOf(ann)).unread_count).toBe(1);
    const said = await ann.say(id, bob, 'New');
    expect(await bobSocket.next('message:receive', (one) => one.id === said.id)).toMatchObject({ conversation_id: id });
    expect((await conversationOf(bob)).participants[0].unread_count).toBe(1);
    expect((await bob.read(`/messages/${id}`)).map((one: Wire) => one.message_text)).toEqual(['New']);
  });

  it('brings it back empty where it is started again', async () => {
    await ann.say(id, bob, 'Old');
    good(await bob.delete(`/conversations/${id}`));
    const again = await bob.talkTo(ann);
    expect(again).toMatchObject({ id, lastMessage: null, participants: [{ unread_count: 0 }] });
    expect(again.user_one_id).toBe(ann.id);
  });
});

describe('reading', () => {
  it('clears the notifications of the conversation on every device, and those of no other', async () => {
    for (const text of ['One', 'Two']) await ann.say(id, bob, text);
    const { items } = await native('GET', '/conversations');
    await native('POST', `/conversations/${items[0].id}/messages`, { text: 'For Ann' });
    expect((await notificationsOf(bob)).unread_count).toBe(2);
    const phone = await new ConvospaceClient(app).signIn(String(nextPhone));
    expect(phone.id).toBe(bob.id);
    good(await phone.post(`/messages/${id}/mark-read`));
    const { notifications, unread_count } = await notificationsOf(bob);
    expect(unread_count).toBe(0);
    expect(notifications.map((one: Wire) => [one.is_read, typeof one.read_at])).toEqual([
      [true, 'string'],
      [true, 'string'],
    ]);
    expect((await notificationsOf(ann)).unread_count).toBe(1);
  });

  it('of a notification leaves the message unread, and all of them at once nothing unread', async () => {
    for (const text of ['One', 'Two', 'Three']) await ann.say(id, bob, text);
    const { notifications } = await notificationsOf(bob);
    const read = good(await bob.put(`/notifications/${notifications[2].id}/read`)).data;
    expect(read).toMatchObject({ is_read: true, message: 'One' });
    expect(good(await bob.put(`/notifications/${notifications[2].id}/read`)).data).toEqual(read);
    expect(await bob.read('/notifications/unread-count')).toEqual({ unread_count: 2 });
    expect(await unreadOf(bob)).toBe(3);
    good(await bob.delete(`/notifications/${notifications[0].id}`));
    expect((await notificationsOf(bob)).unread_count).toBe(1);
    expect(await ann.put(`/notifications/${notifications[1].id}/read`)).toMatchObject(
      refusal(404, 'Notification not found'),
    );
    good(await bob.post('/notifications/read-all'));
    expect((await notificationsOf(bob)).unread_count).toBe(0);
    expect(await unreadOf(bob)).toBe(3);
  });

  it('shows nothing of a message that was deleted or edited since but what it says now', async () => {
    const [first, second] = [await ann.say(id, bob, 'Secret'), await ann.say(id, bob, 'Tpyo')];
    good(await ann.delete(`/messages/${first.id}`));
    good(await ann.put(`/messages/${second.id}`, { message_text: 'Typo' }));
    const { notifications, unread_count } = await notificationsOf(bob);
    expect([notifications.map((one: Wire) => one.message), unread_count]).toEqual([['Typo'], 1]);
    expect(await unreadOf(bob)).toBe(1);
  });
});
