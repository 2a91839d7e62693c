import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createDatabase } from '../harness/database.ts';
import { makeGroup } from '../harness/groups.ts';
import { pathOf, say, type WireMessage } from '../harness/messages.ts';
import { rest, signIn, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';
import { until } from '../harness/until.ts';

/** What locks several rows takes them in one order: two at once wait for each other, and never in a circle. */
describe('at once', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let nodes: [TestApp, TestApp];
  let people: TestPerson[];
  beforeAll(async () => {
    database = await createDatabase(inject('postgresTemplate'));
    const environment = { DATABASE_URL: database.url, JWT_SECRET: 'the same key on all nodes, 0123456789' };
    nodes = [await startTestApp(environment), await startTestApp(environment)];
    const [here] = nodes;
    people = await Promise.all(Array.from({ length: 40 }, () => signIn(here)));
  });
  afterAll(async () => {
    for (const node of nodes) await node.close();
    await database.drop();
  });

  const deadlocks = (): Promise<number> =>
    nodes[0].app.database.read(async (reader) => {
      const { rows } = await sql<{ n: number }>`
        select deadlocks as n from pg_stat_database where datname = current_database()`.execute(reader.sql);
      return rows[0]?.n ?? 0;
    });
  /** Two do the same in opposite directions on two nodes. */
  const crossing = <Item>(items: readonly Item[], act: (node: TestApp, item: Item) => Promise<{ status: number }>) =>
    Promise.all([
      ...items.map((item) => act(nodes[0], item)),
      ...items.toReversed().map((item) => act(nodes[1], item)),
    ]);

  test('messages are hidden by one and deleted by another', async () => {
    const [ann, bob] = people as [TestPerson, TestPerson];
    const group = await makeGroup(nodes[0], ann, [bob]);
    const said: WireMessage[] = [];
    while (said.length < 3) said.push(await say(nodes[0], ann, group, 'Hello'));
    for (const one of said) await rest(nodes[0], 'PUT', pathOf(one, '/star'), { token: bob.token });
    const ids = said.map(({ id }) => id);
    const post = (node: TestApp, { token }: TestPerson, what: string, messageIds: string[]) =>
      rest(node, 'POST', `/conversations/${group}/messages/${what}`, { token, body: { messageIds } });
    // The mark in the middle is held until both wait, each with what it has locked by then.
    const answers = await nodes[0].app.database
      .write(async (unit) => {
        await unit.sql
          .selectFrom('message_marks')
          .select('seq')
          .where('person_id', '=', bob.id)
          .where('seq', '=', said[1].seq)
          .forUpdate()
          .execute();
        const both = [post(nodes[0], bob, 'hidden', ids.toReversed()), post(nodes[1], ann, 'deletions', ids)];
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
  });

  test('all devices of a group read on, and it is closed', async () => {
    const [ann, ...others] = people as [TestPerson, ...TestPerson[]];
    const before = await deadlocks();
    for (let round = 0; round < 5; round += 1) {
      const group = await makeGroup(nodes[0], ann, others);
      for (let read = 1; read <= 3; read += 1) {
        await say(nodes[0], ann, group, 'Hello');
        const path = `/conversations/${group}/receipt`;
        await crossing(others, (node, { token }) => rest(node, 'PUT', path, { token, body: { read: read + 1 } }));
      }
      await say(nodes[0], ann, group, 'Hello');
      const path = `/conversations/${group}/receipt`;
      const reading = crossing(others, (node, { token }) => rest(node, 'PUT', path, { token, body: { read: 99 } }));
      await new Promise((resolve) => setTimeout(resolve, round));
      const closed = await rest(nodes[round % 2] as TestApp, 'DELETE', `/groups/${group}`, { token: ann.token });
      const answers = await reading;
      expect(closed.status).toBe(204);
      expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    }
    expect((await deadlocks()) - before).toBe(0);
  }, 60_000);
});
