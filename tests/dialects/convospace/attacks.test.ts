import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConvospaceClient, good, refusal } from '../../harness/convospace.ts';
import { DialectSocket } from '../../harness/dialect-socket.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';
import { until } from '../../harness/until.ts';
import { newClient } from './people.ts';

let app: TestApp;
let ann: ConvospaceClient;
let bob: ConvospaceClient;
let conversation: number;
beforeAll(async () => {
  app = await startTestApp();
  [ann, bob] = [await newClient(app, 'Ann Holt'), await newClient(app, 'Bob Brandt')];
  conversation = (await ann.talkTo(bob)).id;
});
afterAll(async () => {
  for (const client of [ann, bob]) client.close();
  await app.close();
});

/** What sends packets as they are. */
const engineOf = ({ socket }: DialectSocket) =>
  (socket.io as unknown as { engine: { write(packet: string): void } }).engine;

const failed = { error: 'Failed to send message', message: 'Failed to send message' };

describe('what a client calls a conversation', () => {
  test('is told again by an error where it is a number or a text, and else left out', async () => {
    const socket = await ann.connect();
    for (const id of [77, '77', 'undefined']) {
      await socket.ask('message:send', { conversation_id: id });
      expect(await socket.next('message:error')).toEqual({ ...failed, conversation_id: id });
    }
    for (const id of [{ a: 1 }, [1], true, null, 'x'.repeat(1_000)]) {
      await socket.ask('message:send', { conversation_id: id });
      expect(await socket.next('message:error')).toEqual(failed);
    }
    socket.close();
  });

  test('ends nothing where it is nested too deeply, be it handled or one event too many', async () => {
    const limited = await startTestApp({ PARLEY_RATE_LIMIT_FACTOR: '1' });
    try {
      const eve = await newClient(limited, 'Eve');
      const socket = await eve.connect();
      limited.clock.stop();
      const nested = `["message:send",{"conversation_id":${'['.repeat(60_000)}${']'.repeat(60_000)}}]`;
      // Past the client's own writer, which could not write it.
      const send = (text: string) => engineOf(socket).write(text);
      send(`2/convospace,${nested}`);
      await socket.next('message:error');
      for (let i = 0; i < 600; i += 1) socket.emit('message:read', {});
      send(`2/convospace,${nested}`);
      expect(await socket.next('message:error')).toEqual(failed);
      expect((await eve.get('/user/profile')).status).toBe(200);
      eve.close();
    } finally {
      await limited.close();
    }
  });
});

test('who knocks again and again over one connection is cut', async () => {
  const socket = new DialectSocket(`${app.url}/chatapp`, {});
  await until('it is connected', () => socket.socket.connected);
  const knock = '0/convospace,{"token":"x.y.z"}';
  for (let i = 0; i < 10; i += 1) engineOf(socket).write(knock);
  expect(await socket.ask('nonsense', {})).toMatchObject({ success: false });
  engineOf(socket).write(knock);
  await until('it is cut', () => !socket.socket.connected);
  socket.close();
});

describe('a session that is over', () => {
  test('sends nothing more of what its socket had waiting', async () => {
    const eve = await newClient(app, 'Eve');
    const { id } = await eve.talkTo(bob);
    const socket = await eve.connect();
    for (let i = 0; i < 100; i += 1) {
      socket.emit('message:send', { conversation_id: id, receiver_id: bob.id, message_text: `Number ${i}` });
    }
    await socket.next('message:sent');
    good(await eve.post('/auth/logout'));
    await until('the socket is closed', () => !socket.socket.connected);
    const stored = async () => (await bob.read(`/messages/${id}?limit=200`)).length;
    // One may have been on its way.
    const most = (await stored()) + 1;
    for (let i = 0; i < 20; i += 1) await bob.say(conversation, ann, 'Meanwhile');
    expect(await stored()).toBeLessThanOrEqual(most);
    expect(most).toBeLessThan(100);
  });
});

test('who deletes their account is seen to go at once, by everybody', async () => {
  const eve = await newClient(app, 'Eve');
  const watcher = await bob.connect();
  await eve.connect();
  await watcher.next('user:online', ({ user_id }) => user_id === eve.id);
  const authorization = `Bearer ${eve.token}`;
  const gone = await fetch(`${app.url}/v1/me`, { method: 'DELETE', headers: { authorization } });
  expect(gone.status).toBe(204);
  const offline = await watcher.next('user:offline', ({ user_id }) => user_id === eve.id);
  expect(offline).toEqual({ userId: eve.id, user_id: eve.id, last_seen_at: null });
  watcher.close();
});

describe('messages', () => {
  test.each(['a\0', 'a\ud800', '\udc00a', 'x'.repeat(10_001)])('do not become %j', async (message_text) => {
    const { id } = await ann.say(conversation, bob, 'As it was');
    const problem = refusal(400, 'message_text must be a text of at most 10000 characters');
    expect(await ann.put(`/messages/${id}/edit`, { message_text })).toMatchObject(problem);
    const [listed] = await bob.read(`/messages/${conversation}?limit=1`);
    expect(listed).toMatchObject({ message_text: 'As it was', is_edited: false });
  });

  test('that are sent at once are called by numbers in their order', async () => {
    const eve = await newClient(app, 'Eve');
    const { id } = await eve.talkTo(bob);
    const socket = await eve.connect();
    const place = { conversation_id: id, receiver_id: bob.id };
    const sent = await Promise.all(
      Array.from({ length: 40 }, (_, i) => socket.ask('message:send', { ...place, message_text: `Number ${i}` })),
    );
    const numbers = sent.map(({ data }) => data.id);
    expect(numbers).toEqual(numbers.map((_, i) => numbers[0] + i));
    const listed = await bob.read(`/messages/${id}?order=asc&limit=40`);
    expect(listed.map((message: { id: number }) => message.id)).toEqual(numbers);
    eve.close();
  });

  test('that were stored when the storage failed are not lost: they are shown later, and no number is left out', async () => {
    const [from, to] = [await ann.connect(), await bob.connect()];
    const { id: before } = await ann.say(conversation, bob, 'Before');
    const numbering = (name: string, becomes: string) =>
      app.app.database.write((unit) =>
        sql`alter function ${sql.ref(name)} (text[], uuid[]) rename to ${sql.ref(becomes)}`.execute(unit.sql),
      );
    const place = { conversation_id: conversation, receiver_id: bob.id };
    await numbering('convospace_take', 'convospace_away');
    try {
      expect(await from.ask('message:send', { ...place, message_text: 'First' })).toMatchObject({ success: false });
      expect(await from.next('message:error')).toEqual({ ...failed, conversation_id: conversation });
      const answer = await ann.post('/messages/send', { ...place, message_text: 'Second' });
      expect(answer).toMatchObject(refusal(500, 'Failed to send message'));
    } finally {
      await numbering('convospace_away', 'convospace_take');
    }
    const { id: after } = await ann.say(conversation, bob, 'After');
    await to.next('message:receive', ({ id }) => id === after);
    const listed = await bob.read(`/messages/${conversation}?limit=4`);
    expect(listed.map((message: { message_text: string }) => message.message_text)).toEqual([
      'After',
      'Second',
      'First',
      'Before',
    ]);
    const numbers = listed.map((message: { id: number }) => message.id);
    expect([...numbers].sort((a, b) => a - b)).toEqual([before, before + 1, before + 2, before + 3]);
    for (const socket of [from, to]) socket.close();
  });
});
