import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Device, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { describeWithRedis } from '../harness/services.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

// Two servers on one PostgreSQL and one Redis, as behind a load balancer.
describe('two nodes', () => {
  describeWithRedis('share everything', (redisUrl) => {
    let one: TestApp;
    let other: TestApp;
    let ann: TestPerson;
    let bob: TestPerson;
    let conversationId: string;
    const devices: Device[] = [];
    beforeAll(async () => {
      const shared = { REDIS_URL: redisUrl, JWT_SECRET: 'hQ0mDgb2Vn1xZr8uTfLk5sYwEo7CjPaI3RtBv9Xy' };
      one = await startTestApp(shared);
      other = await startTestApp({ ...shared, DATABASE_URL: one.config.databaseUrl as string });
      ann = await signIn(one, { name: 'Ann on one' });
      bob = await signIn(other, { name: 'Bob on the other' });
      conversationId = await startDirect(one, ann, bob);
    });
    afterAll(async () => {
      for (const device of devices) device.close();
      await other?.close();
      await one?.close();
    });
    const open = async (node: TestApp, person: TestPerson): Promise<Device> => {
      const device = await connect(node, person.token);
      devices.push(device);
      return device;
    };

    test('a token of one node is good on the other', async () => {
      expect((await rest(other, 'GET', '/me', { token: ann.token })).body.id).toBe(ann.id);
      const refreshed = await rest(one, 'POST', '/sessions/refresh', { body: { refreshToken: bob.refreshToken } });
      expect(refreshed.status).toBe(200);
      expect((await rest(other, 'GET', '/me', { token: refreshed.body.accessToken })).status).toBe(200);
    });

    test('messages, receipts, typing and presence cross', async () => {
      const annDevice = await open(one, ann);
      const watched = await annDevice.command('presence.watch', { people: bob.id });
      expect(watched.items).toMatchObject([{ personId: bob.id, online: false }]);
      const bobDevice = await open(other, bob);
      expect(await annDevice.next('presence.changed')).toMatchObject({ personId: bob.id, online: true });
      const seen = await bobDevice.command('presence.watch', { people: ann.id });
      expect(seen.items).toMatchObject([{ personId: ann.id, online: true }]);

      await annDevice.command('typing.set', { conversationId, typing: true });
      expect(await bobDevice.next('typing.changed')).toEqual({ conversationId, personId: ann.id, typing: true });
      const { message } = await annDevice.command('messages.send', { conversationId, text: 'Across.' });
      expect((await bobDevice.next('message.created')).message).toEqual(message);
      await bobDevice.command('receipts.mark', { conversationId, read: message.seq });
      expect(await annDevice.next('receipt.updated')).toMatchObject({ personId: bob.id, read: message.seq });
      const answer = await bobDevice.command('messages.send', { conversationId, text: 'And back.' });
      expect((await annDevice.next('message.created')).message).toEqual(answer.message);

      // Online on both nodes: the last to go decides.
      const second = await open(one, bob);
      bobDevice.close();
      await bobDevice.closed;
      await second.settled();
      expect((await rest(other, 'GET', `/presence?people=${bob.id}`, { token: ann.token })).body.items).toMatchObject([
        { online: true },
      ]);
      second.close();
      expect(await annDevice.next('presence.changed', (data) => !data.online)).toMatchObject({ personId: bob.id });
    });

    test('a session revoked on one node loses its sockets and its access token on the other', async () => {
      const laptop = await signIn(one, { phone: ann.phone });
      const device = await open(one, laptop);
      expect((await rest(one, 'GET', '/me', { token: laptop.token })).status).toBe(200);
      const revoked = await rest(other, 'DELETE', `/sessions/${laptop.sessionId}`, { token: ann.token });
      expect(revoked.status).toBe(204);
      expect(await device.closed).toBe('io server disconnect');
      expect(await rest(one, 'GET', '/me', { token: laptop.token })).toMatchObject({
        status: 401,
        body: { error: { code: 'session_revoked' } },
      });
    });

    test('of the same message sent to both nodes at once, one is stored', async () => {
      for (let round = 0; round < 10; round += 1) {
        const body = { text: 'Once.', clientId: `once-${round}` };
        const path = `/conversations/${conversationId}/messages`;
        const acks = await Promise.all(
          [one, other, one, other].map((n) => rest(n, 'POST', path, { token: ann.token, body })),
        );
        expect(acks.filter((ack) => !ack.body.duplicate)).toHaveLength(1);
        expect(new Set(acks.map((ack) => ack.body.message.seq)).size).toBe(1);
      }
    });

    test('200 messages at once from both nodes take one gapless seq, and every live client has them all', async () => {
      const senders = [await open(one, ann), await open(other, bob)];
      const listeners = [await open(one, bob), await open(other, ann), await open(one, ann), await open(other, bob)];
      const history = async (): Promise<{ id: string; seq: number }[]> => {
        const found: { id: string; seq: number }[] = [];
        for (;;) {
          const after = found.at(-1)?.seq ?? 0;
          const path = `/conversations/${conversationId}/messages?after=${after}&limit=100`;
          const { items } = (await rest(one, 'GET', path, { token: ann.token })).body;
          if (items.length === 0) return found;
          found.push(...items);
        }
      };
      const before = (await history()).length;
      const acks = await Promise.all(
        Array.from({ length: 200 }, (_, n) =>
          (senders[n % 2] as Device).command('messages.send', { conversationId, text: `${n}`, clientId: `burst-${n}` }),
        ),
      );
      const stored = await history();
      expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, i) => i + 1));
      const burst = stored.slice(before);
      expect(burst).toHaveLength(200);
      expect(new Set(burst.map(({ id }) => id))).toEqual(new Set(acks.map((ack) => ack.message.id)));

      for (const listener of listeners) {
        const got: number[] = [];
        for (let n = 0; n < 200; n += 1) got.push((await listener.next('message.created')).message.seq);
        expect(got.toSorted((a, b) => a - b)).toEqual(burst.map(({ seq }) => seq));
        await listener.settled();
        expect(listener.events.filter(({ type }) => type === 'message.created')).toEqual([]);
      }
      // A sender learns of its own by ack and of the rest by event: together everything, nothing twice.
      for (const [i, sender] of senders.entries()) {
        const got = acks.filter((_, n) => n % 2 === i).map((ack) => ack.message.seq as number);
        for (let n = 0; n < 100; n += 1) got.push((await sender.next('message.created')).message.seq);
        expect(got.toSorted((a, b) => a - b)).toEqual(burst.map(({ seq }) => seq));
      }
    });

    test('two first messages from both nodes make one direct conversation', async () => {
      for (let round = 0; round < 5; round += 1) {
        const [cid, dora] = [await signIn(one), await signIn(other)];
        const ids = await Promise.all([startDirect(one, cid, dora), startDirect(other, dora, cid)]);
        expect(new Set(ids).size).toBe(1);
      }
    });
  });
});
