import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChatappClient, ChatappSocket } from '../../harness/chatapp.ts';
import { rest, signIn, type TestPerson } from '../../harness/people.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';
import { until } from '../../harness/until.ts';

let app: TestApp;
let ann: TestPerson;
let ben: TestPerson;
const open: ChatappSocket[] = [];

beforeAll(async () => {
  app = await startTestApp({ RATE_LIMIT_MAX_REQUESTS: '100000' });
  ann = await signIn(app, { name: 'Ann' });
  ben = await signIn(app, { name: 'Ben' });
});

afterAll(async () => {
  for (const socket of open) socket.close();
  await app.close();
});

function socketOf(
  auth: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): ChatappSocket {
  const socket = new ChatappSocket(app.url, auth, headers);
  open.push(socket);
  return socket;
}

describe('signing in over a socket', () => {
  it('greets who brings a token with the handshake, in either place, unasked', async () => {
    const byAuth = socketOf({ token: ann.token });
    const byHeader = socketOf({}, { authorization: `Bearer ${ann.token}` });
    for (const socket of [byAuth, byHeader]) {
      const { user } = await socket.next('authenticated');
      expect(user).toMatchObject({ id: ann.id, _id: ann.id, isOnline: true });
      expect(socket.received[0]?.name).toBe('authenticated');
    }
  });

  it('waits for who brings none, and handles what follows the token in its order', async () => {
    const socket = socketOf({ token: null });
    socket.emit('authenticate', { token: ann.token });
    socket.emit('join_chat', { chatId: 'nothing' });
    await socket.next('authenticated');
    expect(await socket.next('error')).toEqual({ message: 'Unauthorized access to chat', event: 'join_chat' });
    socket.emit('authenticate', { token: ann.token });
    await socket.next('authenticated');
    socket.emit('authenticate', { token: ben.token });
    await socket.next('authentication_error');
  });

  it('refuses a wrong token with two events, and leaves the socket open for a better one', async () => {
    const socket = socketOf({ token: 'wrong' });
    expect(await socket.next('authentication_error')).toEqual({ message: 'Invalid token' });
    expect(await socket.next('auth_error')).toEqual({ message: 'Invalid token' });
    socket.emit('authenticate', {});
    expect(await socket.next('authentication_error')).toEqual({ message: 'No token provided' });
    socket.emit('typing_start', { chatId: 'c' });
    expect(await socket.next('error')).toEqual({ message: 'Not authenticated', event: 'typing_start' });
    socket.emit('send_message', { chatId: 'c', tempId: 't1' });
    expect(await socket.next('message_error')).toMatchObject({ tempId: 't1', message: 'Not authenticated' });
    socket.emit('authenticate', { token: ann.token });
    await socket.next('authenticated');
  });

  it('cuts who has not signed in after half a minute', async () => {
    const socket = socketOf({});
    await until('it is connected', () => socket.socket.connected);
    app.clock.advance(31_000);
    await until('it is cut', () => !socket.socket.connected);
  });

  it('ends the sockets of a session that is signed out', async () => {
    const eve = await signIn(app, { name: 'Eve' });
    const socket = socketOf({ token: eve.token });
    await socket.next('authenticated');
    await rest(app, 'DELETE', '/sessions/current', { token: eve.token });
    await socket.next('authentication_error');
    await until('it is cut', () => !socket.socket.connected);
  });
});

describe('health', () => {
  it('answers anybody, below the door and below its API', async () => {
    const client = new ChatappClient(app);
    const answer = await client.get('/health');
    expect(answer).toMatchObject({ status: 200, body: { success: true, message: 'ChatApp Backend is running!' } });
    expect((await fetch(`${app.url}/chatapp/health`)).status).toBe(200);
    expect((await client.get('/nothing')).body).toEqual({ success: false, message: 'Route not found' });
    expect((await fetch(`${app.url}/chatapp/api/%zz`)).status).toBe(400);
  });
});
