import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatappClient } from '../../harness/chatapp.ts';
import { say } from '../../harness/messages.ts';
import { rest } from '../../harness/people.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';
import { clientOf, nobody } from './clients.ts';

let app: TestApp;
let ivo: ChatappClient;
let mira: ChatappClient;
let gil: ChatappClient;

beforeAll(async () => {
  app = await startTestApp({ RATE_LIMIT_MAX_REQUESTS: '100000' });
  [ivo, mira, gil] = [await clientOf(app, 'Ivo'), await clientOf(app, 'Mira Sol'), await clientOf(app, 'Gil')];
});

afterAll(async () => {
  for (const client of [ivo, mira, gil]) client.close();
  await app.close();
});

/** Says something natively: the routes of messages are another subject. */
const text = (by: ChatappClient, chatId: string, words: string) =>
  say(app, { token: by.token as string }, chatId, words);

async function privateChat(a: ChatappClient, b: ChatappClient): Promise<string> {
  const { status, body } = await a.post('/chats/private', { userId: b.id });
  expect(status).toBe(200);
  return body.data._id;
}

describe('private chats', () => {
  it('makes one chat of a pair, whoever asks, and answers in both forms', async () => {
    const socket = await mira.connect();
    const { status, body } = await ivo.post('/chats/private', { userId: mira.id });
    expect(status).toBe(200);
    const { chat, ...fields } = body.data;
    expect(fields).toEqual(chat);
    expect(chat).toMatchObject({
      type: 'private',
      chatName: null,
      participantCount: 2,
      isActive: true,
      groupInfo: null,
      lastMessage: null,
      unreadCount: 0,
      unreadCounts: [{ userId: ivo.id, count: 0, lastReadMessageId: null, lastReadAt: null }],
      mySettings: {
        notifications: true,
        customName: null,
        isPinned: false,
        isArchived: false,
        isMuted: false,
        mutedUntil: null,
      },
      myRole: 'member',
      settings: {
        disappearingMessages: { enabled: false, duration: 86_400 },
        autoDownload: { photos: true, videos: false, documents: false },
      },
      isEncrypted: false,
    });
    expect(chat.id).toBe(chat._id);
    expect(chat.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const other = chat.participants.find((one: { userId: { _id: string } }) => one.userId._id === mira.id);
    expect(other).toMatchObject({
      _id: `${chat._id}:${mira.id}`,
      userId: { id: mira.id, displayName: 'Mira Sol', profilePicture: {}, isOnline: true },
      role: 'member',
      isActive: true,
    });
    expect(other).not.toHaveProperty('settings');
    expect(chat.activeParticipants).toEqual(chat.participants);

    const created = (await socket.next('chat_created')).chat;
    expect(created).toMatchObject({ _id: chat._id, type: 'private', unreadCounts: [{ userId: mira.id }] });
    expect(Object.keys(created).sort()).toEqual(Object.keys(chat).sort());

    const again = await mira.post('/chats/private', { participantId: ivo.id });
    expect(again.body.data._id).toBe(chat._id);
    const older = await mira.post('/chats', { type: 'private', participants: [ivo.id] });
    expect(older.body.data.chat._id).toBe(chat._id);
  });

  it('refuses what cannot be', async () => {
    expect(await ivo.post('/chats/private', { userId: ivo.id })).toMatchObject({
      status: 400,
      body: { success: false, message: 'Cannot start chat with yourself' },
    });
    for (const userId of [nobody, 'nonsense']) {
      const { status, body } = await ivo.post('/chats/private', { userId });
      expect([status, body]).toEqual([404, { success: false, message: 'User not found' }]);
    }
    expect(await ivo.post('/chats/private', { userId: null })).toMatchObject({
      status: 400,
      body: { message: 'Validation failed', errors: [{ path: 'userId', msg: 'User ID is required' }] },
    });
    expect(await ivo.post('/chats', { type: 'other' })).toMatchObject({ status: 400 });
    expect(await ivo.post('/chats', { type: 'private', participants: [mira.id, gil.id] })).toMatchObject({
      status: 400,
    });
    const rex = await clientOf(app, 'Rex');
    await rest(app, 'PUT', `/blocks/${ivo.id}`, { token: rex.token as string });
    const { status, body } = await ivo.post('/chats/private', { userId: rex.id });
    expect([status, body]).toEqual([403, { success: false, message: 'Cannot start chat with this user' }]);
    const stranger = await clientOf(app, 'Stranger');
    stranger.token = null;
    expect(await stranger.post('/chats/private', { userId: ivo.id })).toMatchObject({
      status: 401,
      body: { message: 'No token provided, authorization denied' },
    });
  });
});

describe('one chat', () => {
  it('shows it to its members alone', async () => {
    const chatId = await privateChat(ivo, mira);
    const { body } = await mira.get(`/chats/${chatId}`);
    expect(body.data.chat).toMatchObject({ _id: chatId, unreadCounts: [{ userId: mira.id }] });
    for (const path of [`/chats/${chatId}`, `/chats/${nobody}`, '/chats/nonsense']) {
      expect(await gil.get(path)).toMatchObject({ status: 403, body: { success: false, message: 'Access denied' } });
    }
  });

  it('shows the last message, and how far the caller has read', async () => {
    const [ann, ben] = [await clientOf(app, 'Ann'), await clientOf(app, 'Ben')];
    const chatId = await privateChat(ann, ben);
    const first = await text(ann, chatId, 'Hello!');
    const last = await text(ann, chatId, 'see you');
    const before = (await ben.get(`/chats/${chatId}`)).body.data.chat;
    expect(before).toMatchObject({
      unreadCount: 2,
      lastMessage: {
        messageId: last.id,
        content: 'see you',
        sender: { _id: ann.id, displayName: 'Ann' },
        type: 'text',
      },
      analytics: { messageCount: 2 },
    });

    const read = await ben.post(`/chats/${chatId}/read`, { messageId: first.id });
    expect(read).toMatchObject({ status: 200, body: { success: true, message: 'Messages marked as read' } });
    const halfway = (await ben.get(`/chats/${chatId}`)).body.data.chat;
    expect(halfway.unreadCounts).toMatchObject([{ userId: ben.id, count: 1, lastReadMessageId: first.id }]);
    expect(halfway.unreadCounts[0].lastReadAt).toMatch(/Z$/);
    await ben.post(`/chats/${chatId}/read`);
    expect((await ben.get(`/chats/${chatId}`)).body.data.chat).toMatchObject({
      unreadCount: 0,
      unreadCounts: [{ lastReadMessageId: last.id }],
    });

    expect(await gil.post(`/chats/${chatId}/read`)).toMatchObject({ status: 403 });
    expect(await ben.post(`/chats/${chatId}/read`, { messageId: nobody })).toMatchObject({
      status: 404,
      body: { message: 'Message not found' },
    });
    const elsewhere = await privateChat(ben, gil);
    expect(await ben.post(`/chats/${elsewhere}/read`, { messageId: first.id })).toMatchObject({ status: 404 });
  });
});

describe('the list', () => {
  it('is ordered by what was said last, and comes as the client reads it', async () => {
    const me = await clientOf(app, 'Me');
    const [a, b, c] = [await privateChat(me, ivo), await privateChat(me, mira), await privateChat(me, gil)];
    await text(me, b, 'first');
    await text(me, a, 'second');
    const ids = (items: { _id: string }[]) => items.map(({ _id }) => _id);

    const asClient = (await me.get('/chats')).body;
    expect(ids(asClient.data)).toEqual([a, b, c]);
    expect(asClient.pagination).toEqual({
      currentPage: 1,
      totalPages: 1,
      totalChats: 3,
      hasNext: false,
      hasPrev: false,
    });

    me.userAgent = 'curl/8';
    const asObject = (await me.get('/chats')).body;
    expect(ids(asObject.data.chats)).toEqual([a, b, c]);
    expect(asObject.data.pagination).toEqual(asClient.pagination);
    expect(ids((await me.get('/chats?envelope=array')).body.data)).toEqual([a, b, c]);

    const page = (await me.get('/chats?page=2&limit=2')).body.data;
    expect(ids(page.chats)).toEqual([c]);
    expect(page.pagination).toEqual({ currentPage: 2, totalPages: 2, totalChats: 3, hasNext: false, hasPrev: true });
    const beyond = (await me.get('/chats?page=9&limit=2')).body.data;
    expect(beyond).toMatchObject({ chats: [], pagination: { currentPage: 9, totalChats: 3, hasNext: false } });

    await me.post(`/chats/${b}/archive`, { archive: true });
    expect(ids((await me.get('/chats?archived=true')).body.data.chats)).toEqual([b]);
    expect(ids((await me.get('/chats?archived=false')).body.data.chats)).toEqual([a, c]);
    expect((await me.get('/chats?type=group')).body.data.chats).toEqual([]);
    expect(await me.get('/chats?type=other')).toMatchObject({ status: 400, body: { message: 'Validation failed' } });
  });

  it('follows the header, and what the operator sets over all', async () => {
    const asked = await fetch(`${app.url}/chatapp/api/chats`, {
      headers: { authorization: `Bearer ${ivo.token}`, 'x-list-envelope': 'array' },
    });
    expect(Array.isArray(((await asked.json()) as { data: unknown }).data)).toBe(true);
    expect(asked.headers.get('vary')).toBe('Origin, User-Agent');
    const fixed = await startTestApp({ CHATAPP_LIST_ENVELOPE: 'object' });
    try {
      const body = (await (await clientOf(fixed, 'One')).get('/chats')).body;
      expect(body.data.chats).toEqual([]);
    } finally {
      await fixed.close();
    }
  });
});

describe('settings', () => {
  it('are those of the caller alone, and null leaves them as they are', async () => {
    const chatId = await privateChat(ivo, gil);
    const { status, body } = await ivo.put(`/chats/${chatId}/settings`, {
      notifications: false,
      customName: 'Gilbert',
      isPinned: true,
      isMuted: true,
      mutedUntil: null,
      autoDownload: { videos: true },
    });
    expect([status, body.message]).toEqual([200, 'Chat settings updated successfully']);
    const settings = {
      notifications: false,
      customName: 'Gilbert',
      isPinned: true,
      isArchived: false,
      isMuted: true,
      mutedUntil: null,
    };
    expect(body.data.settings).toEqual(settings);
    expect(body.data.chat).toMatchObject({
      mySettings: settings,
      isPinned: true,
      isMuted: true,
      settings: { autoDownload: { photos: true, videos: true, documents: false } },
    });
    const mine = body.data.chat.participants.find((one: { userId: { _id: string } }) => one.userId._id === ivo.id);
    expect(mine.settings).toEqual(settings);
    expect((await gil.get(`/chats/${chatId}`)).body.data.chat).toMatchObject({ isPinned: false, isMuted: false });

    const later = await ivo.put(`/chats/${chatId}/settings`, { customName: null, isPinned: null, isMuted: false });
    expect(later.body.data.settings).toMatchObject({ customName: 'Gilbert', isPinned: true, isMuted: false });
    const blank = await ivo.put(`/chats/${chatId}/settings`, { customName: '' });
    expect(blank.body.data.settings.customName).toBeNull();
  });

  it('mute, also until some time, and archive', async () => {
    const chatId = await privateChat(ivo, gil);
    const until = new Date(app.clock.now() + 3_600_000).toISOString();
    expect((await ivo.post(`/chats/${chatId}/mute`, { mute: true, mutedUntil: until })).body).toEqual({
      success: true,
      message: 'Chat muted successfully',
      data: { settings: expect.objectContaining({ isMuted: true, mutedUntil: until }) },
    });
    app.clock.advance(3_700_000);
    expect((await ivo.get(`/chats/${chatId}`)).body.data.chat).toMatchObject({ isMuted: false });
    expect((await ivo.post(`/chats/${chatId}/mute`)).body.data.settings).toMatchObject({
      isMuted: true,
      mutedUntil: null,
    });
    expect((await ivo.post(`/chats/${chatId}/mute`, { mute: false })).body.message).toBe('Chat unmuted successfully');
    expect((await ivo.post(`/chats/${chatId}/archive`)).body.message).toBe('Chat archived successfully');
    expect((await ivo.get(`/chats/${chatId}`)).body.data.chat.isArchived).toBe(true);
    const back = await ivo.post(`/chats/${chatId}/archive`, { archive: false });
    expect(back.body).toMatchObject({
      message: 'Chat unarchived successfully',
      data: { settings: { isArchived: false } },
    });
    expect(await ivo.post(`/chats/${chatId}/archive`, { archive: 'perhaps' })).toMatchObject({ status: 400 });
    for (const path of ['archive', 'mute']) {
      expect(await mira.post(`/chats/${chatId}/${path}`)).toMatchObject({ status: 403 });
    }
  });

  it('let either side of a private chat have messages disappear', async () => {
    const chatId = await privateChat(mira, gil);
    const socket = await mira.connect();
    const { body } = await gil.put(`/chats/${chatId}/settings`, {
      disappearingMessages: { enabled: true, duration: 7_200 },
    });
    const disappearingMessages = { enabled: true, duration: 7_200 };
    expect(body.data.chat.settings.disappearingMessages).toEqual(disappearingMessages);
    expect(await socket.next('chat_updated')).toMatchObject({
      chatId,
      changes: { disappearingMessages },
      chat: { _id: chatId, type: 'private', settings: { disappearingMessages } },
      updatedBy: gil.id,
    });
    await mira.put(`/chats/${chatId}/settings`, { disappearingMessages: { enabled: false } });
    expect((await socket.next('chat_updated')).changes.disappearingMessages.enabled).toBe(false);
    const wrong = await mira.put(`/chats/${chatId}/settings`, { disappearingMessages: { enabled: true, duration: 5 } });
    expect(wrong).toMatchObject({ status: 400, body: { message: 'Validation failed' } });
    const rules = { groupSettings: { whoCanSendMessages: 'admins' } };
    expect(await mira.put(`/chats/${chatId}/settings`, rules)).toMatchObject({
      status: 400,
      body: { message: 'Cannot update private chat info' },
    });
    expect(await ivo.put(`/chats/${chatId}/settings`, { isPinned: true })).toMatchObject({ status: 403 });
  });
});

describe('deleting', () => {
  it('hides a chat and its history for the caller, until something is said', async () => {
    const [ann, ben] = [await clientOf(app, 'Ann'), await clientOf(app, 'Ben')];
    const chatId = await privateChat(ann, ben);
    await text(ben, chatId, 'old');
    expect((await ann.delete(`/chats/${chatId}`)).body).toEqual({
      success: true,
      message: 'Chat deleted successfully',
    });
    expect((await ann.get('/chats')).body.data).toEqual([]);
    expect((await ben.get('/chats')).body.data).toHaveLength(1);
    await text(ben, chatId, 'new');
    expect((await ann.get('/chats')).body.data).toMatchObject([{ unreadCount: 1, lastMessage: { content: 'new' } }]);
    expect(await gil.delete(`/chats/${chatId}`)).toMatchObject({ status: 403, body: { message: 'Access denied' } });
  });
});
