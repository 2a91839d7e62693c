import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChatappClient, type ChatappSocket } from '../../harness/chatapp.ts';
import { ChatappReplica } from '../../harness/chatapp-replica.ts';
import { connect, type Device, rest, signIn, type TestPerson } from '../../harness/people.ts';
import { picture } from '../../harness/picture-bytes.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';
import { until } from '../../harness/until.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
type Wire = any;

/**
 * Events tell all that they change: a client of chatapp that has read everything once, and applied the events since, holds
 * what it would read now. Whoever does something, through whichever door, Mia herself on another device included.
 */
let app: TestApp;
/** Whose client watches. */
let mia: ChatappClient;
/** The other one, through chatapp. */
let ben: ChatappClient;
/** The other one, natively. */
let nat: TestPerson;
let replica: ChatappReplica;
/** Another device of Mia's. */
let miaSocket: ChatappSocket;
let benSocket: ChatappSocket;
let natDevice: Device;
let withBen: string;
let withNat: string;
let group: string;

beforeAll(async () => {
  app = await startTestApp({ RATE_LIMIT_MAX_REQUESTS: '100000' });
  mia = await new ChatappClient(app).signIn('+1', '2015550101', 'Mia');
  ben = await new ChatappClient(app).signIn('+1', '2015550102', 'Ben');
  nat = await signIn(app, { name: 'Nat' });
  withBen = (await mia.post('/chats/private', { userId: ben.id })).body.data._id;
  withNat = (await mia.post('/chats/private', { userId: nat.id })).body.data._id;
  group = (await ben.post('/chats/group', { name: 'Three', participants: [mia.id, nat.id] })).body.data._id;
  [miaSocket, benSocket] = [await mia.connect(), await ben.connect()];
  natDevice = await connect(app, nat.token);
  replica = await ChatappReplica.of(mia);
});

afterAll(async () => {
  for (const client of [mia, ben]) client.close();
  natDevice.close();
  await app.close();
});

const ok = (answer: { status: number; body: Wire }): Wire => {
  if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
  return answer.body;
};

/** Somebody of the native door: Nat, or Mia on a device that speaks it. */
const natively =
  (token: () => string) =>
  async (method: string, path: string, body?: unknown): Promise<Wire> =>
    ok(await rest(app, method, path, { token: token(), body }));

const asNat = natively(() => nat.token);
const asMia = natively(() => mia.token as string);

const said = async (chatId: string): Promise<Wire[]> => ok(await mia.get(`/chats/${chatId}/messages`)).data;

const text = (chatId: string, words: string, more: object = {}) => ({
  chatId,
  content: { type: 'text', text: words },
  replyTo: null,
  mentions: null,
  ...more,
});

const ask = async (socket: ChatappSocket, name: string, data: object): Promise<Wire> => {
  const answer = await socket.ask(name, data);
  expect(answer).toMatchObject({ success: true });
  return answer;
};

const send = async (socket: ChatappSocket, message: object): Promise<string> =>
  (await ask(socket, 'send_message', message)).message._id;

const sendNatively = async (as: typeof asNat, chatId: string, message: object): Promise<string> =>
  (await as('POST', `/conversations/${chatId}/messages`, message)).message.id;

const vanished = ({ deletedBy }: Wire): boolean => deletedBy === null;

const allRead = { read: Number.MAX_SAFE_INTEGER };

describe('a client of chatapp holds what is, after', () => {
  it('messages of others, through either door', async () => {
    const first = await send(benSocket, text(withBen, 'Hi #there', { tempId: 'b1' }));
    await replica.expectTrue();
    await send(benSocket, text(withBen, 'Again', { replyTo: first }));
    await replica.expectTrue();
    const asked = await sendNatively(asNat, withNat, { text: 'Hello' });
    await sendNatively(asNat, withNat, { text: 'You?', replyTo: asked });
    await replica.expectTrue();
    await sendNatively(asNat, group, { kind: 'location', content: { latitude: 1, longitude: 2, name: 'Here' } });
    const mentions = [{ personId: mia.id, start: 0, length: 4 }];
    await sendNatively(asNat, group, { text: '@Mia', mentions });
    await replica.expectTrue();
    const bytes = await picture().jpeg().toBuffer();
    const { url } = ok(await ben.upload('/upload/media', { name: 'sun.jpg', bytes })).data;
    await send(benSocket, { chatId: group, content: { type: 'image', text: 'sun', url }, tempId: 'b2' });
    await replica.expectTrue();
    await ask(benSocket, 'forward_message', { messageId: first, targetChatIds: [group] });
    await replica.expectTrue();
  });

  it('own messages on another device, of either door', async () => {
    await send(miaSocket, text(withBen, 'From here', { tempId: 'm1' }));
    await replica.expectTrue();
    await sendNatively(asMia, withBen, { text: 'And from there', clientId: 'm2' });
    await sendNatively(asMia, group, { text: 'To all' });
    await replica.expectTrue();
  });

  it('receipts of others', async () => {
    const [last] = await said(withBen);
    await ask(benSocket, 'message_delivered', { messageId: last._id });
    await replica.expectTrue();
    await ask(benSocket, 'message_read', { messageId: last._id, chatId: withBen });
    await replica.expectTrue();
    await send(miaSocket, text(withNat, 'Tick me'));
    await asNat('PUT', `/conversations/${withNat}/receipt`, allRead);
    await asNat('PUT', `/conversations/${group}/receipt`, { delivered: 3 });
    await replica.expectTrue();
    await asNat('PUT', `/conversations/${group}/receipt`, allRead);
    await ben.post(`/chats/${group}/read`);
    await replica.expectTrue();
  });

  it('reading on another device, up to a message or to the end', async () => {
    const [, earlier] = (await said(withNat)).filter(({ sender }) => sender._id === nat.id);
    await ask(miaSocket, 'message_read', { messageId: earlier._id });
    await replica.expectTrue();
    await ask(miaSocket, 'message_read', { chatId: withNat });
    await replica.expectTrue();
    await asMia('PUT', `/conversations/${group}/receipt`, { read: 2 });
    await replica.expectTrue();
    await asMia('PUT', `/conversations/${group}/receipt`, allRead);
    await mia.post(`/chats/${withBen}/read`);
    await replica.expectTrue();
  });

  it('receipts that are not told, and are told again', async () => {
    await asNat('PATCH', '/me/privacy', { readReceipts: false });
    await send(miaSocket, text(withNat, 'Quietly'));
    await asNat('PUT', `/conversations/${withNat}/receipt`, allRead);
    await sendNatively(asNat, withNat, { text: 'Read' });
    await ask(miaSocket, 'message_read', { chatId: withNat });
    await replica.expectTrue();
    await asNat('PATCH', '/me/privacy', { readReceipts: true });
    await send(miaSocket, text(withNat, 'Loudly'));
    await asNat('PUT', `/conversations/${withNat}/receipt`, allRead);
    await replica.expectTrue();
  });

  it('edits', async () => {
    const own = await send(miaSocket, text(withBen, 'Helo'));
    await send(benSocket, text(withBen, 'What?', { replyTo: own }));
    await ask(miaSocket, 'edit_message', { messageId: own, newContent: 'Hello #you' });
    await replica.expectTrue();
    await ok(await mia.put(`/messages/${own}`, { newContent: 'Hello' }));
    await replica.expectTrue();
    const theirs = await sendNatively(asNat, group, { text: 'Hulo' });
    const mentions = [{ personId: ben.id, start: 0, length: 4 }];
    await asNat('PATCH', `/conversations/${group}/messages/${theirs}`, { text: '@Ben hullo', mentions });
    await replica.expectTrue();
    await asNat('PATCH', `/conversations/${group}/messages/${theirs}`, { text: 'Hullo' });
    await replica.expectTrue();
  });

  it('reactions', async () => {
    const [{ _id: messageId }] = await said(group);
    const at = `/conversations/${group}/messages/${messageId}/reaction`;
    await ask(benSocket, 'add_reaction', { messageId, emoji: '👍' });
    await asNat('PUT', at, { emoji: '🎉' });
    await ask(benSocket, 'add_reaction', { messageId, emoji: '❤️' });
    await replica.expectTrue();
    await asMia('PUT', at, { emoji: '😂' });
    await ask(benSocket, 'remove_reaction', { messageId });
    await asNat('DELETE', at);
    await replica.expectTrue();
  });

  it('deletions, for everyone and on another device for myself', async () => {
    const unread = await send(benSocket, text(withBen, 'Oops'));
    await send(benSocket, text(withBen, 'No', { replyTo: unread }));
    await replica.expectTrue();
    await ask(benSocket, 'delete_message', { messageId: unread, deleteForEveryone: true });
    await replica.expectTrue();
    await mia.post(`/chats/${withBen}/read`);
    const [last] = await said(withBen);
    await ask(benSocket, 'delete_message', { messageId: last._id, deleteForEveryone: true });
    await replica.expectTrue();
    const theirs = await sendNatively(asNat, withNat, { text: 'Gone soon' });
    await asNat('DELETE', `/conversations/${withNat}/messages/${theirs}`);
    await replica.expectTrue();
    const other = await sendNatively(asNat, withNat, { text: 'Not for me' });
    await ask(miaSocket, 'delete_message', { messageId: other, deleteForEveryone: false });
    await replica.expectTrue();
    const [another] = await said(withNat);
    await asMia('POST', `/conversations/${withNat}/messages/hidden`, { messageIds: [another._id] });
    await replica.expectTrue();
    await sendNatively(asNat, withNat, { text: 'Still here?' });
    await asNat('PUT', `/conversations/${withNat}/receipt`, allRead);
    await asMia('PUT', `/conversations/${withNat}/receipt`, allRead);
    await replica.expectTrue();
  });

  it('what I do with a chat on another device', async () => {
    await mia.put(`/chats/${withBen}/settings`, { isPinned: true, customName: 'Benny' });
    await replica.expectTrue();
    await asMia('PATCH', `/conversations/${withNat}/me`, { mutedUntil: '9999-12-31T00:00:00.000Z', archived: true });
    await mia.post(`/chats/${withBen}/archive`, { archive: true });
    await replica.expectTrue();
    await send(benSocket, text(withBen, 'Out of the archive'));
    await sendNatively(asNat, withNat, { text: 'Not out of it' });
    await replica.expectTrue();
    await asMia('PATCH', `/conversations/${withNat}/me`, { mutedUntil: null, archived: false });
    const preferences = { notifications: false, autoDownload: { videos: true } };
    await asMia('PATCH', `/conversations/${withNat}/me`, { preferences });
    await replica.expectTrue();
    expect(replica.asked).toEqual([]);
  });

  it('a chat that I delete for myself, which comes back', async () => {
    await mia.delete(`/chats/${withBen}`);
    await replica.expectTrue();
    await send(benSocket, text(withBen, 'Back'));
    await replica.expectTrue();
    await asMia('DELETE', `/conversations/${withNat}`);
    await replica.expectTrue();
    await mia.post('/chats/private', { userId: nat.id });
    await replica.expectTrue();
    expect(replica.asked.splice(0)).toEqual([`new_message in ${withBen}`, `chat_updated of ${withNat}`]);
  });

  it('who is there, and what they show', async () => {
    natDevice.close();
    await replica.expectTrue();
    await asNat('PATCH', '/me/status', { availability: 'busy' });
    natDevice = await connect(app, nat.token);
    await replica.expectTrue();
    benSocket.emit('update_status', { status: 'away' });
    await benSocket.next('status_updated');
    await replica.expectTrue();
    benSocket.close();
    await replica.expectTrue();
    benSocket = await ben.connect();
    await replica.expectTrue();
    await asNat('PATCH', '/me/status', { availability: 'offline' });
    await replica.expectTrue();
    await asNat('PATCH', '/me/status', { availability: 'online' });
    await replica.expectTrue();
  });

  it('names and photos', async () => {
    await asNat('PATCH', '/me', { name: 'Nathan Fox', about: 'Here', photoUrl: 'https://example.com/nat.jpg' });
    await replica.expectTrue();
    await asNat('PATCH', '/me', { about: '', photoUrl: null, username: 'nathan' });
    await replica.expectTrue();
    const bytes = await picture().jpeg().toBuffer();
    await ben.upload('/users/upload-avatar', { name: 'me.jpg', bytes });
    await ben.put('/users/profile', { displayName: 'Ben Oak', bio: 'There' });
    await replica.expectTrue();
    await asMia('PATCH', '/me', { name: 'Mia Sol' });
    await replica.expectTrue();
  });

  it('a group that is made, changed, joined and left, through either door', async () => {
    const gus = await signIn(app, { name: 'Gus' });
    // Of who is not online when a chat comes, `chat_created` leaves the last time to fetching.
    const device = await connect(app, gus.token);
    const { id } = (await asNat('POST', '/groups', { title: 'Climbers', people: [mia.id, ben.id] })).conversation;
    await replica.expectTrue();
    await asNat('PATCH', `/groups/${id}`, { title: 'Divers', description: 'Deep', settings: { whoCanAdd: 'all' } });
    await replica.expectTrue();
    await asNat('PUT', `/conversations/${id}/members/${mia.id}/role`, { role: 'admin' });
    await replica.expectTrue();
    await sendNatively(asNat, id, { text: 'Hello, group' });
    await asNat('PUT', `/conversations/${id}/disappearing`, { seconds: 86_400 });
    await replica.expectTrue();
    await ben.post(`/groups/${id}/participants`, { userIds: [gus.id] });
    await replica.expectTrue();
    expect(replica.asked.splice(0)).toEqual([`group_participants_added in ${id}`]);
    await rest(app, 'PUT', `/conversations/${id}/receipt`, { token: gus.token, body: allRead });
    await ben.post(`/chats/${id}/read`);
    await replica.expectTrue();
    await mia.put(`/groups/${id}`, { name: 'Deep divers' });
    await replica.expectTrue();
    await ben.post(`/groups/${id}/leave`);
    await replica.expectTrue();
    await asNat('DELETE', `/conversations/${id}/members/${gus.id}`);
    await replica.expectTrue();
    await asNat('POST', `/conversations/${id}/leave`);
    await replica.expectTrue();

    const made = ok(await mia.post('/chats/group', { name: 'Runners', participants: [ben.id, gus.id] })).data._id;
    await replica.expectTrue();
    await mia.put(`/groups/${made}/participants/${ben.id}/role`, { role: 'admin' });
    await mia.post(`/groups/${made}/transfer`, { userId: ben.id });
    await replica.expectTrue();
    await ben.delete(`/groups/${made}/participants/${mia.id}`);
    await replica.expectTrue();
    await ben.post(`/groups/${made}/participants`, { userIds: [mia.id] });
    await replica.expectTrue();
    await ben.delete(`/groups/${made}`);
    await replica.expectTrue();
    device.close();
    expect(replica.asked).toEqual([]);
  });

  it('a private chat that somebody new begins', async () => {
    const eva = await signIn(app, { name: 'Eva' });
    const device = await connect(app, eva.token);
    const body = { personId: mia.id };
    const { conversation } = ok(await rest(app, 'POST', '/conversations/direct', { token: eva.token, body }));
    await replica.expectTrue();
    await rest(app, 'POST', `/conversations/${conversation.id}/messages`, { token: eva.token, body: { text: 'Hi' } });
    await replica.expectTrue();
    device.close();
    await replica.expectTrue();
  });

  it('messages that vanish', async () => {
    await mia.put(`/chats/${withBen}/settings`, { disappearingMessages: { enabled: true, duration: 3_600 } });
    await replica.expectTrue();
    await send(benSocket, text(withBen, 'For an hour'));
    await sendNatively(asMia, withBen, { text: 'As well' });
    await replica.expectTrue();
    app.clock.advance(3_601_000);
    await until('they are gone', () => replica.socket.all('message_deleted').filter(vanished).length === 2);
    await replica.expectTrue();
  });
});
