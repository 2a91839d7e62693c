import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createDatabase } from '../harness/database.ts';
import { codeFor, newPhone, newUsername, register, rest, signIn, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

/** Two nodes without a common bus on one database: see races.test.ts. */
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

  const node = (i: number): TestApp => nodes[i % 2] as TestApp;
  const add = (i: number, owner: { token: string }, body: object) =>
    rest(node(i), 'POST', '/contacts', { token: owner.token, body });
  const list = async (owner: { token: string }) =>
    (await rest(nodes[0], 'GET', '/contacts', { token: owner.token })).body;
  const times = async (count: number, once: (i: number) => Promise<void>) => {
    for (let i = 0; i < count; i += 1) await once(i);
  };

  test('one contact added four times is one, by person and by number', async () => {
    const ann = await signIn(nodes[0]);
    await times(40, async (round) => {
      const bob = await signIn(nodes[0]);
      const bodies = [{ personId: bob.id }, { phone: bob.phone }];
      const answers = await Promise.all([0, 1, 2, 3].map((i) => add(i, ann, bodies[i >> 1] as object)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201]);
      expect(new Set(answers.map(({ body }) => body.contact.id)).size).toBe(1);
      const { items } = await list(ann);
      expect(items).toHaveLength(round + 1);
      expect(items.find((one: { person: { id: string } }) => one.person.id === bob.id).phone).toBe(bob.phone);
    });
  });

  test('a number is linked, whether it is added before, after or while its owner joins', async () => {
    const owners = await Promise.all([0, 1, 2].map((i) => signIn(node(i))));
    await times(60, async () => {
      const phone = newPhone();
      await rest(nodes[0], 'POST', '/codes', { body: { phone } });
      const body = { phone, code: codeFor(nodes[0], phone), name: 'New' };
      const [joined, ...added] = await Promise.all([
        rest(nodes[1], 'POST', '/sessions/by-code', { body }),
        ...owners.map((owner, i) => add(i, owner, { phone })),
      ]);
      expect(joined.status).toBe(201);
      for (const answer of added) expect(answer.status).toBe(201);
      for (const owner of owners) {
        const { items } = await list(owner);
        const contact = items.find((one: { phone: string }) => one.phone === phone);
        expect(contact.person?.id).toBe(joined.body.profile.id);
      }
    });
  });

  test('a number that is linked while its owner is added as a person makes one contact', async () => {
    const ann = await signIn(nodes[0]);
    await times(40, async (round) => {
      const zoe = (await register(nodes[0], { username: newUsername() })).body;
      const phone = newPhone();
      await add(0, ann, { phone });
      await rest(nodes[0], 'POST', '/codes', { body: { phone } });
      const body = { phone, code: codeFor(nodes[0], phone) };
      const [linked, added] = await Promise.all([
        rest(nodes[1], 'PUT', '/me/phone', { token: zoe.tokens.accessToken, body }),
        add(0, ann, { personId: zoe.profile.id }),
      ]);
      expect([linked.status, added.status < 300]).toEqual([204, true]);
      const { items, version } = await list(ann);
      expect(items).toHaveLength(round + 1);
      expect(items.filter((one: { phone: string }) => one.phone === phone)).toHaveLength(1);
      expect(version).toBeGreaterThan(round);
    });
  });

  test('people who wait for each other and link their numbers at once do not wait for ever', async () => {
    await times(30, async () => {
      const people = await Promise.all(
        [0, 1].map(async (i) => {
          const { body } = await register(node(i), { username: newUsername() });
          const phone = newPhone();
          await rest(nodes[0], 'POST', '/codes', { body: { phone } });
          return { id: body.profile.id, token: body.tokens.accessToken, phone, code: codeFor(nodes[0], phone) };
        }),
      );
      const [ann, bob] = people as [(typeof people)[0], (typeof people)[0]];
      await add(0, ann, { phone: bob.phone });
      await add(1, bob, { phone: ann.phone });
      const answers = await Promise.all(
        people.map(({ token, phone, code }, i) => rest(node(i), 'PUT', '/me/phone', { token, body: { phone, code } })),
      );
      expect(answers.map(({ status }) => status)).toEqual([204, 204]);
      expect((await list(ann)).items).toMatchObject([{ person: { id: bob.id } }]);
      expect((await list(bob)).items).toMatchObject([{ person: { id: ann.id } }]);
    });
  });

  test('blocks and unblocks of both sides end as each side said last', async () => {
    const blocksOf = async ({ token }: TestPerson) => (await rest(nodes[0], 'GET', '/blocks', { token })).body.items;
    await times(15, async () => {
      const [ann, bob] = [await signIn(nodes[0]), await signIn(nodes[0])];
      const set = (i: number, from: TestPerson, to: TestPerson, blocked: boolean) =>
        rest(node(i), blocked ? 'PUT' : 'DELETE', `/blocks/${to.id}`, { token: from.token });
      const last = [Math.random() < 0.5, Math.random() < 0.5] as const;
      await Promise.all(
        [
          [ann, bob],
          [bob, ann],
        ].map(async (pair, side) => {
          const [from, to] = pair as [TestPerson, TestPerson];
          const say = [true, false, true, false, last[side] as boolean];
          for (const [i, blocked] of say.entries()) expect((await set(side + i, from, to, blocked)).status).toBe(200);
        }),
      );
      expect([(await blocksOf(ann)).length === 1, (await blocksOf(bob)).length === 1]).toEqual(last);
      const body = { personId: bob.id };
      const start = await rest(nodes[0], 'POST', '/conversations/direct', { token: ann.token, body });
      expect(start.status).toBe(last.includes(true) ? 403 : 201);
    });
  });

  test('a conversation is not started behind a block', async () => {
    await times(30, async (i) => {
      const [ann, bob] = [await signIn(nodes[0]), await signIn(nodes[0])];
      const body = { personId: ann.id };
      const [started, blocked] = await Promise.all([
        rest(node(i), 'POST', '/conversations/direct', { token: bob.token, body }),
        rest(node(i + 1), 'PUT', `/blocks/${bob.id}`, { token: ann.token }),
      ]);
      expect(blocked.status).toBe(200);
      expect([201, 403]).toContain(started.status);
      const { items } = (await rest(nodes[0], 'GET', '/conversations', { token: ann.token })).body;
      expect(items).toHaveLength(started.status === 201 ? 1 : 0);
    });
  });
});
