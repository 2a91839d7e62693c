import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConvospaceClient, type ConvospaceSocket, good, refusal } from '../../harness/convospace.ts';
import { signIn } from '../../harness/people.ts';
import { describeWithRedis } from '../../harness/services.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';
import { newNumber } from './people.ts';

/** Two servers on one PostgreSQL and one Redis: what a client opens on one of them, the other knows. */
describe('convospace on two nodes', () => {
  describeWithRedis('is one', (redisUrl) => {
    let one: TestApp;
    let other: TestApp;
    let ann: ConvospaceClient;
    let bob: ConvospaceClient;
    let id: number;
    const sockets: ConvospaceSocket[] = [];

    beforeAll(async () => {
      const shared = { REDIS_URL: redisUrl, JWT_SECRET: 'hQ0mDgb2Vn1xZr8uTfLk5sYwEo7CjPaI3RtBv9Xy' };
      one = await startTestApp(shared);
      other = await startTestApp({ ...shared, DATABASE_URL: one.config.databaseUrl as string });
      ann = await new ConvospaceClient(one).signIn(newNumber(), { full_name: 'Ann', username: 'ann' });
      bob = await new ConvospaceClient(other).signIn(newNumber(), { full_name: 'Bob', username: 'bob' });
      id = (await ann.talkTo(bob)).id;
    });
    afterAll(async () => {
      for (const socket of sockets) socket.close();
      await other?.close();
      await one?.close();
    });

    /** The same person, as they reach a node. */
    const at = (node: TestApp, { token, refreshToken, id: number }: ConvospaceClient): ConvospaceClient =>
      Object.assign(new ConvospaceClient(node), { token, refreshToken, id: number });
    const open = async (client: ConvospaceClient): Promise<ConvospaceSocket> => {
      const socket = await client.connect();
      sockets.push(socket);
      return socket;
    };
    /** What was on its way to a socket is there. */
    const settled = (socket: ConvospaceSocket) => socket.ask('typing:stop', { conversation_id: id });

    test('both call things by the same numbers, also what both see for the first time', async () => {
      expect([ann.id, bob.id, id]).toEqual([1, 2, 1]);
      const said = await Promise.all(
        Array.from({ length: 20 }, (_, i) => (i % 2 ? ann.say(id, bob, `${i}`) : bob.say(id, ann, `${i}`))),
      );
      expect(said.map((message) => message.id).sort((a, b) => a - b)).toEqual(said.map((_, i) => i + 1));
      await signIn(one, { name: 'Nat' });
      const [seenByAnn, seenByBob] = await Promise.all([ann.read('/users'), bob.read('/users')]);
      const numbersOf = ({ users }: { users: { id: number }[] }) => users.map((user) => user.id);
      expect(numbersOf(seenByAnn)).toEqual([3, 2, 1]);
      expect(numbersOf(seenByBob)).toEqual(numbersOf(seenByAnn));
    });

    test('of one session the socket that was opened last gets what is for its person, on whichever node', async () => {
      const bobSocket = await open(bob);
      const first = await open(ann);
      const later = await open(at(other, ann));
      await bobSocket.next('user:online', ({ user_id }) => user_id === ann.id);
      bobSocket.emit('message:send', { conversation_id: id, receiver_id: ann.id, message_text: 'To one of two' });
      const sent = await bobSocket.next('message:sent');
      expect(await later.next('message:receive')).toMatchObject({ id: sent.id });
      await bobSocket.next('message:delivered', ({ message_id }) => message_id === sent.id);
      await settled(first);
      expect(first.all('message:receive')).toEqual([]);
      later.close();
      // The other node hears of it a moment later: until then nobody is the last one, and REST has the message.
      for (let tries = 0; tries < 100 && first.all('message:receive').length === 0; tries += 1) {
        await bob.say(id, ann, `Over to the first ${tries}`);
        await settled(first);
      }
      expect(first.all('message:receive').length).toBeGreaterThan(0);
      first.emit('message:send', { conversation_id: id, receiver_id: bob.id, message_text: 'Answer' });
      const answer = await first.next('message:sent');
      expect(await bobSocket.next('message:receive')).toMatchObject({ id: answer.id, message_text: 'Answer' });
      await first.next('message:delivered', ({ message_id }) => message_id === answer.id);
      const order = first.received.map(({ name }) => name).filter((name) => /sent|delivered/.test(name));
      expect(order.indexOf('message:sent')).toBeLessThan(order.indexOf('message:delivered'));
    });

    test('presence, typing, reading and blocks cross', async () => {
      const [annSocket, bobSocket] = sockets.slice(0, 2).reverse() as [ConvospaceSocket, ConvospaceSocket];
      annSocket.emit('typing:start', { conversation_id: id, receiver_id: bob.id });
      await bobSocket.next('typing:start');
      good(await bob.post(`/messages/${id}/mark-read`));
      await annSocket.next('message:read');
      const contact = good(await ann.post('/contacts', { contact_user_id: bob.id })).data;
      good(await ann.put(`/contacts/${contact.id}/block`, { is_blocked: true }));
      expect(
        await bobSocket.ask('message:send', { conversation_id: id, receiver_id: ann.id, message_text: 'x' }),
      ).toEqual({
        success: false,
        error: 'You cannot message this user',
      });
      good(await ann.put(`/contacts/${contact.id}/block`, { is_blocked: false }));
    });

    test('who signs out on one is out on both, at once', async () => {
      const elsewhere = await open(at(other, ann));
      const bobSocket = sockets[0] as ConvospaceSocket;
      const closed = new Promise((resolve) => elsewhere.socket.once('disconnect', resolve));
      good(await ann.post('/auth/logout'));
      expect(await closed).toBe('io server disconnect');
      await bobSocket.next('user:offline', ({ user_id }) => user_id === ann.id);
      const answer = await at(other, ann).get('/conversations');
      expect(answer).toMatchObject(refusal(401, 'Invalid or expired session'));
    });
  });
});
