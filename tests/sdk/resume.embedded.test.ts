import { afterAll, beforeAll, expect, test } from 'vitest';
import { newPhone } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';
import { until } from '../harness/until.ts';
import { inSync, online, openProxy, pair, signedIn, texts } from './clients.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const numbered = (count: number, from = 1): string[] => Array.from({ length: count }, (_, n) => `m${n + from}`);

test('a client that was away gets exactly what it missed, and tells of it', async () => {
  const proxy = await openProxy(app);
  const { ann, bob, id } = await pair(app, { url: proxy.url });
  await bob.send(id, 'm1').acked;
  await until('it arrives', () => texts(ann, id).length === 1);
  const heard: string[] = [];
  ann.on('message', ({ text }) => heard.push(text));
  proxy.down = true;
  proxy.cut();
  await until('the cut is noticed', () => ann.connection === 'connecting');
  const carl = await signedIn(app, { name: 'Carl' });
  const other = await carl.startDirect(ann.me?.id ?? '');
  for (const text of numbered(30, 2)) bob.send(id, text);
  await carl.send(other.id, 'Hello').acked;
  await until('all are sent', () => bob.queued === 0);
  proxy.down = false;
  await inSync(ann, bob, carl);
  expect(texts(ann, id)).toEqual(numbered(31));
  expect(heard.filter((text) => text !== 'Hello')).toEqual(numbered(30, 2));
  expect(heard).toContain('Hello');
  expect(ann.conversations().map((each) => each.id)).toEqual(expect.arrayContaining([id, other.id]));
});

test('an event that is lost is noticed by the next, and asked for', async () => {
  const proxy = await openProxy(app);
  const { ann, bob, id } = await pair(app, { url: proxy.url });
  const heard: string[] = [];
  ann.on('message', ({ text }) => heard.push(text));
  proxy.swallow = (frame) => frame.includes('"text":"m2"');
  for (const text of numbered(2)) await bob.send(id, text).acked;
  await until('the second was swallowed', () => proxy.frames.some((frame) => frame.includes('"text":"m2"')));
  proxy.swallow = () => false;
  expect(texts(ann, id)).toEqual(['m1']);
  await bob.send(id, 'm3').acked;
  await inSync(ann, bob);
  expect(texts(ann, id)).toEqual(numbered(3));
  expect(heard).toEqual(numbered(3));
  expect(ann.conversation(id)?.unread).toBe(3);
});

test('a conversation of which the first event was lost is asked for', async () => {
  const proxy = await openProxy(app);
  const ann = await signedIn(app, { url: proxy.url });
  const bob = await signedIn(app);
  proxy.swallow = (frame) => frame.includes('conversation.joined');
  const { id } = await bob.startDirect(ann.me?.id ?? '');
  await bob.send(id, 'm1').acked;
  await inSync(ann, bob);
  expect(texts(ann, id)).toEqual(['m1']);
});

test('after more than 200 missed messages it begins anew with the latest, and older ones can be loaded', async () => {
  const proxy = await openProxy(app);
  const { ann, bob, id } = await pair(app, { url: proxy.url });
  await bob.send(id, 'm1').acked;
  await until('it arrives', () => texts(ann, id).length === 1);
  await ann.markRead(id);
  proxy.down = true;
  proxy.cut();
  await until('the cut is noticed', () => ann.connection === 'connecting');
  const mine = ann.send(id, 'mine').acked;
  for (const text of numbered(249, 2)) bob.send(id, text);
  await until('all are sent', () => bob.queued === 0);
  let resets = 0;
  ann.on('reset', () => {
    resets += 1;
  });
  proxy.down = false;
  await mine;
  await inSync(ann, bob);
  expect(resets).toBe(1);
  expect(texts(ann, id)).toEqual([...numbered(20, 231), 'mine']);
  expect(ann.conversation(id)).toMatchObject({ unread: 249, hasOlder: true });
  // Only the server can count what is unread before what is held.
  await ann.markRead(id, 100);
  await inSync(ann, bob);
  expect(ann.conversation(id)?.unread).toBe(150);
  while (await ann.loadOlder(id)) await inSync(ann);
  expect(texts(ann, id)).toEqual([...numbered(250), 'mine']);
  expect(ann.conversation(id)?.hasOlder).toBe(false);
});

test('two devices of one person show the same', async () => {
  const phone = newPhone();
  const proxy = await openProxy(app);
  const phoneClient = await signedIn(app, { phone, name: 'Ann', url: proxy.url });
  const laptop = await signedIn(app, { phone });
  const bob = await signedIn(app, { name: 'Bob' });
  const { id } = await laptop.startDirect(bob.me?.id ?? '');
  const send = async (client: typeof bob, who: string) => {
    for (let n = 0; n < 20; n += 1) await client.send(id, `${who} ${n}`).acked;
  };
  await Promise.all([send(phoneClient, 'phone'), send(laptop, 'laptop'), send(bob, 'bob')]);
  proxy.cut();
  await bob.watchPresence([laptop.me?.id ?? '']);
  await phoneClient.markRead(id);
  await laptop.updateProfile({ about: 'On both' });
  await inSync(phoneClient, laptop, bob);
  expect(phoneClient.messages(id)).toEqual(laptop.messages(id));
  expect(texts(bob, id)).toHaveLength(60);
  expect(phoneClient.conversation(id)?.unread).toBe(0);
  expect(laptop.conversation(id)?.unread).toBe(0);
  await until('the profile arrives', () => phoneClient.me?.about === 'On both');
});

test('receipts for many messages are few commands', async () => {
  const proxy = await openProxy(app);
  const { ann, bob, id } = await pair(app, { url: proxy.url });
  proxy.down = true;
  proxy.cut();
  await until('the cut is noticed', () => ann.connection === 'connecting');
  for (const text of numbered(50)) bob.send(id, text);
  await until('all are sent', () => bob.queued === 0);
  proxy.sent.length = 0;
  proxy.down = false;
  await inSync(ann, bob);
  expect(proxy.sent.filter((frame) => frame.includes('receipts.mark'))).toHaveLength(1);
  expect(bob.messages(id).every(({ status }) => status === 'delivered')).toBe(true);
});

test('typing and presence are shown, and survive a reconnect', async () => {
  const proxy = await openProxy(app);
  const { ann, bob, id } = await pair(app, { url: proxy.url });
  const bobId = bob.me?.id ?? '';
  expect(await ann.watchPresence([bobId])).toMatchObject([{ personId: bobId, online: true }]);
  proxy.sent.length = 0;
  bob.setTyping(id);
  bob.setTyping(id);
  await until('typing is seen', () => ann.conversation(id)?.typing.includes(bobId) ?? false);
  await bob.send(id, 'Done').acked;
  await until('typing ends', () => ann.conversation(id)?.typing.length === 0);
  proxy.cut();
  await until('the cut is noticed', () => ann.connection === 'connecting');
  await online(ann);
  bob.close();
  await until('he is seen to leave', () => ann.presence(bobId)?.online === false);
});
