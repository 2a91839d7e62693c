import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createDatabase } from '../harness/database.ts';
import { actorOf, engineFace } from '../harness/engine-face.ts';
import { createGroup, leave } from '../harness/groups.ts';
import { say } from '../harness/messages.ts';
import { rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';
import { until } from '../harness/until.ts';

/** Two nodes without a common bus serve one database: only it decides. */
describe('at once', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let nodes: [TestApp, TestApp];
  beforeAll(async () => {
    database = await createDatabase(inject('postgresTemplate'));
    const environment = { DATABASE_URL: database.url, JWT_SECRET: 'the same key on all nodes, 0123456789' };
    nodes = [await startTestApp(environment), await startTestApp(environment)];
  });
  afterAll(async () => {
    for (const node of nodes) await node.close();
    await database.drop();
  });

  const call = (node: number, { token }: TestPerson, method: string, path: string, body?: object) =>
    rest(nodes[node] as TestApp, method, path, { token, ...(body && { body }) });
  const turnOn = (node: number, person: TestPerson) =>
    call(node, person, 'PATCH', '/notifications/preferences', { enabled: true });
  const unreadOf = async (person: TestPerson): Promise<number> =>
    (await call(0, person, 'GET', '/notifications/unread')).body.unread;
  const deadlocks = async (): Promise<number> => {
    const { rows } = await nodes[0].app.database.read((reader) =>
      sql<{ n: number }>`select deadlocks as n from pg_stat_database where datname = current_database()`.execute(
        reader.sql,
      ),
    );
    return rows[0]?.n ?? 0;
  };

  test('two nodes that read on in a conversation tell of each message once, and leave no notification unread', async () => {
    const [ann, bob] = [await signIn(nodes[0]), await signIn(nodes[0])];
    await turnOn(0, bob);
    const id = await startDirect(nodes[0], ann, bob);
    const engines = nodes.map(engineFace);
    const sent: string[] = [];
    let sending = true;
    const send = async () => {
      for (let i = 0; i < 300; i += 1) sent.push((await say(nodes[0], ann, id, String(i))).id);
      sending = false;
    };
    const readAlong = async (engine: (typeof engines)[number]) => {
      while (sending) await engine.conversations.markReceipt(actorOf(bob), { conversationId: id, read: 10_000 });
    };
    await Promise.all([send(), ...engines.map(readAlong)]);
    await engines[0]?.conversations.markReceipt(actorOf(bob), { conversationId: id, read: 10_000 });
    const told = engines.flatMap(({ events }) =>
      events.flatMap((event) => (event.type === 'receipt.updated' ? [event.data] : [])),
    );
    expect(told.flatMap(({ readMessages }) => readMessages).sort()).toEqual(sent.toSorted());
    expect(told.flatMap(({ deliveredMessages }) => deliveredMessages).sort()).toEqual(sent.toSorted());
    expect(await unreadOf(bob)).toBe(0);
  });

  test('who turns notifications on while a conversation with them is started is notified of what is said in it', async () => {
    for (let round = 0; round < 40; round += 1) {
      const [ann, bob] = [await signIn(nodes[0]), await signIn(nodes[0])];
      const [id] = await Promise.all([startDirect(nodes[0], ann, bob), turnOn(1, bob)]);
      await say(nodes[0], ann, id, 'Hi');
      expect(await unreadOf(bob)).toBe(1);
    }
  });

  test('who is turned on twice at once has one feed, and each message is in it once', async () => {
    const [ann, bob] = [await signIn(nodes[0]), await signIn(nodes[0])];
    const id = await startDirect(nodes[0], ann, bob);
    await Promise.all([turnOn(0, bob), turnOn(1, bob), turnOn(0, bob), turnOn(1, bob)]);
    const clientId = 'the same';
    const send = (node: number) => call(node, ann, 'POST', `/conversations/${id}/messages`, { text: 'Hi', clientId });
    await Promise.all([send(0), send(1), send(0), send(1)]);
    expect(await unreadOf(bob)).toBe(1);
  });

  describe('a message in the middle is held until both wait, with what they have locked by then:', () => {
    type Act = (ann: TestPerson, bob: TestPerson, id: string, messageIds: string[]) => Promise<{ status: number }>;
    const read: Act = (_ann, bob, id) => call(0, bob, 'PUT', `/conversations/${id}/receipt`, { read: 99 });
    const readAll: Act = (_ann, bob) => call(1, bob, 'POST', '/notifications/read', {});
    const remove: Act = (ann, _bob, id, messageIds) =>
      call(1, ann, 'POST', `/conversations/${id}/messages/deletions`, { messageIds: messageIds.toReversed() });
    const hide: Act = (_ann, bob, id, messageIds) =>
      call(1, bob, 'POST', `/conversations/${id}/messages/hidden`, { messageIds: messageIds.toReversed() });
    const clear: Act = (_ann, bob, id) => call(1, bob, 'PUT', `/conversations/${id}/cleared`);

    test.each<[what: string, one: Act, other: Act]>([
      ['reading and deleting', read, remove],
      ['reading and marking all as read', read, readAll],
      ['hiding and deleting', hide, remove],
      ['clearing and deleting', clear, remove],
      ['marking all as read and deleting', readAll, remove],
      ['marking all as read and hiding', readAll, hide],
    ])('%s are no circle', async (_what, one, other) => {
      const [ann, bob] = [await signIn(nodes[0]), await signIn(nodes[0])];
      await turnOn(0, bob);
      const id = await startDirect(nodes[0], ann, bob);
      const messageIds: string[] = [];
      while (messageIds.length < 5) messageIds.push((await say(nodes[0], ann, id, 'Hi')).id);
      const before = await deadlocks();
      const answers = await nodes[0].app.database
        .write(async (unit) => {
          const held = unit.sql
            .selectFrom('notifications')
            .select('id')
            .where('id', '=', messageIds[2] as string);
          await held.forUpdate().execute();
          const both = [one(ann, bob, id, messageIds), other(ann, bob, id, messageIds)];
          await until('both wait', async () => {
            const { rows } = await sql`
              select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
              unit.sql,
            );
            return rows.length === 2;
          });
          return both;
        })
        .then((both) => Promise.all(both));
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(await deadlocks()).toBe(before);
      expect(await unreadOf(bob)).toBe(0);
    });
  });

  test('who leaves a group while they are named in it has no notification of it', async () => {
    const [ann, bob] = [await signIn(nodes[0]), await signIn(nodes[0])];
    await turnOn(0, bob);
    for (let round = 0; round < 30; round += 1) {
      const { id } = await createGroup(nodes[0], ann, { people: [bob] });
      const mentions = [{ personId: bob.id, start: 0, length: 4 }];
      const name = (node: number) =>
        call(node, ann, 'POST', `/conversations/${id}/messages`, { text: '@Bob', mentions });
      await Promise.all([name(0), leave(nodes[1], bob, id), name(1), name(0)]);
      expect((await call(0, bob, 'GET', '/notifications')).body.items).toEqual([]);
    }
  });
});
