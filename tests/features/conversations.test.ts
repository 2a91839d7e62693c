import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nativeOperations } from '../../src/api/index.ts';
import { minute } from '../../src/engine/shared/clock.ts';
import { plausible } from '../harness/bad-input.ts';
import { callOperation } from '../harness/call-operation.ts';
import { expectInSync } from '../harness/expect-in-sync.ts';
import { connect, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const start = (from: TestPerson, personId: string) =>
  rest(app, 'POST', '/conversations/direct', { token: from.token, body: { personId } });
const send = (from: TestPerson, conversationId: string, text: string) =>
  rest(app, 'POST', `/conversations/${conversationId}/messages`, { token: from.token, body: { text } });
const list = async (person: TestPerson, query = '') =>
  (await rest(app, 'GET', `/conversations${query}`, { token: person.token })).body;

describe('a direct conversation', () => {
  test('is one for each pair, whoever starts it', async () => {
    const [ann, bob, cy] = [await signIn(app), await signIn(app), await signIn(app)];
    const first = await expectInSync(app, [ann, bob], () => start(ann, bob.id));
    expect(first).toMatchObject({ status: 201, body: { created: true, conversation: { lastSeq: 0, unread: 0 } } });
    const { id } = first.body.conversation;
    for (const again of [await start(ann, bob.id), await start(bob, ann.id)]) {
      const conversation = { id, createdBy: ann.id };
      expect(again).toMatchObject({ status: 200, body: { created: false, conversation } });
    }
    expect((await start(ann, cy.id)).body.conversation.id).not.toBe(id);
    expect((await list(bob)).items.map((item: { id: string }) => item.id)).toEqual([id]);
  });

  test.each([
    ['oneself', (ann: TestPerson) => ann.id, 'conversation_with_self', 400],
    ['nobody', () => '01900000-0000-7000-8000-000000000000', 'person_not_found', 404],
    ['what is no id', () => 'nobody', 'person_not_found', 404],
    ['oneself in capital letters', (ann: TestPerson) => ann.id.toUpperCase(), 'person_not_found', 404],
  ])('cannot be with %s', async (_whom, id, code, status) => {
    const ann = await signIn(app);
    expect(await start(ann, id(ann))).toMatchObject({ status, body: { error: { code } } });
  });

  test('has one name: an id in capital letters names nothing', async () => {
    const [ann, bob] = [await signIn(app), await signIn(app)];
    const id = await startDirect(app, ann, bob);
    expect((await start(ann, bob.id.toUpperCase())).body.error.code).toBe('person_not_found');
    expect((await send(ann, id.toUpperCase(), 'Hi')).body.error.code).toBe('conversation_not_found');
  });
});

describe('the list', () => {
  test('shows the last active first, with exact counts', async () => {
    const ann = await signIn(app);
    const others = await Promise.all(Array.from({ length: 3 }, () => signIn(app)));
    const ids: string[] = [];
    for (const other of others) {
      app.clock.advance(1_000);
      ids.push(await startDirect(app, ann, other));
    }
    const order = async () => (await list(ann)).items.map(({ id }: { id: string }) => ids.indexOf(id));
    expect(await order()).toEqual([2, 1, 0]);
    app.clock.advance(1_000);
    await send(others[0] as TestPerson, ids[0] as string, 'One');
    await send(others[0] as TestPerson, ids[0] as string, 'Two');
    await send(ann, ids[1] as string, 'Mine is never unread');
    app.clock.advance(1_000);
    await send(ann, ids[2] as string, 'Last');
    expect(await order()).toEqual([2, 1, 0]);
    await send(others[0] as TestPerson, ids[0] as string, 'Three');
    const { items, next } = await list(ann);
    expect(items[0]).toMatchObject({ id: ids[0], unread: 3, lastSeq: 3, lastMessage: { text: 'Three', seq: 3 } });
    expect(items.slice(1).map(({ unread }: { unread: number }) => unread)).toEqual([0, 0]);
    expect(next).toBeNull();
    const unread = await rest(app, 'GET', '/unread', { token: ann.token });
    expect(unread.body).toMatchObject({ messages: 3, conversations: 1 });
  });

  test('pages without doubles and holes while conversations move and appear', async () => {
    const ann = await signIn(app);
    const others: { person: TestPerson; id: string }[] = [];
    for (let i = 0; i < 12; i += 1) {
      // Two of a kind in each moment: the id decides between them.
      if (i % 2 === 0) app.clock.advance(minute);
      const person = await signIn(app);
      others.push({ person, id: await startDirect(app, ann, person) });
    }
    const expected = (await list(ann)).items.map(({ id }: { id: string }) => id);
    expect(expected).toHaveLength(12);
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const page = await list(ann, `?limit=5${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.items.map(({ id }: { id: string }) => id));
      if (page.next === null) break;
      cursor = page.next;
      app.clock.advance(1_000);
      // One of the pages to come moves up, one that was shown moves, and a new one appears.
      for (const id of [expected.at(-1), expected[7], expected[0]]) {
        const other = others.find((one) => one.id === id) as (typeof others)[number];
        await send(other.person, other.id, 'Moving');
      }
      await startDirect(app, ann, await signIn(app));
    }
    expect(seen).toEqual(expected);
  });
});

describe('to a stranger', () => {
  const ids = { unknown: '01900000-0000-7000-8000-000000000000', malformed: 'no-id', sql: "' or 1=1 --" };
  const withConversation = nativeOperations({} as never).filter(
    ({ params }) => params && 'conversationId' in params.properties,
  );
  /** Of the fields that an input has, those that name something, with what is there. */
  const real = (input: object, personId: string, messageId: string): object => {
    const all = {
      personId,
      messageId,
      messageIds: [messageId],
      people: [personId],
      sendAt: new Date(app.clock.now() + 60 * minute).toISOString(),
    };
    return Object.fromEntries(Object.entries(all).filter(([field]) => field in input));
  };

  test.each(withConversation.map((operation) => [operation.name, operation] as const))(
    '%s says the same of a real conversation as of none',
    async (name, operation) => {
      const [ann, bob, eve] = [await signIn(app), await signIn(app), await signIn(app)];
      const conversationId = await startDirect(app, ann, bob);
      const { message } = (await send(ann, conversationId, 'Secret')).body;
      const watching = await connect(app, bob.token);
      const socket = await connect(app, eve.token);
      const input = { ...plausible[name], ...real(plausible[name] ?? {}, bob.id, message.id) };
      for (const id of [conversationId, ...Object.values(ids)]) {
        const over = await callOperation(app, eve.token, operation, { ...input, conversationId: id });
        expect(over).toMatchObject({ status: 404, body: { error: { code: 'conversation_not_found', details: {} } } });
        const command = socket.command(name, { ...input, conversationId: id });
        await expect(command).rejects.toMatchObject({ code: 'conversation_not_found' });
      }
      await watching.settled();
      expect(watching.events).toEqual([]);
      for (const device of [watching, socket]) device.close();
    },
  );

  test('sync and the list show nothing of it', async () => {
    const [ann, bob, eve] = [await signIn(app), await signIn(app), await signIn(app)];
    const id = await startDirect(app, ann, bob);
    await send(ann, id, 'Secret');
    const known = [id, ...Object.values(ids)].map((one) => ({ id: one, seq: 0, rev: 0, mine: 0, version: 0 }));
    const answer = await rest(app, 'POST', '/sync', { token: eve.token, body: { known } });
    expect(answer.body).toEqual({ changes: [], removed: known.map((one) => one.id), more: false });
    expect((await list(eve)).items).toEqual([]);
  });
});
