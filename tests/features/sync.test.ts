import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Device, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { Replica } from '../harness/replica.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
let ann: TestPerson;
let bob: TestPerson;
let id: string;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const acquainted = async () => {
  [ann, bob] = [await signIn(app), await signIn(app)];
  id = await startDirect(app, ann, bob);
};
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const sync = async (person: TestPerson, body: object = {}) =>
  (await rest(app, 'POST', '/sync', { token: person.token, body })).body;
const sendMany = (device: Device, from: number, to: number, text = (n: number) => `${n}`) =>
  Promise.all(numbers(from, to).map((n) => device.command('messages.send', { conversationId: id, text: text(n) })));
const sequence = (items: { seq: number }[]): number[] => items.map(({ seq }) => seq);

describe('sync', () => {
  test('opens the stream: before it a connection gets nothing, after it everything', async () => {
    await acquainted();
    const [device, sender] = [await connect(app, bob.token, { sync: false }), await connect(app, ann.token)];
    await sendMany(sender, 1, 3);
    await sender.command('typing.set', { conversationId: id, typing: true });
    await device.settled();
    expect(device.events).toEqual([]);
    const answer = await device.command('sync');
    expect(answer).toMatchObject({ changes: [{ reset: true, conversation: { lastSeq: 3, unread: 3 } }], more: false });
    expect(sequence(answer.changes[0].messages)).toEqual([1, 2, 3]);
    await sendMany(sender, 4, 4);
    expect((await device.next('message.created')).message.seq).toBe(4);
    expect(device.events).toEqual([]);
    for (const one of [device, sender]) one.close();
  });

  test('while messages stream in, gives each exactly once and in order, behind the answer', async () => {
    await acquainted();
    const sender = await connect(app, ann.token);
    for (let round = 1; round <= 5; round += 1) {
      const device = await connect(app, bob.token, { sync: false });
      const got: number[] = [];
      device.socket.on('events', (batch) => {
        for (const { type, data } of batch) if (type === 'message.created') got.push(data.message.seq);
      });
      const sending = sendMany(sender, 1, 60);
      const syncing = device.command('sync', {}, ({ changes }) => got.push(...sequence(changes[0].messages)));
      await Promise.all([sending, syncing]);
      await device.settled();
      expect(got).toEqual(numbers(got[0] as number, round * 60));
      device.close();
    }
    sender.close();
  });

  test('two at once on one connection leave no gap and double nothing', async () => {
    await acquainted();
    const [device, sender] = [await connect(app, bob.token, { sync: false }), await connect(app, ann.token)];
    const replica = new Replica(bob.id);
    replica.follow(device);
    const sending = sendMany(sender, 1, 100);
    await Promise.all([
      ...[1, 2, 3].map(() => device.command('sync', {}, (answer) => replica.applySync(answer))),
      sending,
    ]);
    await device.settled();
    expect(replica.faults).toEqual([]);
    expect(replica.view()[0].lastSeq).toBe(100);
    for (const one of [device, sender]) one.close();
  });

  test('brings up to 200 messages; who lacks more begins anew', async () => {
    await acquainted();
    const sender = await connect(app, ann.token);
    await sendMany(sender, 1, 10);
    const held = new Replica(bob.id);
    await held.sync((input) => sync(bob, input));
    const [known] = held.known();
    await sendMany(sender, 11, 210);
    const [exact] = (await sync(bob, { known: [known] })).changes;
    expect(exact).toMatchObject({ reset: false, conversation: { lastSeq: 210 } });
    expect(sequence(exact.messages)).toEqual(numbers(11, 210));
    await sendMany(sender, 211, 211);
    const [tooFar] = (await sync(bob, { known: [known] })).changes;
    expect(tooFar).toMatchObject({ reset: true });
    expect(sequence(tooFar.messages)).toEqual(numbers(192, 211));
    const [ahead] = (await sync(bob, { known: [{ ...known, seq: 999 }] })).changes;
    expect(ahead).toMatchObject({ reset: true, conversation: { lastSeq: 211 } });
    // As after a backup was restored: what was changed after it has never happened.
    const latest = { ...known, seq: 211, rev: tooFar.conversation.rev };
    for (const future of [{ rev: latest.rev + 1 }, { mine: 1 }]) {
      expect((await sync(bob, { known: [{ ...latest, ...future }] })).changes).toMatchObject([{ reset: true }]);
    }
    sender.close();
  });

  test('brings no more text than a slow line bears; who lacks more begins anew', async () => {
    await acquainted();
    const sender = await connect(app, ann.token);
    await sendMany(sender, 1, 60, () => 'x'.repeat(10_000));
    const answer = await sync(bob, { known: [{ id, seq: 0, rev: 0, mine: 0, version: 0 }] });
    const [{ reset, messages }] = answer.changes;
    expect(reset).toBe(true);
    expect(messages.at(-1).seq).toBe(60);
    expect(sequence(messages)).toEqual(numbers(messages[0].seq, 60));
    expect(JSON.stringify(answer).length).toBeLessThan(300_000);
    sender.close();
  });

  test('counts content like text, and shows nothing that became hidden while more of it was to come', async () => {
    const custom = { note: 'x'.repeat(8_000) };
    const content = { media: [{ url: 'https://example.com/a.jpg' }], custom };
    await acquainted();
    for (let i = 0; i < 9; i += 1) {
      const conversationId = await startDirect(app, ann, await signIn(app));
      const body = { kind: 'image', content };
      await Promise.all(
        numbers(1, 20).map(() =>
          rest(app, 'POST', `/conversations/${conversationId}/messages`, { token: ann.token, body }),
        ),
      );
    }
    const [device, leaving] = [await connect(app, ann.token, { sync: false }), await connect(app, bob.token)];
    await device.command('presence.watch', { people: bob.id });
    const first = await device.command('sync');
    expect(first.more).toBe(true);
    expect(JSON.stringify(first).length).toBeLessThan(1_300_000);

    const presence = async () =>
      (await rest(app, 'GET', `/presence?people=${bob.id}`, { token: bob.token })).body.items[0];
    leaving.close();
    await expect.poll(async () => (await presence()).online).toBe(false);
    await rest(app, 'PATCH', '/me/privacy', { token: bob.token, body: { lastSeen: 'nobody' } });
    const replica = new Replica(ann.id);
    for (let answer = first; ; answer = await device.command('sync', { known: replica.known() })) {
      replica.applySync(answer);
      if (!answer.more) break;
    }
    await device.next('presence.unwatched');
    expect(device.events.filter(({ type }) => type === 'presence.changed')).toEqual([]);
    device.close();
  });

  test('brings no more of what has changed than a slow line bears; who lacks more begins anew', async () => {
    await acquainted();
    const sender = await connect(app, ann.token);
    await sendMany(sender, 1, 60, () => 'x'.repeat(10_000));
    await app.app.database.write((unit) =>
      unit.sql.updateTable('messages').set({ changed: true }).where('conversation_id', '=', id).execute(),
    );
    const answer = await sync(bob, { known: [{ id, seq: 60, rev: 1, mine: 0, version: 0 }] });
    expect(answer.changes).toMatchObject([{ reset: true, changed: [] }]);
    expect(sequence(answer.changes[0].messages)).toEqual(numbers(41, 60));
    const [few] = (await sync(bob, { known: [{ id, seq: 60, rev: 51, mine: 0, version: 0 }] })).changes;
    expect(few).toMatchObject({ reset: false, messages: [] });
    expect(sequence(few.changed)).toEqual(numbers(51, 60));
    sender.close();
  });

  test('answers nothing where the versions are equal, over both ways the same', async () => {
    await acquainted();
    const device = await connect(app, ann.token);
    await sendMany(device, 1, 3);
    await rest(app, 'PUT', `/conversations/${id}/receipt`, { token: bob.token, body: { read: 2 } });
    const replica = new Replica(ann.id);
    expect(await device.command('sync')).toEqual(await sync(ann));
    await replica.sync((input) => sync(ann, input));
    const known = replica.known();
    const nothing = { changes: [], removed: [], more: false };
    expect(await sync(ann, { known })).toEqual(nothing);
    expect(await device.command('sync', { known })).toEqual(nothing);

    await rest(app, 'PUT', `/conversations/${id}/receipt`, { token: bob.token, body: { read: 3 } });
    const [receipt] = (await sync(ann, { known })).changes;
    expect(receipt).toMatchObject({ reset: false, messages: [] });
    await rest(app, 'PATCH', '/me', { token: bob.token, body: { name: 'Robert' } });
    await replica.sync((input) => sync(ann, input));
    const names = replica.view()[0].members.map((member: { person: { name: string } }) => member.person.name);
    expect(names).toContain('Robert');
    device.close();
  });

  test('tells of more than 50 conversations in pages, and holds events until the last', async () => {
    await acquainted();
    const others: string[] = [id];
    for (let i = 0; i < 54; i += 1) others.push(await startDirect(app, bob, await signIn(app)));
    const [device, sender] = [await connect(app, bob.token, { sync: false }), await connect(app, ann.token)];
    const replica = new Replica(bob.id);
    replica.follow(device);
    let pages = 0;
    for (let more = true; more; ) {
      const input = { known: replica.known() };
      ({ more } = await device.command('sync', input, (answer) => replica.applySync(answer)));
      pages += 1;
      if (!more) break;
      await sendMany(sender, pages, pages);
      await device.settled();
      expect(device.events).toEqual([]);
    }
    await device.settled();
    expect(pages).toBe(2);
    expect(replica.faults).toEqual([]);
    expect([...replica.held.keys()].sort()).toEqual([...others].sort());
    const fresh = new Replica(bob.id);
    await fresh.sync((input) => sync(bob, input));
    expect(replica.view()).toEqual(fresh.view());
    for (const one of [device, sender]) one.close();
  });

  test('tells of unknown conversations among the latest only', async () => {
    await acquainted();
    app.clock.advance(1_000);
    const later = await startDirect(app, bob, await signIn(app));
    const shown = async (body: object) =>
      (await sync(bob, body)).changes.map((change: { conversation: { id: string } }) => change.conversation.id);
    expect(await shown({ window: 1 })).toEqual([later]);
    expect(await shown({ window: 0 })).toEqual([]);
    expect(await shown({ window: 0, known: [{ id, seq: 0, rev: 0, mine: 0, version: 0 }] })).toEqual([id]);
  });

  test('a conversation that starts during the sync is told of once', async () => {
    await acquainted();
    for (let i = 0; i < 10; i += 1) {
      const other = await signIn(app);
      const device = await connect(app, bob.token, { sync: false });
      const [answer] = await Promise.all([device.command('sync'), startDirect(app, other, bob)]);
      await device.settled();
      const told = [
        ...answer.changes.map((change: { conversation: { id: string } }) => change.conversation.id),
        ...device.events.filter(({ type }) => type === 'conversation.joined').map(({ data }) => data.conversation.id),
      ];
      expect(new Set(told).size).toBe(told.length);
      expect(told).toHaveLength(i + 2);
      device.close();
    }
  });
});
