import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectInSync } from '../harness/expect-in-sync.ts';
import { connect, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
let ann: TestPerson;
let bob: TestPerson;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

/** A conversation in which Ann has sent some messages to Bob. */
async function conversation(messages: number): Promise<string> {
  [ann, bob] = [await signIn(app), await signIn(app)];
  const id = await startDirect(app, ann, bob);
  for (let i = 0; i < messages; i += 1) {
    await rest(app, 'POST', `/conversations/${id}/messages`, { token: ann.token, body: { text: `${i}` } });
  }
  return id;
}
const mark = (id: string, body: object, person = bob) =>
  rest(app, 'PUT', `/conversations/${id}/receipt`, { token: person.token, body });
const unread = async (person = bob) => (await rest(app, 'GET', '/unread', { token: person.token })).body.messages;

describe('watermarks', () => {
  test('only move forward, and are clamped instead of refused', async () => {
    const id = await conversation(5);
    await expectInSync(app, [ann, bob], async () => {
      for (const [body, read, delivered, left] of [
        [{}, 0, 0, 5],
        [{ delivered: 2 }, 0, 2, 5],
        [{ read: 3 }, 3, 3, 2],
        [{ delivered: 1 }, 3, 3, 2],
        [{ read: 1 }, 3, 3, 2],
        [{ read: 1, delivered: 4 }, 3, 4, 2],
        [{ read: 4, delivered: 2 }, 4, 4, 1],
        [{ delivered: 99 }, 4, 5, 1],
        [{ read: Number.MAX_SAFE_INTEGER }, 5, 5, 0],
        [{ read: 0, delivered: 0 }, 5, 5, 0],
      ] as const) {
        const answer = await mark(id, body);
        expect(answer).toMatchObject({ status: 200, body: { conversationId: id, personId: bob.id, read, delivered } });
        expect(await unread()).toBe(left);
      }
    });
  });

  test('of an empty conversation stay at zero', async () => {
    const id = await conversation(0);
    expect((await mark(id, { read: 7, delivered: 9 })).body).toMatchObject({ read: 0, delivered: 0 });
  });

  test('reach the other person and the own other devices, once, and only when they move', async () => {
    const id = await conversation(3);
    const [sender, here, there] = [
      await connect(app, ann.token),
      await connect(app, bob.token),
      await connect(app, bob.token),
    ];
    const receipt = await here.command('receipts.mark', { conversationId: id, read: 2 });
    for (const device of [sender, there]) expect(await device.next('receipt.updated')).toEqual(receipt);
    await here.command('receipts.mark', { conversationId: id, read: 2 });
    await here.command('receipts.mark', { conversationId: id, read: 1, delivered: 1 });
    for (const device of [sender, here, there]) {
      await device.settled();
      expect(device.events).toEqual([]);
      device.close();
    }
  });

  test('one device learns of what another marked in the same moment', async () => {
    const id = await conversation(9);
    const devices = await Promise.all([1, 2, 3].map(() => connect(app, bob.token)));
    const answers = await Promise.all(
      devices.map((device, i) => device.command('receipts.mark', { conversationId: id, read: i + 1 })),
    );
    expect(Math.max(...answers.map(({ read }) => read))).toBe(3);
    for (const [i, device] of devices.entries()) {
      // By its own answer or by an event, each knows the highest.
      await device.settled();
      const told = device.events.map(({ data }) => data.read);
      expect(Math.max(...told, answers[i].read)).toBe(3);
      device.close();
    }
  });
});

test.each([
  [
    'with read receipts off',
    () => rest(app, 'PATCH', '/me/privacy', { token: bob.token, body: { readReceipts: false } }),
  ],
  ['across a block', () => rest(app, 'PUT', `/blocks/${ann.id}`, { token: bob.token })],
])('%s, the other is not told that I read at this moment', async (_how, hide) => {
  const id = await conversation(3);
  await mark(id, { delivered: 3 });
  await hide();
  const [theirs, own] = [await connect(app, ann.token), await connect(app, bob.token)];
  for (const read of [1, 3]) await mark(id, { read });
  expect(await own.next('receipt.updated')).toMatchObject({ read: 1, delivered: 3 });
  await theirs.settled();
  expect(theirs.events).toEqual([]);
  for (const device of [theirs, own]) device.close();
});

test('unread counts the messages of others after the watermark', async () => {
  const id = await conversation(3);
  const both = async () => [await unread(bob), await unread(ann)];
  await rest(app, 'POST', `/conversations/${id}/messages`, { token: bob.token, body: { text: 'Re' } });
  expect(await both()).toEqual([3, 1]);
  await mark(id, { read: 2 });
  expect(await both()).toEqual([1, 1]);
  await mark(id, { read: 1 }, ann);
  expect(await both()).toEqual([1, 1]);
  await mark(id, { read: 4 }, ann);
  await mark(id, { read: 3 });
  expect(await both()).toEqual([0, 0]);
  const listed = (await rest(app, 'GET', '/conversations', { token: ann.token })).body.items[0];
  expect(listed.unread).toBe(0);
  expect(listed.members).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ read: 4, delivered: 4 }),
      expect.objectContaining({ read: 3, delivered: 3 }),
    ]),
  );
});
