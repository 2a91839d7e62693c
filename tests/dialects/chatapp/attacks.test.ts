import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatappDeps } from '../../../src/dialects/chatapp/deps.ts';
import { encodeEvent } from '../../../src/dialects/chatapp/events/index.ts';
import type { EngineEvent } from '../../../src/engine/shared/events.ts';
import { type ChatappClient, ChatappSocket } from '../../harness/chatapp.ts';
import { picture } from '../../harness/media.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';
import { clientOf } from './clients.ts';

let app: TestApp;
let ann: ChatappClient;
let ben: ChatappClient;
let chat: string;
const open: ChatappSocket[] = [];

beforeAll(async () => {
  app = await startTestApp({ RATE_LIMIT_MAX_REQUESTS: '100000' });
  [ann, ben] = [await clientOf(app, 'Ann'), await clientOf(app, 'Ben')];
  chat = (await ann.post('/chats/private', { userId: ben.id })).body.data._id;
});
afterAll(async () => {
  for (const socket of [...open, ...ann.sockets, ...ben.sockets]) socket.close();
  await app.close();
});

const stranger = (): ChatappSocket => {
  const socket = new ChatappSocket(app.url, {});
  open.push(socket);
  return socket;
};

/** Names that every object has, whatever was put into it. */
const inherited = ['constructor', 'toString', 'hasOwnProperty', '__proto__'];

describe('names that objects inherit', () => {
  it.each(inherited)('%s is no event', async (name) => {
    const refusal = (message: string) => ({ success: false, message, error: message });
    expect(await stranger().ask(name, {})).toEqual(refusal('Not authenticated'));
    const socket = await ann.connect();
    expect(await socket.ask(name, {})).toEqual(refusal('Unknown event'));
    expect(await socket.next('error')).toEqual({ message: 'Unknown event', event: name });
  });

  it.each([...inherited, { toString: 1 }, ['online'], null])('%j is no status', async (status) => {
    const socket = await ann.connect();
    expect(await socket.ask('update_status', { status })).toMatchObject({ success: false, message: 'Invalid status' });
  });

  it.each(inherited)('%s is no type of a message', async (type) => {
    const wrong = await ann.post('/messages', { chatId: chat, content: { type, text: 'Hi' } });
    expect(wrong).toMatchObject({ status: 400, body: { errors: [{ path: 'type', msg: 'Invalid message type' }] } });
    const media = [{ type, url: 'https://files.example.org/a' }];
    const unknown = await ann.post('/messages', { chatId: chat, media });
    expect(unknown).toMatchObject({ status: 201, body: { data: { message: { content: { type: 'document' } } } } });
  });
});

describe('what is no input', () => {
  it('refuses bytes inside of events at once, signed in or not', async () => {
    const refusal = { success: false, message: 'The input contains binary data.' };
    const data = Buffer.alloc(200_000);
    expect(await stranger().ask('authenticate', { token: 'a', data })).toMatchObject(refusal);
    const socket = await ann.connect();
    expect(await socket.ask('join_chat', { chatId: chat, data: Buffer.alloc(8_000_000) })).toMatchObject(refusal);
    expect(await socket.ask('join_chat', { chatId: chat })).toEqual({ success: true, chatId: chat });
  });

  it('takes large events as fast as it can answer them, and answers all of them in their order', async () => {
    const socket = await ann.connect();
    const data = Buffer.alloc(7_000_000, 'a').toString('base64');
    const tempIds = Array.from({ length: 8 }, (_, i) => `large-${i}`);
    const send = (tempId: string) => socket.ask('send_message', { chatId: chat, mediaData: { data }, tempId });
    const answers = await Promise.all(tempIds.map(send));
    expect(answers.map(({ success, tempId }) => success && tempId)).toEqual(tempIds);
    expect(socket.all('message_sent').map(({ tempId }) => tempId)).toEqual(tempIds);
  });

  it.each(['//files.example.org/a', '/\\files.example.org/a', '///a', 'javascript:alert(1)', 'data:image/png,a'])(
    '%s is no address of a file',
    async (url) => {
      const answer = await ann.post('/messages', { chatId: chat, content: { type: 'image', url } });
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'media' }] } });
    },
  );

  it('takes blank coordinates for none', async () => {
    const answer = await ann.post('/messages', { chatId: chat, location: { latitude: ' ', longitude: ' ' } });
    expect(answer.status).toBe(400);
  });
});

describe('acknowledgements', () => {
  it('say whether signing in went well', async () => {
    const socket = stranger();
    const refusal = { success: false, message: 'Invalid token', error: 'Invalid token' };
    expect(await socket.ask('authenticate', { token: 'wrong' })).toEqual(refusal);
    const right = { success: true, user: { _id: ann.id } };
    expect(await socket.ask('authenticate', { token: ann.token })).toMatchObject(right);
    expect(await socket.ask('authenticate', { token: ann.token })).toMatchObject(right);
    expect(await socket.ask('authenticate', { token: ben.token })).toMatchObject({ success: false });
  });

  it('and errors say what is wrong, because no list of problems is beside them', async () => {
    const socket = await ann.connect();
    const said = async (name: string, input: object) => (await socket.ask(name, input)).message;
    expect(await said('send_message', { content: 'Hi', tempId: 't' })).toBe('Missing required data');
    expect(await socket.next('message_error')).toMatchObject({ tempId: 't', message: 'Missing required data' });
    await said('send_message', { tempId: { nested: 'A writer could break at it' } });
    expect(await socket.next('message_error')).toMatchObject({ tempId: null, message: 'Missing required data' });
    const long = { chatId: chat, content: 'x'.repeat(4_001) };
    expect(await said('send_message', long)).toBe('Message must be at most 4000 characters');
    expect(await said('send_message', { chatId: chat, content: 'a\0' })).toContain('NUL');
    const noName = 'Display name must be between 1 and 50 characters';
    expect(await said('update_profile', { displayName: '' })).toBe(noName);
  });
});

describe('editing', () => {
  it('says what may be edited', async () => {
    const send = async (body: object) => (await ann.post('/messages', { chatId: chat, ...body })).body.data.message._id;
    const place = await send({ location: { latitude: 1, longitude: 2 } });
    expect(await ann.put(`/messages/${place}`, { newContent: 'There' })).toMatchObject({
      status: 400,
      body: { message: 'Only texts and captions can be edited' },
    });
    const blank = await ann.put(`/messages/${await send({ content: 'Hi' })}`, { newContent: '  ' });
    expect(blank.body.errors[0].msg).toBe('Message content must be between 1 and 4000 characters');
  });
});

describe('floods', () => {
  it('are answered with an error for each event over the rate, and the socket stays', async () => {
    const limited = await startTestApp({ PARLEY_RATE_LIMIT_FACTOR: '1' });
    const cy = await clientOf(limited, 'Cy');
    const socket = await cy.connect();
    try {
      limited.clock.stop();
      const answers = await Promise.all(Array.from({ length: 310 }, () => socket.ask('nothing', {})));
      const messages = answers.map(({ message }) => message);
      expect(messages.filter((message) => message === 'Unknown event')).toHaveLength(300);
      expect(messages.filter((message) => message === 'Too many requests')).toHaveLength(10);
      limited.clock.advance(1_000);
      expect(await socket.ask('nothing', {})).toMatchObject({ message: 'Unknown event' });
    } finally {
      cy.close();
      await limited.close();
    }
  });
});

describe('profiles', () => {
  it('show the usual text for an empty bio in events too', async () => {
    const socket = await ann.connect();
    await ann.put('/users/profile', { displayName: 'Anna' });
    const { bio } = (await ann.get('/users/profile')).body.data.user;
    expect(await socket.next('profile_updated')).toMatchObject({ displayName: 'Anna', bio });
  });
});

describe('events of another node', () => {
  it('are shown, though times come as texts', () => {
    const at = '2025-03-04T10:20:30.456Z';
    const deps = { clock: app.clock, publicUrl: null } as unknown as ChatappDeps;
    const encoded = (type: string, data: object) =>
      JSON.stringify(encodeEvent(deps, { type, data, audience: [] } as unknown as EngineEvent));
    const reaction = { conversationId: 'c', messageId: 'm', personId: 'p', emoji: '👍', replaced: null, at };
    expect(encoded('reaction.changed', reaction)).toContain(at);
    const message = { id: 'm', conversationId: 'c', kind: 'text', text: 'New', editedAt: at };
    expect(encoded('message.updated', { message, change: 'edited', by: 'p' })).toContain(at);
  });
});

describe('groups', () => {
  it('show nobody what was said before they came', async () => {
    const cy = await clientOf(app, 'Cy');
    const made = await ann.post('/chats/group', { name: 'Climbers', participants: [ben.id] });
    const group = made.body.data._id;
    const before = (await ann.post('/messages', { chatId: group, content: 'Before' })).body.data.message._id;
    await ann.post(`/groups/${group}/participants`, { userIds: [cy.id] });
    await ann.post('/messages', { chatId: group, content: 'After' });
    const seen = (await cy.get(`/chats/${group}/messages`)).body.data;
    expect(seen.map(({ content }: { content: { text: string } }) => content.text)).toEqual(['After']);
    expect((await cy.get(`/messages/${before}`)).status).toBe(404);
    expect((await cy.post(`/messages/${before}/forward`, { chatIds: [group] })).status).toBe(404);
    expect((await cy.get(`/chats/${group}/messages/search?q=Before`)).body.data.messages).toEqual([]);
  });

  it('let whoever was removed close what they had open', async () => {
    const made = await ann.post('/chats/group', { name: 'Climbers', participants: [ben.id] });
    const chatId = made.body.data._id;
    const socket = await ben.connect();
    await socket.ask('join_chat', { chatId });
    await ann.delete(`/groups/${chatId}/participants/${ben.id}`);
    expect(await socket.ask('leave_chat', { chatId })).toEqual({ success: true, chatId });
  });
});

describe('links', () => {
  it('name what the client reaches, behind a proxy that is trusted, over sockets as over REST', async () => {
    const proxied = await startTestApp({ PARLEY_TRUSTED_PROXIES: '127.0.0.1' });
    const cy = await clientOf(proxied, 'Cy');
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'chat.example.org' };
    const socket = new ChatappSocket(proxied.url, { token: cy.token }, headers);
    try {
      const { url } = (await cy.upload('/users/upload-avatar', { name: 'a.png', bytes: await picture() })).body.data;
      const told = await socket.next('profile_updated');
      const path = url.slice(proxied.url.length);
      expect(told.profilePicture.url).toBe(`https://chat.example.org${path}`);
      const asked = { headers: { ...headers, authorization: `Bearer ${cy.token}` } };
      const own = await (await fetch(`${proxied.url}/chatapp/api/users/profile`, asked)).json();
      expect(own).toMatchObject({ data: { user: { profilePicture: { url: `https://chat.example.org${path}` } } } });
    } finally {
      socket.close();
      await proxied.close();
    }
  });
});

describe('the door at the root', () => {
  it('is served beside what the server itself answers', async () => {
    const root = await startTestApp({ PARLEY_ROOT: 'chatapp' });
    try {
      expect(await (await fetch(`${root.url}/health`)).json()).toMatchObject({ status: 'ok' });
      for (const path of ['/api/health', '/chatapp/health']) {
        const health = await (await fetch(`${root.url}${path}`)).json();
        expect(health).toMatchObject({ message: 'ChatApp Backend is running!' });
      }
      const refusal = { success: false, message: 'Validation failed' };
      expect(await (await fetch(`${root.url}/api/%zz`)).json()).toMatchObject(refusal);
      expect(await (await fetch(`${root.url}/v1/%zz`)).json()).toMatchObject({ error: { code: 'invalid_request' } });
    } finally {
      await root.close();
    }
  });
});
