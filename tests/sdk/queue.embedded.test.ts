import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { memoryStorage } from '../../sdk/src/index.ts';
import { fileStorage } from '../../sdk/src/node/file-storage.ts';
import { fetchMessages } from '../chaos/check-client.ts';
import { temporaryDirectory } from '../harness/embedded-template.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';
import { until } from '../harness/until.ts';
import { inSync, online, openClient, openProxy, pair, texts } from './clients.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

test('a message is shown at once, and gets its ticks', async () => {
  const { ann, bob, id } = await pair(app);
  const arrived: string[] = [];
  bob.on('message', ({ text }) => arrived.push(text));
  const { message, acked } = ann.send(id, 'Hello');
  expect(message).toMatchObject({ status: 'pending', text: 'Hello', mine: true, seq: null, id: null });
  expect(ann.messages(id)).toEqual([message]);
  const stored = await acked;
  expect(stored).toMatchObject({ key: message.key, clientId: message.clientId, seq: 1 });
  await until('it is delivered', () => ann.messages(id)[0]?.status === 'delivered');
  expect(arrived).toEqual(['Hello']);
  expect(bob.conversation(id)?.unread).toBe(1);
  const reading = bob.markRead(id);
  expect(bob.conversation(id)?.unread).toBe(0);
  await reading;
  await until('it is read', () => ann.messages(id)[0]?.status === 'read');
  await inSync(ann, bob);
});

test('what is said offline is sent later, once and in order', async () => {
  const proxy = await openProxy(app);
  const { ann, bob, id } = await pair(app, { url: proxy.url });
  proxy.down = true;
  proxy.cut();
  await until('the cut is noticed', () => ann.connection === 'connecting');
  for (let n = 1; n <= 5; n += 1) ann.send(id, `offline ${n}`);
  expect(ann.messages(id).map(({ status }) => status)).toEqual(Array(5).fill('pending'));
  expect(ann.queued).toBe(5);
  await bob.send(id, 'meanwhile').acked;
  proxy.down = false;
  await inSync(ann, bob);
  const expected = ['meanwhile', ...[1, 2, 3, 4, 5].map((n) => `offline ${n}`)];
  expect(texts(ann, id)).toEqual(expected);
  expect(texts(bob, id)).toEqual(expected);
});

test('a lost acknowledgement doubles nothing', async () => {
  const proxy = await openProxy(app);
  const { ann, bob, id } = await pair(app, { url: proxy.url });
  // Acknowledgements of Socket.IO are packets of type 3.
  proxy.swallow = (frame) => /^43\/v1,\d+\[/.test(frame) && frame.includes('"duplicate":false');
  const { acked } = ann.send(id, 'Once');
  await until('the other has it', () => texts(bob, id).length === 1);
  expect(ann.messages(id)[0]?.status).toBe('pending');
  proxy.swallow = () => false;
  proxy.cut();
  expect(await acked).toMatchObject({ seq: 1 });
  await inSync(ann, bob);
  expect(await fetchMessages(bob, id)).toHaveLength(1);
  expect(texts(ann, id)).toEqual(['Once']);
});

test('sending again what is stored already gives the same message', async () => {
  const proxy = await openProxy(app);
  const storage = memoryStorage();
  const { ann, bob, id } = await pair(app, { url: proxy.url, storage });
  proxy.swallow = (frame) => /^43\/v1,\d+\[/.test(frame) && frame.includes('"duplicate":false');
  ann.send(id, 'Once').acked.catch(() => {});
  await until('the other has it', () => texts(bob, id).length === 1);
  const [key] = await storage.keys('outbox:');
  const queued = JSON.parse((await storage.get(key as string)) ?? '');
  const answer = await ann.request('messages.send', {
    conversationId: id,
    clientId: queued.clientId,
    text: queued.text,
  });
  expect(answer).toMatchObject({ duplicate: true, message: { seq: 1 } });
});

test('the queue outlives the process, and is readable by its owner only', async () => {
  const directory = temporaryDirectory();
  try {
    const proxy = await openProxy(app);
    const storage = fileStorage(directory.path);
    const { ann, bob, id } = await pair(app, { url: proxy.url, storage });
    proxy.down = true;
    proxy.cut();
    await until('the cut is noticed', () => ann.connection === 'connecting');
    const unsent = ['first', 'second', 'third'].map((text) => ann.send(id, text).acked);
    // Written before `send` returned: a kill -9 would find the same.
    expect(await fileStorage(directory.path).keys('outbox:')).toHaveLength(3);
    for (const file of readdirSync(directory.path)) expect(statSync(join(directory.path, file)).mode & 0o077).toBe(0);
    ann.close();
    await expect(unsent[0]).rejects.toMatchObject({ code: 'closed' });

    proxy.down = false;
    const again = await openClient({ url: proxy.url }, { storage: fileStorage(directory.path) });
    expect(again.me?.name).toBe('Ann');
    await inSync(again, bob);
    expect(texts(bob, id)).toEqual(['first', 'second', 'third']);
    expect(texts(again, id)).toEqual(['first', 'second', 'third']);
    expect(await storage.keys('outbox:')).toEqual([]);
  } finally {
    directory.remove();
  }
});

test('what the server refuses for good has failed, and does not hold up what follows', async () => {
  const { ann, bob, id } = await pair(app);
  const blank = ann.send(id, '   ');
  const good = ann.send(id, 'Good');
  await expect(blank.acked).rejects.toMatchObject({ code: 'invalid_request' });
  await good.acked;
  expect(ann.messages(id).map(({ text, status }) => [text, status === 'failed'])).toEqual([
    ['Good', false],
    ['   ', true],
  ]);
  await expect(ann.retry(id, blank.message.clientId as string)).rejects.toMatchObject({ code: 'invalid_request' });
  expect(ann.discard(id, blank.message.clientId as string)).toBe(true);
  await inSync(ann, bob);
  expect(texts(ann, id)).toEqual(['Good']);
});

test('a server that restarts gets what waits', async () => {
  const proxy = await openProxy(app);
  const { ann, bob, id } = await pair(app, { url: proxy.url });
  await app.restart();
  ann.send(id, 'after the restart');
  await bob.close();
  await online(ann);
  await inSync(ann);
  expect(texts(ann, id)).toEqual(['after the restart']);
});
