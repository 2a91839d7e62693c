import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createDatabase } from '../harness/database.ts';
import { makeGroup } from '../harness/groups.ts';
import { codeOf, look, pathOf, say, type WireMessage } from '../harness/messages.ts';
import { type Answer, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

/** What two do with one message at once, on two nodes that share nothing but the database. */
describe('at once', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let nodes: [TestApp, TestApp];
  let ann: TestPerson;
  let bob: TestPerson;
  let direct: string;
  beforeAll(async () => {
    database = await createDatabase(inject('postgresTemplate'));
    const environment = { DATABASE_URL: database.url, JWT_SECRET: 'the same key on all nodes, 0123456789' };
    nodes = [await startTestApp(environment), await startTestApp(environment)];
    [ann, bob] = [await signIn(nodes[0]), await signIn(nodes[0])];
    direct = await startDirect(nodes[0], ann, bob);
  });
  afterAll(async () => {
    for (const node of nodes) await node.close();
    await database.drop();
  });

  const rounds = 60;
  const node = (i: number): TestApp => nodes[i % 2] as TestApp;
  const edit = (i: number, message: WireMessage, text: string, as = ann) =>
    rest(node(i), 'PATCH', pathOf(message), { token: as.token, body: { text } });
  const remove = (i: number, message: WireMessage, as = ann) =>
    rest(node(i), 'DELETE', pathOf(message), { token: as.token });
  const react = (i: number, message: WireMessage, emoji: string, as: TestPerson) =>
    rest(node(i), 'PUT', pathOf(message, '/reaction'), { token: as.token, body: { emoji } });
  const takeBack = (i: number, message: WireMessage, as: TestPerson) =>
    rest(node(i), 'DELETE', pathOf(message, '/reaction'), { token: as.token });
  const pin = (i: number, message: WireMessage) => rest(node(i), 'PUT', pathOf(message, '/pin'), { token: ann.token });

  const revOf = async (id: string): Promise<number> =>
    (await rest(nodes[0], 'GET', `/conversations/${id}`, { token: ann.token })).body.rev;
  /** What the database holds of a message, beside its view. */
  const stored = ({ id, seq, conversationId }: WireMessage) =>
    nodes[0].app.database.read(async ({ sql }) => {
      const message = await sql.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
      const of = (table: 'reactions' | 'message_edits') =>
        sql
          .selectFrom(table)
          .selectAll()
          .where('conversation_id', '=', conversationId)
          .where('seq', '=', seq)
          .execute();
      return { message, reactions: await of('reactions'), edits: await of('message_edits') };
    });
  /** Runs what two do at once, many times, and proves that each change took one rev of its own. */
  const race = async (
    prepare: (round: number) => Promise<WireMessage>,
    act: (message: WireMessage, round: number) => Promise<Answer>[],
    check: (message: WireMessage, answers: Answer[]) => Promise<void>,
  ): Promise<void> => {
    for (let round = 0; round < rounds; round += 1) {
      const message = await prepare(round);
      const before = await revOf(message.conversationId);
      const answers = await Promise.all(act(message, round));
      const revs = answers.flatMap(({ body }) => (body.rev > before ? [body.rev as number] : []));
      const after = await revOf(message.conversationId);
      expect([...new Set(revs)].sort((a, b) => a - b)).toEqual(
        Array.from({ length: after - before }, (_, i) => before + 1 + i),
      );
      expect((await look(nodes[0], ann, message)).rev).toBe(after);
      await check(message, answers);
    }
  };
  const fresh = () => say(nodes[0], ann, direct, 'Before');

  test('an edit and a deletion end in a tombstone that keeps nothing', async () => {
    await race(
      fresh,
      (message, round) => [edit(round, message, 'After'), remove(round + 1, message)],
      async (message, [edited, deleted]) => {
        expect(['200', 'message_deleted']).toContain(codeOf(edited as Answer));
        expect(deleted?.status).toBe(200);
        const { message: row, edits } = await stored(message);
        expect([row.text, edits]).toEqual(['', []]);
        expect(row.deleted_at).not.toBeNull();
      },
    );
  });

  test('two edits are both kept', async () => {
    await race(
      fresh,
      (message) => [edit(0, message, 'One'), edit(1, message, 'Two')],
      async (message, answers) => {
        expect(answers.map(codeOf)).toEqual(['200', '200']);
        const said = await rest(nodes[0], 'GET', pathOf(message, '/edits'), { token: ann.token });
        const texts = said.body.items.map(({ text }: { text: string }) => text);
        expect(texts[0]).toBe('Before');
        expect(texts.toSorted()).toEqual(['Before', 'One', 'Two']);
      },
    );
  });

  test('two edits to the same text are one', async () => {
    await race(
      fresh,
      (message) => [edit(0, message, 'Same'), edit(1, message, 'Same')],
      async (message, [one, two]) => {
        expect(one?.body).toEqual(two?.body);
        expect((await stored(message)).edits).toHaveLength(1);
      },
    );
  });

  test('two deletions are one', async () => {
    const owner = ann;
    const group = await makeGroup(nodes[0], owner, [bob]);
    await race(
      () => say(nodes[0], bob, group, 'Before'),
      (message) => [remove(0, message, owner), remove(1, message, bob)],
      async (_message, [one, two]) => expect(one?.body).toEqual(two?.body),
    );
  });

  test('reacting and taking back of one person end in one of the two, counted right', async () => {
    await race(
      async (round) => {
        const message = await fresh();
        if (round % 2 === 0) await react(0, message, '👎', bob);
        return message;
      },
      (message, round) => [react(round, message, '👍', bob), takeBack(round + 1, message, bob)],
      async (message, answers) => {
        expect(answers.map(codeOf)).toEqual(['200', '200']);
        const { message: row, reactions } = await stored(message);
        expect(row.reaction_count).toBe(reactions.length);
        expect(reactions.length).toBeLessThanOrEqual(1);
      },
    );
  });

  test('reactions of two people are both there, and so are two of one person as one', async () => {
    await race(
      fresh,
      (message) => [
        react(0, message, '👍', ann),
        react(1, message, '👍', bob),
        react(1, message, '🎉', ann),
        react(0, message, '🎉', bob),
      ],
      async (message, answers) => {
        expect(answers.map(codeOf)).toEqual(['200', '200', '200', '200']);
        const { message: row, reactions } = await stored(message);
        expect(row.reaction_count).toBe(2);
        expect(reactions.map(({ person_id }) => person_id).sort()).toEqual([ann.id, bob.id].sort());
      },
    );
  });

  test('a reaction to what is being deleted is not kept', async () => {
    await race(
      fresh,
      (message, round) => [react(round, message, '👍', bob), remove(round + 1, message)],
      async (message, [reacted, deleted]) => {
        expect(['200', 'message_deleted']).toContain(codeOf(reacted as Answer));
        expect(deleted?.status).toBe(200);
        const { message: row, reactions } = await stored(message);
        expect([row.reaction_count, reactions]).toEqual([0, []]);
      },
    );
  });

  test('the fiftieth place for a pin is taken once', async () => {
    const id = await startDirect(nodes[0], ann, await signIn(nodes[0]));
    for (let n = 1; n <= 49; n += 1) await pin(0, await say(nodes[0], ann, id, `${n}`));
    for (let round = 0; round < 20; round += 1) {
      const pair = [await say(nodes[0], ann, id, 'Left'), await say(nodes[0], ann, id, 'Right')];
      const answers = await Promise.all(pair.map((message, i) => pin(i, message)));
      expect(answers.map(codeOf).sort()).toEqual(['200', 'limit_reached']);
      for (const message of pair) await remove(0, message);
    }
  });

  test('two forwards under one key send one copy of each, in order', async () => {
    const messages = [await fresh(), await fresh(), await fresh()];
    for (const [i, message] of messages.entries()) await edit(0, message, `${i}`);
    for (let round = 0; round < 20; round += 1) {
      const to = [await startDirect(nodes[0], ann, await signIn(nodes[0]))];
      const body = { messageIds: messages.map(({ id }) => id), to, requestKey: 'key' };
      const path = `/conversations/${direct}/messages/forwards`;
      const [one, two] = await Promise.all(nodes.map((at) => rest(at, 'POST', path, { token: ann.token, body })));
      expect(one?.body).toEqual(two?.body);
      const seqs = one?.body.items[0].results.map(({ message }: WireMessage) => [message.seq, message.text]);
      expect(seqs).toEqual([
        [1, '0'],
        [2, '1'],
        [3, '2'],
      ]);
    }
  });

  test('changes and messages of two nodes leave no gap in either counter', async () => {
    const id = await makeGroup(nodes[0], ann, [bob]);
    const messages: WireMessage[] = [];
    for (let n = 0; n < 10; n += 1) messages.push(await say(nodes[0], ann, id, `${n}`));
    const before = await revOf(id);
    const changes = messages.flatMap((message, i) => [
      react(i, message, '👍', bob),
      pin(i + 1, message),
      edit(i, message, `Edited ${i}`),
    ]);
    const sends = Array.from({ length: 30 }, (_, n) =>
      rest(node(n), 'POST', `/conversations/${id}/messages`, { token: bob.token, body: { text: `More ${n}` } }),
    );
    const answers = await Promise.all([...changes, ...sends]);
    const revs = answers.map(({ body }) => (body.message ?? body).rev as number).sort((a, b) => a - b);
    expect(revs).toEqual(Array.from({ length: 60 }, (_, i) => before + 1 + i));
    expect(await revOf(id)).toBe(before + 60);
  });
});
