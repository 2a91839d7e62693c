import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChatappClient, type ChatappSocket } from '../../harness/chatapp.ts';
import { ConvospaceClient, type ConvospaceSocket, good } from '../../harness/convospace.ts';
import { picture } from '../../harness/media.ts';
import { rest, signIn, type TestPerson } from '../../harness/people.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
type Wire = any;

/** Ann has signed in through convospace, Mia through chatapp. Both are live, and what one of them does, both see. */
let app: TestApp;
let ann: ConvospaceClient;
let mia: ChatappClient;
let annSocket: ConvospaceSocket;
let miaSocket: ChatappSocket;
let conversation: Wire;
let chatId: string;
let miasNumber: number;

beforeAll(async () => {
  app = await startTestApp({ RATE_LIMIT_MAX_REQUESTS: '100000' });
  mia = await new ChatappClient(app).signIn('+1', '2015550102', 'Mia');
  ann = await new ConvospaceClient(app).signIn('+12015550101', { full_name: 'Ann Holt', username: 'ann' });
  const { users } = await ann.read('/users');
  miasNumber = users.find((user: Wire) => user.full_name === 'Mia').id;
  conversation = good(await ann.post('/conversations', { participant_id: miasNumber })).data;
  chatId = (await mia.get('/chats')).body.data[0]._id;
  [annSocket, miaSocket] = [await ann.connect(), await mia.connect()];
});
afterAll(async () => {
  ann.close();
  mia.close();
  await app.close();
});

const place = () => ({ conversation_id: conversation.id, receiver_id: miasNumber });

/** Ann sends, and both get it. */
async function annSays(text: string, more: object = {}): Promise<{ own: Wire; theirs: Wire }> {
  annSocket.emit('message:send', { ...place(), message_text: text, ...more });
  const own = await annSocket.next('message:sent', (message) => message.message_text === text);
  const { message } = await miaSocket.next('new_message', (data) => data.message.content.text === text);
  return { own, theirs: message };
}

/** Mia sends, and both get it. */
async function miaSays(content: object): Promise<{ own: Wire; theirs: Wire }> {
  const tempId = `temp-${Math.random()}`;
  miaSocket.emit('send_message', { chatId, content, replyTo: null, mentions: null, tempId });
  const { message: own } = await miaSocket.next('message_sent', (data) => data.tempId === tempId);
  const theirs = await annSocket.next('message:receive');
  return { own, theirs };
}

const annsHistory = async (): Promise<Wire[]> => ann.read(`/messages/${conversation.id}?limit=200&order=asc`);
const miasHistory = async (): Promise<Wire[]> =>
  (await mia.get(`/chats/${chatId}/messages?limit=100&order=asc`)).body.data;

/** Both see the same history, each in their own words. */
async function expectSame(): Promise<void> {
  const numbers = new Map([
    [mia.id, miasNumber],
    [await annsId(), ann.id],
  ]);
  expect((await annsHistory()).map((one) => [one.sender_id, one.message_text, one.created_at, one.is_edited])).toEqual(
    (await miasHistory()).map((one) => [
      numbers.get(one.sender._id),
      one.content.text,
      one.createdAt,
      one.editedAt !== null,
    ]),
  );
}

const miaChat = async (): Promise<Wire> => (await mia.get(`/chats/${chatId}`)).body.data.chat;
/** What Mia's door calls Ann. */
const annsId = async (): Promise<string> =>
  (await miaChat()).participants.find((one: Wire) => one.userId._id !== mia.id).userId._id;
const annsConversation = async (): Promise<Wire> => ann.read(`/conversations/${conversation.id}`);

describe('a conversation between the two doors', () => {
  it('is listed on both sides, under the name of the other', async () => {
    expect(conversation).toMatchObject({ id: 1, user_one_id: ann.id, user_two_id: miasNumber });
    expect(conversation.userTwo).toMatchObject({ id: miasNumber, full_name: 'Mia' });
    const { participants } = await miaChat();
    expect(participants.map(({ userId }: Wire) => userId.displayName).sort()).toEqual(['Ann Holt', 'Mia']);
  });

  it('brings what Ann says to Mia, and Mia’s ticks to Ann', async () => {
    const { own, theirs } = await annSays('Hello, Mia.');
    expect(theirs.content).toMatchObject({ type: 'text', text: 'Hello, Mia.' });
    expect(theirs.createdAt).toBe(own.created_at);
    expect(annSocket.untaken('message:delivered')).toEqual([]);
    miaSocket.emit('message_delivered', { messageId: theirs._id });
    expect(await annSocket.next('message:delivered')).toMatchObject({ message_id: own.id });
    miaSocket.emit('message_read', { messageId: theirs._id });
    expect(await annSocket.next('message:read')).toEqual({
      message_id: own.id,
      read_by: miasNumber,
      read_at: expect.any(String),
    });
    const [shown] = await annsHistory();
    expect(shown.status).toMatchObject([{ user_id: miasNumber, status: 'read' }]);
  });

  it('brings what Mia says to Ann, whose ticks Mia gets without Ann’s word for the first', async () => {
    const { own, theirs } = await miaSays({ type: 'text', text: 'Hello, Ann.' });
    expect(theirs).toMatchObject({ sender_id: miasNumber, receiver_id: ann.id, message_text: 'Hello, Ann.' });
    await miaSocket.next('message_status_update', (data) => data.messageId === own._id && data.status === 'delivered');
    expect((await annsConversation()).participants[0].unread_count).toBe(1);
    annSocket.emit('message:read', { message_id: theirs.id, conversation_id: conversation.id });
    await miaSocket.next('message_status_update', (data) => data.messageId === own._id && data.status === 'read');
    expect((await annsConversation()).participants[0]).toMatchObject({
      unread_count: 0,
      last_read_message_id: theirs.id,
    });
  });

  it('tells both who types', async () => {
    annSocket.emit('typing:start', place());
    expect(await miaSocket.next('user_typing', (data) => data.isTyping)).toMatchObject({ chatId });
    annSocket.emit('typing:stop', place());
    await miaSocket.next('user_typing', (data) => !data.isTyping);
    miaSocket.emit('typing_start', { chatId });
    const typist = { conversation_id: conversation.id, user_id: miasNumber };
    expect(await annSocket.next('typing:start')).toEqual(typist);
    miaSocket.emit('typing_stop', { chatId });
    expect(await annSocket.next('typing:stop')).toEqual(typist);
  });

  it('shows edits and deletions of either side on the other', async () => {
    const { own, theirs } = await annSays('Tpyo');
    good(await ann.put(`/messages/${own.id}/edit`, { message_text: 'Typo' }));
    expect(await miaSocket.next('message_edited')).toMatchObject({ messageId: theirs._id, newContent: 'Typo' });
    expect(await annSocket.next('message:edited')).toMatchObject({ id: own.id, message_text: 'Typo', is_edited: true });
    const said = await miaSays({ type: 'text', text: 'Never mind' });
    miaSocket.emit('edit_message', { messageId: said.own._id, content: 'Never ever mind' });
    expect(await annSocket.next('message:edited', (one) => one.id === said.theirs.id)).toMatchObject({
      sender_id: miasNumber,
      message_text: 'Never ever mind',
    });
    await expectSame();
    miaSocket.emit('delete_message', { messageId: said.own._id, deleteForEveryone: true });
    expect(await annSocket.next('message:deleted')).toEqual({
      message_id: said.theirs.id,
      conversation_id: conversation.id,
      deleted_at: expect.any(String),
    });
    good(await ann.delete(`/messages/${own.id}`));
    await miaSocket.next('message_deleted', (data) => data.messageId === theirs._id);
    await expectSame();
    expect((await annsConversation()).lastMessage.message_text).toBe('Hello, Ann.');
  });

  it('shows files and places as the nearest that the other knows', async () => {
    const file = {
      message_type: 'image',
      media_url: 'https://example.org/cat.png',
      file_name: 'cat.png',
      file_size: 7,
    };
    const { theirs } = await annSays('A cat', file);
    expect(theirs.content.type).toBe('image');
    expect(theirs.media).toMatchObject([{ url: 'https://example.org/cat.png' }]);
    const { body } = await mia.upload('/upload/media', { name: 'red.png', bytes: await picture() });
    const content = { type: 'image', text: 'Red' };
    expect(
      (await mia.post('/messages', { chatId, content, media: [{ type: 'image', url: body.data.url }] })).status,
    ).toBeLessThan(300);
    const got = await annSocket.next('message:receive', (message) => message.media_url !== null);
    expect(got).toMatchObject({ message_type: 'image', file_name: 'red.png' });
    const shown = await fetch(got.media_url);
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/png']);
  });

  it('shows Ann when Mia comes and goes, and Mia when Ann does', async () => {
    miaSocket.close();
    expect(await annSocket.next('user:offline', (data) => data.user_id === miasNumber)).toMatchObject({
      last_seen_at: expect.any(String),
    });
    expect((await annsConversation()).userTwo).toMatchObject({ is_online: false, status: 'offline' });
    miaSocket = await mia.connect();
    await annSocket.next('user:online', (data) => data.user_id === miasNumber);
    miaSocket.emit('update_status', { status: 'offline' });
    await annSocket.next('user:offline', (data) => data.user_id === miasNumber);
    miaSocket.emit('update_status', { status: 'online' });
    await annSocket.next('user:online', (data) => data.user_id === miasNumber);
  });

  it('counts for both alike, and clears on both devices of Ann when she reads elsewhere', async () => {
    const phone = await new ConvospaceClient(app).signIn('+12015550101');
    const phoneSocket = await phone.connect();
    const said = await miaSays({ type: 'text', text: 'For both devices' });
    const copy = await phoneSocket.next('message:receive');
    expect(copy).toEqual({ ...said.theirs, receiver: expect.anything(), sender: expect.anything() });
    expect((await annsConversation()).participants[0].unread_count).toBeGreaterThan(0);
    good(await phone.post(`/messages/${conversation.id}/mark-read`));
    expect((await annsConversation()).participants[0].unread_count).toBe(0);
    await miaSocket.next('message_status_update', (data) => data.messageId === said.own._id && data.status === 'read');
    phone.close();
  });
});

describe('a group', () => {
  it('is nowhere to be seen for convospace, whoever is in it', async () => {
    const nat: TestPerson = await signIn(app, { name: 'Nat' });
    const personId = await annsId();
    const made = await mia.post('/chats/group', { name: 'All', participants: [personId, nat.id] });
    const groupId = made.body.data._id ?? made.body.data.chat._id;
    const before = annSocket.received.length;
    const said = await rest(app, 'POST', `/conversations/${groupId}/messages`, {
      token: nat.token,
      body: { text: 'To all, and to you', mentions: [{ personId, start: 0, length: 6 }] },
    });
    expect([said.status, said.body]).toEqual([201, expect.anything()]);
    await annSays('After it');
    expect((await ann.read('/conversations')).map((one: Wire) => one.id)).toEqual([conversation.id]);
    const told = annSocket.received.slice(before).map(({ name }) => name);
    expect(told.filter((name) => name !== 'user:online' && !name.startsWith('message:'))).toEqual([]);
    const { notifications, unread_count } = await ann.read('/notifications');
    expect(notifications.every((one: Wire) => one.notification_type === 'message')).toBe(true);
    expect(unread_count).toBe((await ann.read('/notifications/unread-count')).unread_count);
  });
});
