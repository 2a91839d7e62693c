import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Device, rest, signIn, startDirect } from '../harness/people.ts';
import { Replica } from '../harness/replica.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of buffers that something still holds. */
async function heldBytes(): Promise<number> {
  // Buffers go in two rounds: the first frees what holds them.
  for (let round = 0; round < 2; round += 1) {
    collectGarbage();
    await new Promise(setImmediate);
  }
  const { external, arrayBuffers } = process.memoryUsage();
  return external + arrayBuffers;
}

/** The TCP connection below a client's WebSocket. */
function networkOf(device: Device): { pause(): void; resume(): void } {
  const { transport } = device.socket.io.engine as unknown as {
    transport: { ws: { _socket: { pause(): void; resume(): void } } };
  };
  return transport.ws._socket;
}

const text = 'x'.repeat(9_000);
const connections = async (): Promise<number> => {
  const metrics = await (await fetch(`${app.url}/metrics`)).text();
  return Number(/^parley_connections (\d+)$/m.exec(metrics)?.[1]);
};

test('a client that stops reading is cut, costs no memory, delays nobody, and comes back to everything', async () => {
  const [ann, bob] = [await signIn(app), await signIn(app)];
  const id = await startDirect(app, ann, bob);
  const [sender, reading, stuck] = [
    await connect(app, ann.token),
    await connect(app, bob.token),
    await connect(app, bob.token, { sync: false }),
  ];
  const replica = new Replica(bob.id);
  await replica.syncOver(stuck);
  expect(await connections()).toBe(3);
  networkOf(stuck).pause();

  const before = await heldBytes();
  let sent = 0;
  let slowest = 0;
  // More than the backlog and what the system buffers for a connection.
  while ((await connections()) === 3 && sent < 6_000) {
    const began = performance.now();
    const acks = Array.from({ length: 50 }, () => sender.command('messages.send', { conversationId: id, text }));
    sent += (await Promise.all(acks)).length;
    await reading.next('message.created', ({ message }) => message.seq === sent);
    slowest = Math.max(slowest, performance.now() - began);
    reading.events.length = 0;
  }
  expect(await connections()).toBe(2);
  expect(sent).toBeLessThan(6_000);
  expect(slowest).toBeLessThan(5_000);
  expect((await heldBytes()) - before).toBeLessThan(16 * 1024 * 1024);

  // It reads again and finds the connection gone; what it had got is in order, and sync brings the rest.
  networkOf(stuck).resume();
  expect(await stuck.closed).toMatch(/^transport/);
  expect(replica.faults).toEqual([]);
  const back = await connect(app, bob.token, { sync: false });
  await replica.syncOver(back);
  await sender.command('messages.send', { conversationId: id, text: 'After' });
  await back.next('message.created');
  await back.settled();
  expect(replica.faults).toEqual([]);
  const [conversation] = replica.view();
  expect(conversation).toMatchObject({ lastSeq: sent + 1, unread: sent + 1 });
  const held = replica.held.get(id)?.messages ?? [];
  const history = await rest(app, 'GET', `/conversations/${id}/messages?after=${held[0].seq - 1}&limit=100`, {
    token: bob.token,
  });
  expect(held.slice(0, 100)).toEqual(history.body.items);
  for (const device of [sender, reading, back]) device.close();
}, 60_000);

test('a client that asks for much and reads nothing is cut', async () => {
  const [ann, bob] = [await signIn(app), await signIn(app)];
  const id = await startDirect(app, ann, bob);
  const [sender, greedy] = [await connect(app, ann.token), await connect(app, bob.token)];
  await Promise.all(Array.from({ length: 100 }, () => sender.command('messages.send', { conversationId: id, text })));
  await greedy.settled();
  networkOf(greedy).pause();
  const before = await connections();
  // Each answer has about a megabyte.
  for (let i = 0; i < 60; i += 1) {
    greedy.socket.emit('messages.list', { conversationId: id, limit: 100 }, () => {});
  }
  await expect.poll(connections, { timeout: 20_000 }).toBe(before - 1);
  networkOf(greedy).resume();
  expect(await greedy.closed).toMatch(/^transport/);
  expect(await sender.command('unread.get')).toMatchObject({ messages: 0, conversations: 0 });
  sender.close();
}, 60_000);

test('a revoked session loses its connection although it does not read', async () => {
  const [ann, bob] = [await signIn(app), await signIn(app)];
  const id = await startDirect(app, ann, bob);
  const [sender, stuck] = [await connect(app, ann.token), await connect(app, bob.token)];
  networkOf(stuck).pause();
  for (let i = 0; i < 4; i += 1) {
    await Promise.all(Array.from({ length: 50 }, () => sender.command('messages.send', { conversationId: id, text })));
  }
  const before = await connections();
  await rest(app, 'DELETE', '/sessions/current', { token: bob.token });
  await expect.poll(connections).toBe(before - 1);
  networkOf(stuck).resume();
  await stuck.closed;
  sender.close();
});
