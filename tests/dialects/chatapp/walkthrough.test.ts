import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChatappClient, ChatappSocket } from '../../harness/chatapp.ts';
import { picture } from '../../harness/picture-bytes.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';
import { until } from '../../harness/until.ts';

/**
 * What the mobile client does from its first start to signing out, in its order (section 10 of the door's contract, but for
 * stories and calls).
 */
let app: TestApp;
let a: ChatappClient;
let b: ChatappClient;
let g: ChatappClient;
let aSocket: ChatappSocket;
let bSocket: ChatappSocket;
let chatId: string;

beforeAll(async () => {
  app = await startTestApp({ OTP_RESEND_SECONDS: '60' });
  a = new ChatappClient(app);
  b = new ChatappClient(app);
  g = new ChatappClient(app);
});

afterAll(async () => {
  for (const client of [a, b, g]) client.close();
  await app.close();
});

const text = (words: string, more: object = {}) => ({
  content: { type: 'text', text: words },
  replyTo: null,
  mentions: null,
  ...more,
});

/** Sends and waits until it is stored. */
async function send(socket: ChatappSocket, message: object): Promise<{ _id: string }> {
  socket.emit('send_message', message);
  return (await socket.next('message_sent')).message;
}

// In one order: each step stands on those before.
describe('the walkthrough', { sequential: true } as object, () => {
  it('1. asks whether the server is there', async () => {
    expect((await a.get('/health')).status).toBe(200);
  });

  it('2. asks for a code, and is told to wait for another', async () => {
    const sent = await a.post('/auth/send-otp', { phoneNumber: '5550001111', countryCode: '+1' });
    expect(sent).toMatchObject({
      status: 200,
      body: { success: true, data: { phoneNumber: '+15550001111', expiresIn: 300, isNewUser: true } },
    });
    const again = await a.post('/auth/send-otp', { phoneNumber: '5550001111', countryCode: '+1' });
    expect(again.status).toBe(429);
    expect(again.body.retryAfter).toBeGreaterThan(0);
    const right = a.codeOf('+15550001111');
    const wrong = await a.post('/auth/verify-otp', {
      phoneNumber: '+15550001111',
      otp: right === '000000' ? '000001' : '000000',
    });
    expect(wrong).toMatchObject({ status: 400, body: { success: false, attemptsLeft: 4 } });
  });

  it('3. signs in with the code', async () => {
    const signed = await a.post('/auth/verify-otp', {
      phoneNumber: '+15550001111',
      otp: a.codeOf('+15550001111'),
    });
    expect(signed).toMatchObject({
      status: 200,
      body: { data: { token: expect.any(String), user: { hasCompletedProfile: false, displayName: '5550001111' } } },
    });
    a.token = signed.body.data.token;
    a.id = signed.body.data.user._id;
  });

  it('4. connects and is greeted without saying anything', async () => {
    aSocket = await a.connect();
    expect(aSocket.received[0]?.name).toBe('authenticated');
  });

  it('5. completes the profile', async () => {
    const done = await a.post('/auth/complete-profile', { displayName: 'Ivo', bio: null, username: null });
    expect(done).toMatchObject({ status: 200, body: { data: { user: { displayName: 'Ivo' } } } });
    await b.signIn('+91', '5550002222', 'Mira Sol');
    await g.signIn('+44', '7700900123', 'Gus');
    bSocket = await b.connect();
  });

  it('6. finds people, knows them, and shows a picture', async () => {
    const found = await a.get('/users/search?q=ira');
    expect(found.body.data.users.map((user: { _id: string }) => user._id)).toEqual([b.id]);
    expect((await a.post('/users/add-contact', { userId: b.id })).status).toBe(200);
    const photo = { name: 'me.jpg', bytes: await picture().jpeg().toBuffer() };
    const uploaded = await a.upload('/users/upload-avatar', photo);
    expect(uploaded.status).toBe(200);
    const shown = await fetch(uploaded.body.data.url);
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    const told = await bSocket.next(
      'profile_updated',
      ({ userId, profilePicture }) => userId === a.id && profilePicture.url,
    );
    expect(told.displayName).toBe('Ivo');
  });

  it('7. starts a private chat, of which there is one', async () => {
    const started = await a.post('/chats/private', { userId: b.id });
    expect(started.status).toBe(200);
    chatId = started.body.data._id;
    expect(started.body.data.chat._id).toBe(chatId);
    expect((await bSocket.next('chat_created')).chat._id).toBe(chatId);
    expect((await b.post('/chats/private', { userId: a.id })).body.data._id).toBe(chatId);
  });

  it('8. lists chats in the form that each client reads', async () => {
    for (const client of [a, b]) expect((await client.get('/chats')).body.data).toHaveLength(1);
    const other = new ChatappClient(app);
    other.token = a.token;
    other.userAgent = 'curl/8';
    expect((await other.get('/chats')).body.data.chats).toHaveLength(1);
    aSocket.emit('join_chat', { chatId });
    expect(await aSocket.next('joined_chat')).toEqual({ chatId });
  });

  it('9. sends a message, which both get once', async () => {
    aSocket.emit('send_message', { chatId, ...text('Hello!'), tempId: 't1' });
    for (const socket of [aSocket, bSocket]) {
      const got = await socket.next('new_message');
      expect(got).toMatchObject({ chatId, tempId: 't1', message: { content: { text: 'Hello!' } } });
      expect(got.message._id).toBe(got.message.messageId);
    }
    const sent = await aSocket.next('message_sent');
    expect(sent).toMatchObject({ tempId: 't1', message: { status: 'sent' } });
    const [chat] = (await b.get('/chats')).body.data;
    expect(chat).toMatchObject({ unreadCount: 1, lastMessage: { content: 'Hello!' } });
    expect([aSocket, bSocket].map((socket) => socket.all('new_message').length)).toEqual([1, 1]);
  });

  it('10. ticks it off', async () => {
    const { messageId } = aSocket.all('new_message')[0].message;
    bSocket.emit('message_delivered', { messageId });
    expect(await aSocket.next('message_status_update')).toMatchObject({ messageId, status: 'delivered', userId: b.id });
    bSocket.emit('message_read', { messageId, chatId });
    expect(await aSocket.next('message_status_update')).toMatchObject({ messageId, status: 'read', userId: b.id });
    expect(await bSocket.next('unread_count_reset')).toMatchObject({ chatId });
    expect((await b.get('/chats')).body.data[0].unreadCount).toBe(0);
  });

  it('11. shows the other that it types, and itself not', async () => {
    aSocket.emit('typing_start', { chatId });
    expect(await bSocket.next('user_typing')).toMatchObject({ userId: a.id, chatId, isTyping: true });
    aSocket.emit('typing_stop', { chatId });
    expect(await bSocket.next('user_typing')).toMatchObject({ isTyping: false });
    expect(aSocket.all('user_typing')).toEqual([]);
  });

  it('12. answers, reacts, edits, forwards and deletes', async () => {
    const first = aSocket.all('new_message')[0].message._id;
    bSocket.emit('send_message', { chatId, ...text('Hi!', { replyTo: first }), tempId: 't2' });
    const reply = (await aSocket.next('new_message', ({ tempId }) => tempId === 't2')).message;
    expect(reply.replyTo).toMatchObject({ messageId: first, content: 'Hello!', sender: { displayName: 'Ivo' } });

    for (const emoji of ['👍', '❤️']) {
      aSocket.emit('add_reaction', { messageId: reply._id, emoji });
      expect(await bSocket.next('message_reaction')).toMatchObject({ action: 'add', emoji, userId: a.id });
    }
    const shown = (await b.get(`/messages/${reply._id}`)).body.data.message;
    expect(shown.reactions).toMatchObject([{ userId: a.id, emoji: '❤️' }]);
    aSocket.emit('remove_reaction', { messageId: reply._id });
    expect(await bSocket.next('message_reaction')).toMatchObject({ action: 'remove', emoji: '❤️' });

    aSocket.emit('edit_message', { messageId: first, newContent: 'Hello there!' });
    expect(await bSocket.next('message_edited')).toMatchObject({ messageId: first, newContent: 'Hello there!' });

    const group = await a.post('/chats/group', { name: 'Two', participants: [g.id] });
    aSocket.emit('forward_message', { messageId: first, targetChatIds: [group.body.data._id, 'nothing'] });
    expect(await aSocket.next('messages_forwarded')).toMatchObject({ originalMessageId: first, forwardedCount: 1 });

    aSocket.emit('delete_message', { messageId: reply._id, deleteForEveryone: false });
    expect(await aSocket.next('message_deleted')).toMatchObject({ messageId: reply._id, deleteForEveryone: false });
    expect((await a.get(`/chats/${chatId}/messages?page=1`)).body.data).toHaveLength(1);
    expect((await b.get(`/chats/${chatId}/messages?page=1`)).body.data).toHaveLength(2);
    aSocket.emit('delete_message', { messageId: first, deleteForEveryone: true });
    for (const socket of [aSocket, bSocket]) {
      expect(await socket.next('message_deleted')).toMatchObject({ messageId: first, deleteForEveryone: true });
    }
    expect((await b.get(`/chats/${chatId}/messages`)).body.data.map((one: { _id: string }) => one._id)).toEqual([
      reply._id,
    ]);
  });

  it('13. sends files and places; strangers see neither', async () => {
    const bytes = await picture().jpeg().toBuffer();
    const { url } = (await a.upload('/upload/media', { name: 'sun.jpg', bytes })).body.data;
    expect((await fetch(url)).status).toBe(200);
    await send(aSocket, { chatId, content: { type: 'image', text: 'sunset', url }, tempId: 'm1' });
    const image = (await bSocket.next('new_message', ({ tempId }) => tempId === 'm1')).message;
    expect(image).toMatchObject({ content: { type: 'image', text: 'sunset' }, media: [{ type: 'image' }] });
    expect((await fetch(image.media[0].url)).status).toBe(200);
    await send(aSocket, { chatId, content: { type: 'document', url }, tempId: 'm2' });
    await send(aSocket, { chatId, content: { type: 'location', latitude: 52.5, longitude: 13.4 }, tempId: 'm3' });
    const place = (await bSocket.next('new_message', ({ tempId }) => tempId === 'm3')).message;
    expect(place.location).toMatchObject({ latitude: 52.5, longitude: 13.4 });
    const page = (await b.get(`/chats/${chatId}/messages?page=1`)).body.data;
    expect(page[0]._id).toBe(place._id);
    expect((await g.get(`/chats/${chatId}/messages`)).status).toBe(403);
    expect((await g.get(`/messages/${place._id}`)).status).toBe(403);
  });

  it('14. runs a group', async () => {
    const gSocket = await g.connect();
    const made = await a.post('/chats/group', { name: 'Climbers', participants: [b.id, g.id] });
    expect(made.status).toBe(201);
    const groupId = made.body.data._id;
    for (const socket of [aSocket, bSocket, gSocket]) {
      await socket.next('chat_created', ({ chat }) => chat._id === groupId);
    }
    expect((await a.put(`/groups/${groupId}/participants/${b.id}/role`, { role: 'admin' })).status).toBe(200);
    await gSocket.next('group_role_updated', ({ userId, role }) => userId === b.id && role === 'admin');
    await a.put(`/chats/${groupId}/settings`, { groupSettings: { whoCanSendMessages: 'admins' } });
    gSocket.emit('send_message', { chatId: groupId, ...text('May I?'), tempId: 'g1' });
    expect(await gSocket.next('message_error')).toMatchObject({
      message: 'Only admins can send messages in this group',
    });
    expect((await b.delete(`/groups/${groupId}/participants/${g.id}`)).status).toBe(200);
    for (const socket of [aSocket, gSocket]) {
      expect(await socket.next('group_participant_removed')).toMatchObject({
        chatId: groupId,
        userId: g.id,
        left: false,
      });
    }
    gSocket.emit('send_message', { chatId: groupId, ...text('Still here?'), tempId: 'g2' });
    expect(await gSocket.next('message_error')).toMatchObject({ tempId: 'g2', message: 'Unauthorized access to chat' });
    expect((await b.post(`/groups/${groupId}/leave`)).status).toBe(200);
  });

  it('15. comes back after its connection was lost', async () => {
    bSocket.close();
    await until('it is gone', () => !bSocket.socket.connected);
    const missed = [await send(aSocket, { chatId, ...text('one') }), await send(aSocket, { chatId, ...text('two') })];
    bSocket = await b.connect();
    const page = (await b.get(`/chats/${chatId}/messages`)).body.data.slice(0, 2);
    expect(page.map((one: { _id: string }) => one._id)).toEqual(missed.map(({ _id }) => _id).reverse());
    await send(aSocket, { chatId, ...text('three') });
    expect((await bSocket.next('new_message')).message.content.text).toBe('three');
  });

  it('18. renews its token and registers for push', async () => {
    const renewed = await a.request('POST', '/auth/refresh-token', '');
    expect(renewed).toMatchObject({ status: 200, body: { data: { token: expect.any(String) } } });
    const old = a.token;
    expect((await a.get('/users/profile')).status).toBe(200);
    a.token = renewed.body.data.token;
    expect((await a.get('/users/profile')).status).toBe(200);
    a.token = old;
    const device = { deviceId: 'd1', deviceType: 'android', fcmToken: 'token-1' };
    expect((await b.post('/users/device', device)).body.data.devices).toMatchObject([{ deviceId: 'd1' }]);
  });

  it('19. signs out, and is out', async () => {
    expect((await a.request('POST', '/auth/logout', '')).status).toBe(200);
    expect(await bSocket.next('user_offline', ({ userId }) => userId === a.id)).toHaveProperty('lastSeen');
    expect((await a.get('/users/profile')).status).toBe(401);
    expect((await new ChatappClient(app).request('POST', '/auth/logout', '')).status).toBe(200);
    const refused = new ChatappSocket(app.url, { token: a.token });
    await refused.next('authentication_error');
    refused.close();
  });
});
