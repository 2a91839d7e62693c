import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addMember, makeGroup } from '../harness/groups.ts';
import { codeOf, pathOf, say, type WireMessage } from '../harness/messages.ts';
import { rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
let ann: TestPerson;
let others: TestPerson[];
let group: string;
beforeAll(async () => {
  app = await startTestApp();
  ann = await signIn(app);
  others = await Promise.all(Array.from({ length: 5 }, () => signIn(app)));
  group = await makeGroup(app, others[0] as TestPerson, [ann, ...others.slice(1)]);
});
afterAll(() => app.close());

const mark = (id: string, as: TestPerson, body: object) =>
  rest(app, 'PUT', `/conversations/${id}/receipt`, { token: as.token, body });
const seenBy = (message: WireMessage, query = '', as = ann) =>
  rest(app, 'GET', `${pathOf(message, '/seen-by')}${query}`, { token: as.token });
const sorted = (items: { personId: string; read: boolean }[]) =>
  [...items].sort((a, b) => (a.personId < b.personId ? -1 : 1));

describe('who has seen a message', () => {
  test('is told by how far they have read, and follows it', async () => {
    const [one, two, three] = others as [TestPerson, TestPerson, TestPerson];
    const message = await say(app, ann, group, 'News');
    expect((await seenBy(message)).body).toEqual({ items: [], next: null });
    await mark(group, one, { read: message.seq });
    await mark(group, two, { delivered: message.seq });
    await mark(group, three, { read: message.seq - 1, delivered: message.seq - 1 });
    const seen = [
      { personId: one.id, read: true },
      { personId: two.id, read: false },
    ];
    expect((await seenBy(message)).body).toEqual({ items: sorted(seen), next: null });
    await mark(group, two, { read: message.seq });
    expect((await seenBy(message)).body.items).toContainEqual({ personId: two.id, read: true });
  });

  test('comes in pages', async () => {
    const message = await say(app, ann, group, 'Pages');
    for (const person of others) await mark(group, person, { read: message.seq });
    const walked: { personId: string; read: boolean }[] = [];
    for (let query: string | null = '?limit=2'; query !== null; ) {
      const { body }: { body: WireMessage } = await seenBy(message, query);
      expect(body.items.length).toBeLessThanOrEqual(2);
      walked.push(...body.items);
      query = body.next && `?limit=2&cursor=${body.next}`;
    }
    expect(walked).toEqual(sorted(others.map(({ id }) => ({ personId: id, read: true }))));
    expect(codeOf(await seenBy(message, '?cursor=W10'))).toBe('invalid_request');
  });

  test('is without those who came later, although their watermarks begin behind it', async () => {
    const id = await makeGroup(app, others[0] as TestPerson, [ann]);
    const message = await say(app, ann, id, 'Early');
    app.clock.advance(1_000);
    const late = await signIn(app);
    await addMember(app, id, late, { historyFrom: message.seq });
    await mark(id, others[0] as TestPerson, { read: message.seq });
    expect((await seenBy(message)).body.items).toEqual([{ personId: others[0]?.id, read: true }]);
  });

  test('is still told of who has cleared the conversation since: that is their own business', async () => {
    const reader = others[0] as TestPerson;
    const id = await makeGroup(app, reader, [ann]);
    const message = await say(app, ann, id, 'Cleared');
    await mark(id, reader, { read: message.seq });
    await app.app.database.write(async ({ sql }) => {
      const cleared = sql.updateTable('members').set({ history_from: message.seq });
      await cleared.where('conversation_id', '=', id).where('person_id', '=', reader.id).execute();
    });
    expect((await seenBy(message)).body.items).toEqual([{ personId: reader.id, read: true }]);
  });

  test('does not tell of who keeps it to themself in a direct conversation', async () => {
    const shy = await signIn(app);
    await app.app.database.write(async ({ sql }) => {
      await sql.updateTable('people').set({ read_receipts: false }).where('id', '=', shy.id).execute();
    });
    const id = await startDirect(app, ann, shy);
    const message = await say(app, ann, id, 'Read me');
    await mark(id, shy, { read: message.seq });
    expect((await seenBy(message)).body.items).toEqual([{ personId: shy.id, read: false }]);
  });

  test('is told to the sender alone', async () => {
    const message = await say(app, ann, group, 'Mine');
    expect(codeOf(await seenBy(message, '', others[0]))).toBe('not_permitted');
    expect(codeOf(await seenBy(message, '', await signIn(app)))).toBe('conversation_not_found');
    expect(codeOf(await seenBy({ ...message, id: 'no-id' }))).toBe('message_not_found');
  });
});
