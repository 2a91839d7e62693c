import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expectInSync } from '../harness/expect-in-sync.ts';
import { connect, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { plantGroup } from '../harness/plant-group.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
let ann: TestPerson;
let bob: TestPerson;
let id: string;
/** Of Bob but for the last, which is Ann's. */
let messages: { id: string; seq: number; text: string }[];
beforeAll(async () => {
  app = await startTestApp();
});
beforeEach(async () => {
  [ann, bob] = [await signIn(app), await signIn(app)];
  id = await startDirect(app, ann, bob);
  messages = [];
  for (const text of ['One', 'Two', 'Three']) messages.push(await send(bob, id, text));
  messages.push(await send(ann, id, 'Mine'));
});
afterAll(() => app.close());

const call = (method: string, path: string, person = ann, body?: object) =>
  rest(app, method, path, { token: person.token, ...(body && { body }) });
const send = async (from: TestPerson, conversationId: string, text = 'Hi') =>
  (await call('POST', `/conversations/${conversationId}/messages`, from, { text })).body.message;
const get = async (person = ann) => (await call('GET', `/conversations/${id}`, person)).body;
const history = async (person = ann) => (await call('GET', `/conversations/${id}/messages`, person)).body.items;
const unread = async () => (await call('GET', '/unread')).body.messages;
const idsOf = (...at: number[]) => at.map((i) => messages[i]?.id as string);
const hide = (messageIds: string[], person = ann) =>
  call('POST', `/conversations/${id}/messages/hidden`, person, { messageIds });
const star = (at: number, method = 'PUT', person = ann) =>
  call(method, `/conversations/${id}/messages/${messages[at]?.id}/star`, person);
const starred = async (query = '', person = ann) => (await call('GET', `/starred${query}`, person)).body;
const starredIds = async (query = '') => (await starred(query)).items.map((item: { id: string }) => item.id);
/** As deleting for everybody leaves a message. */
const deleteForAll = (seq: number) =>
  app.app.database.write(({ sql }) =>
    sql
      .updateTable('messages')
      .set({ deleted_at: new Date(app.clock.now()), text: '', changed: true })
      .where('conversation_id', '=', id)
      .where('seq', '=', seq)
      .execute(),
  );

describe('a message that I have deleted for myself', () => {
  test('keeps its place without what it said, for me alone', async () => {
    const other = await connect(app, bob.token);
    const before = [await get(bob), await history(bob)];
    const answer = await expectInSync(app, [ann, ann, bob], () => hide(idsOf(0, 3)));
    const mark = (at: number) => ({ messageId: messages[at]?.id, seq: at + 1, hidden: true, starred: false });
    expect(answer).toMatchObject({ status: 200, body: { unread: 2, lastMessage: { text: 'Three' } } });
    expect(answer.body.marks).toEqual(expect.arrayContaining([mark(0), mark(3)]));
    expect(answer.body.marks).toHaveLength(2);

    const shown = await history();
    expect(shown.map(({ text }: { text: string }) => text)).toEqual(['', 'Two', 'Three', '']);
    expect(shown.map(({ hidden }: { hidden?: true }) => hidden)).toEqual([true, undefined, undefined, true]);
    const one = (await call('GET', `/conversations/${id}/messages/${messages[0]?.id}`)).body;
    expect(one).toEqual(shown[0]);
    const fresh = (await call('POST', '/sync', ann, {})).body.changes[0];
    expect(fresh.messages).toEqual(shown);
    expect(fresh.conversation).toMatchObject({ unread: 2, lastMessage: { text: 'Three' } });
    expect(await unread()).toBe(2);

    await other.settled();
    expect(other.events).toEqual([]);
    expect([await get(bob), await history(bob)]).toEqual(before);
    other.close();
  });

  test('is hidden once: doing it again, or naming it twice, changes nothing more', async () => {
    await expectInSync(app, [ann, bob], () => hide([...idsOf(1), ...idsOf(1)]));
    const again = await expectInSync(app, [ann, bob], () => hide(idsOf(1)));
    expect(again.body).toMatchObject({ marks: [], unread: 2, me: { version: 1 } });
    // Of two at once, each message counts once.
    await expectInSync(app, [ann, ann, bob], () => Promise.all([hide(idsOf(0, 2)), hide(idsOf(2, 1))]));
    expect(await unread()).toBe(0);
  });

  test('is known to be so by a device that was away', async () => {
    const device = await call('POST', '/sync', ann, {});
    const { conversation } = device.body.changes[0];
    await hide(idsOf(2));
    await star(1);
    const known = { id, seq: 4, rev: conversation.rev, mine: 0, version: conversation.version };
    const [change] = (await call('POST', '/sync', ann, { known: [known] })).body.changes;
    expect(change).toMatchObject({
      reset: false,
      messages: [],
      changed: [
        { seq: 2, text: 'Two', starred: true },
        { seq: 3, text: '', hidden: true },
      ],
    });
  });

  test('can be neither answered nor starred', async () => {
    await hide(idsOf(0));
    const reply = await call('POST', `/conversations/${id}/messages`, ann, { text: 'Re', replyTo: messages[0]?.id });
    for (const answer of [reply, await star(0), await star(0, 'DELETE')]) {
      expect(answer).toMatchObject({ status: 404, body: { error: { code: 'message_not_found' } } });
    }
  });

  test('all of them: there is no last message, and the list still shows the conversation', async () => {
    await expectInSync(app, [ann, ann, bob], () => hide(idsOf(0, 1, 2, 3)));
    expect(await get()).toMatchObject({ lastMessage: null, unread: 0, lastSeq: 4 });
    await expectInSync(app, [ann, ann, bob], () => send(bob, id, 'Four'));
    expect(await get()).toMatchObject({ lastMessage: { text: 'Four' }, unread: 1 });
  });

  test.each([
    ['one that is not there', ['01900000-0000-7000-8000-000000000000'], 404, '/messageIds/1'],
    ['what is no id', ['no-id'], 404, '/messageIds/1'],
    ['none', null, 400, '/messageIds'],
    ['too many', Array.from({ length: 100 }, (_, i) => `id-${i}`), 400, '/messageIds'],
  ])('%s: refused, and nothing is hidden', async (_what, more, status, path) => {
    const answer = await hide(more ? [...idsOf(0), ...more] : []);
    expect(answer).toMatchObject({ status, body: { error: { details: { path } } } });
    expect((await history())[0].text).toBe('One');
  });

  test('of another conversation is not found', async () => {
    const other = await startDirect(app, ann, await signIn(app));
    const path = `/conversations/${other}/messages/hidden`;
    expect(await call('POST', path, ann, { messageIds: idsOf(0) })).toMatchObject({ status: 404 });
  });
});

describe('a star', () => {
  test('is mine alone, on all my devices, and can be taken back', async () => {
    const other = await connect(app, bob.token);
    const answer = await expectInSync(app, [ann, ann, bob], () => star(1));
    const mark = { messageId: messages[1]?.id, seq: 2, hidden: false };
    expect(answer).toMatchObject({ status: 200, body: { marks: [{ ...mark, starred: true }], me: { version: 1 } } });
    expect((await history())[1].starred).toBe(true);
    expect((await history(bob))[1].starred).toBeUndefined();
    const again = await expectInSync(app, [ann, bob], () => star(1));
    expect(again.body).toMatchObject({ marks: [], me: { version: 1 } });

    const back = await expectInSync(app, [ann, ann, bob], () => star(1, 'DELETE'));
    expect(back).toMatchObject({ status: 200, body: { marks: [{ ...mark, starred: false }], me: { version: 2 } } });
    expect((await star(1, 'DELETE')).body.me.version).toBe(2);
    expect((await history())[1].starred).toBeUndefined();
    await other.settled();
    expect(other.events).toEqual([]);
    other.close();
  });

  test('on what was deleted for everybody is refused, but can be taken away', async () => {
    await star(1);
    await deleteForAll(1);
    await deleteForAll(2);
    expect(await star(0)).toMatchObject({ status: 409, body: { error: { code: 'message_deleted' } } });
    expect(await starredIds()).toEqual([]);
    expect((await star(1, 'DELETE')).status).toBe(200);
  });
});

describe('the starred messages', () => {
  test('on what has vanished is refused, and what was starred is listed no more, also before it is swept', async () => {
    await star(0);
    const { id: vanishing } = messages[0] as { id: string };
    const expired = new Date(app.clock.now() - 1);
    await app.app.database.write(({ sql }) =>
      sql
        .updateTable('messages')
        .set({ expires_at: expired })
        .where('conversation_id', '=', id)
        .where('seq', '<=', 2)
        .execute(),
    );
    const [again, listed] = [await star(1), await starredIds()];
    expect(again).toMatchObject({ status: 409, body: { error: { code: 'message_deleted' } } });
    expect(listed).not.toContain(vanishing);
  });

  test('are listed in pages, the last starred first, of all conversations or of one', async () => {
    const cy = await signIn(app);
    const group = await plantGroup(app, [cy, ann]);
    const inGroup = [];
    for (const text of ['A', 'B', 'C']) inGroup.push(await send(cy, group, text));
    const order: { place: string; id: string }[] = [];
    for (let i = 0; i < 3; i += 1) {
      // Two of each moment.
      app.clock.advance(1_000);
      for (const [place, message] of [
        [id, messages[i]],
        [group, inGroup[i]],
      ] as const) {
        await call('PUT', `/conversations/${place}/messages/${message.id}/star`);
        order.unshift({ place, id: message.id });
      }
    }
    const paged = async (query: string): Promise<string[]> => {
      const seen: string[] = [];
      for (let cursor = ''; ; ) {
        const page = await starred(`?limit=2${query}${cursor && `&cursor=${cursor}`}`);
        seen.push(...page.items.map((item: { id: string }) => item.id));
        if (page.next === null) return seen;
        cursor = page.next;
      }
    };
    expect(await starredIds()).toEqual(order.map((one) => one.id));
    expect(await paged('')).toEqual(order.map((one) => one.id));
    for (const place of [id, group]) {
      expect(await paged(`&conversationId=${place}`)).toEqual(
        order.filter((one) => one.place === place).map((one) => one.id),
      );
    }
    expect((await starred('', cy)).items).toEqual([]);
  });

  test('are only those that I can see', async () => {
    for (const at of [0, 1, 2, 3]) await star(at);
    await expectInSync(app, [ann, ann, bob], () => hide(idsOf(0)));
    await deleteForAll(2);
    expect((await starredIds()).sort()).toEqual(idsOf(2, 3).sort());
    await call('PUT', `/conversations/${id}/cleared`);
    expect(await starredIds()).toEqual([]);

    const cy = await signIn(app);
    const group = await plantGroup(app, [cy, ann]);
    const message = await send(cy, group);
    await call('PUT', `/conversations/${group}/messages/${message.id}/star`);
    expect(await starredIds()).toEqual([message.id]);
    await app.app.database.write(({ sql }) =>
      sql
        .updateTable('members')
        .set({ left_at: new Date(app.clock.now()) })
        .where('conversation_id', '=', group)
        .where('person_id', '=', ann.id)
        .execute(),
    );
    expect(await starredIds()).toEqual([]);
    expect(await call('GET', `/starred?conversationId=${group}`)).toMatchObject({ status: 404 });
  });

  test.each([
    ['a cursor of another list', '?cursor=WzEsMl0', 400, 'invalid_request'],
    ['a conversation of others', '?conversationId=01900000-0000-7000-8000-000000000000', 404, 'conversation_not_found'],
    ['what is no id', '?conversationId=no-id', 404, 'conversation_not_found'],
  ])('of %s are refused', async (_what, query, status, code) => {
    expect(await call('GET', `/starred${query}`)).toMatchObject({ status, body: { error: { code } } });
  });
});
