import { afterAll, beforeAll, expect, test } from 'vitest';
import { fetchMessages, messageDifferences } from '../chaos/check-client.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';
import { until } from '../harness/until.ts';
import { inSync, openProxy, pair, texts } from './clients.ts';

const hour = 3_600_000;

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ PARLEY_RETENTION_DIRECT_DAYS: '1' });
});
afterAll(() => app.close());

test('messages that have become too old vanish from clients, here and from those that were away', async () => {
  const proxy = await openProxy(app);
  const { ann, bob, id } = await pair(app, { url: proxy.url });
  for (const text of ['old 1', 'old 2', 'old 3']) await bob.send(id, text).acked;
  app.clock.advance(20 * hour);
  await bob.send(id, 'young').acked;
  await inSync(ann, bob);
  proxy.down = true;
  proxy.cut();
  await until('the cut is noticed', () => ann.connection === 'connecting');
  const resets: string[] = [];
  for (const [name, client] of [['ann', ann] as const, ['bob', bob] as const]) {
    client.on('reset', () => resets.push(name));
  }
  app.clock.advance(5 * hour);
  await until('one who is online sees it', () => texts(bob, id).length === 1);
  expect(resets).toEqual(['bob']);
  proxy.down = false;
  await inSync(ann, bob);
  for (const client of [ann, bob]) {
    expect(texts(client, id)).toEqual(['young']);
    expect(client.conversation(id)).toMatchObject({ hasOlder: false, lastMessage: { text: 'young' } });
    expect(await messageDifferences(client, id, await fetchMessages(client, id))).toEqual([]);
  }
  expect(ann.conversation(id)?.unread).toBe(1);
  expect(resets).toEqual(['bob', 'ann']);

  app.clock.advance(25 * hour);
  await until('the last one vanishes too', () => texts(ann, id).length === 0 && texts(bob, id).length === 0);
  await inSync(ann, bob);
  expect(ann.conversation(id)).toMatchObject({ unread: 0, lastMessage: null, lastSeq: 4 });
  await bob.send(id, 'new').acked;
  await inSync(ann, bob);
  expect(texts(ann, id)).toEqual(['new']);
});
