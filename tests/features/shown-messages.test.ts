import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { EngineError } from '../../src/engine/shared/errors.ts';
import { actorOf, engineFace } from '../harness/engine-face.ts';
import { addMembers, createGroup } from '../harness/groups.ts';
import { pathOf, say, setBlocked, type WireMessage } from '../harness/messages.ts';
import { rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
let engine: ReturnType<typeof engineFace>;
let ann: TestPerson;
let bob: TestPerson;
let eve: TestPerson;
let id: string;
beforeAll(async () => {
  app = await startTestApp();
  engine = engineFace(app);
  eve = await signIn(app, { name: 'Eve', tokens: 'opaque' });
});
afterAll(() => app.close());
beforeEach(async () => {
  const tokens = 'opaque';
  ann = await signIn(app, { name: 'Ann', tokens });
  bob = await signIn(app, { name: 'Bob', tokens });
  id = await startDirect(app, ann, bob);
  engine.events.length = 0;
});

const history = async (person: TestPerson, query: object = {}) => {
  const { messages, more } = await engine.inbox.history(actorOf(person), id, { limit: 50, ...query });
  return { texts: messages.map(({ message }) => message.text), more };
};
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: EngineError) => error.code,
  );
const read = (person: TestPerson, seq: number) =>
  rest(app, 'PUT', `/conversations/${id}/receipt`, { token: person.token, body: { read: seq } });
const act = (person: TestPerson, method: string, message: WireMessage, below = '', body?: object) =>
  rest(app, method, pathOf(message, below), { token: person.token, body });
const hide = (person: TestPerson, message: WireMessage) =>
  rest(app, 'POST', `/conversations/${id}/messages/hidden`, {
    token: person.token,
    body: { messageIds: [message.id] },
  });

describe('a new message tells', () => {
  test('who sent it, and what it answers', async () => {
    await rest(app, 'PATCH', '/me', { token: ann.token, body: { photoUrl: 'https://example.org/ann.png' } });
    const first = await say(app, bob, id, 'x'.repeat(1_000));
    const message = { conversationId: id, kind: 'text', text: 'Yes', replyTo: first.id, clientId: '1' } as const;
    const ack = await engine.messages.send(actorOf(ann), message);
    const context = {
      sender: { id: ann.id, name: 'Ann', username: null, photoUrl: 'https://example.org/ann.png' },
      quoted: { id: first.id, seq: 1, kind: 'text', text: 'x'.repeat(300), senderId: bob.id, senderName: 'Bob' },
    };
    expect(ack).toMatchObject({ duplicate: false, ...context });
    expect(engine.told('message.created')).toEqual({ message: ack.message, ...context });
    expect(await engine.messages.send(actorOf(ann), message)).toMatchObject({ duplicate: true, ...context });
    await act(bob, 'DELETE', first);
    const again = await engine.messages.send(actorOf(ann), message);
    expect(again).toMatchObject({ duplicate: true, sender: context.sender });
    expect(again.quoted).toBeUndefined();
  });

  test('of a sender no more than everybody may see', async () => {
    await rest(app, 'PATCH', '/me', { token: ann.token, body: { photoUrl: 'https://example.org/ann.png' } });
    const photo = async () => {
      await engine.messages.send(actorOf(ann), { conversationId: id, kind: 'text', text: 'Hi' });
      return engine.told('message.created').sender.photoUrl;
    };
    expect(await photo()).toBe('https://example.org/ann.png');
    await setBlocked(app, ann, eve, true);
    expect(await photo()).toBeNull();
    await setBlocked(app, ann, eve, false);
    await rest(app, 'PATCH', '/me/privacy', { token: ann.token, body: { photo: 'contacts' } });
    expect(await photo()).toBeNull();
  });

  test('whose it was at first, where it was passed on; the native wire does not', async () => {
    const other = await startDirect(app, ann, eve);
    const first = await say(app, bob, id, 'News');
    const [copied] = await engine.messages.forward(actorOf(ann), {
      ...{ conversationId: id, messageIds: [first.id], to: [other] },
    });
    expect(copied?.results[0]).toMatchObject({ message: { text: 'News', forwardCount: 1 } });
    expect(engine.told('message.created')).toMatchObject({ forwardedFrom: { senderId: bob.id, conversationId: id } });
    const native = await rest(app, 'GET', `/conversations/${other}/messages`, { token: eve.token });
    expect(JSON.stringify(native.body)).not.toContain(bob.id);
    const [shown] = (await engine.inbox.history(actorOf(eve), other, { limit: 1 })).messages;
    expect(shown?.forwardedFrom).toEqual({ senderId: bob.id, conversationId: id });
  });
});

test('a change of a message says what has changed, and who did it', async () => {
  const [actor, message] = [actorOf(ann), await say(app, ann, id, 'One')];
  const place = { conversationId: id, messageId: message.id };
  const told = () => {
    const { change, by } = engine.told('message.updated');
    return [change, by];
  };
  await engine.messages.edit(actor, place, { text: 'Two' });
  expect(told()).toEqual(['edited', ann.id]);
  await engine.messages.pin(actorOf(bob), place);
  expect(told()).toEqual(['pinned', bob.id]);
  await engine.messages.unpin(actor, place);
  expect(told()).toEqual(['unpinned', ann.id]);
  await engine.messages.delete(actor, place);
  expect(told()).toEqual(['deleted', ann.id]);
  expect(await engine.messages.delete(actor, place)).toMatchObject({ id: message.id, text: '' });
  expect(await codeOf(engine.messages.delete(actor, place, undefined, 'refuse'))).toBe('message_deleted');
});

describe('a receipt tells', () => {
  test('which messages it came to, and which of the two has moved', async () => {
    const [one, two] = [await say(app, ann, id, 'One'), await say(app, ann, id, 'Two')];
    await engine.conversations.markReceipt(actorOf(bob), { conversationId: id, delivered: 2 });
    const receipt = { conversationId: id, personId: bob.id, read: 0, delivered: 2 };
    const at = expect.any(Date);
    const passed = { readMessages: [], deliveredMessages: [one.id, two.id] };
    const told = { ...receipt, ...passed, readMessageId: null, deliveredMessageId: two.id, at };
    expect(engine.told('receipt.updated')).toEqual(told);
    await engine.conversations.markReceipt(actorOf(bob), { conversationId: id, read: 1 });
    expect(engine.told('receipt.updated')).toMatchObject({ read: 1, readMessageId: one.id, deliveredMessageId: null });
  });

  test('all messages of the other that it has passed: once, in their order, and no deleted ones', async () => {
    const one = await say(app, ann, id, 'One');
    await say(app, bob, id, 'Mine');
    const gone = await say(app, ann, id, 'Gone');
    const [two, three] = [await say(app, ann, id, 'Two'), await say(app, ann, id, 'Three')];
    await act(ann, 'DELETE', gone);
    const passed = async (receipt: { read?: number; delivered?: number }) => {
      engine.events.length = 0;
      await engine.conversations.markReceipt(actorOf(bob), { conversationId: id, ...receipt });
      return engine.events.flatMap((event) =>
        event.type === 'receipt.updated' ? [[event.data.readMessages, event.data.deliveredMessages]] : [],
      );
    };
    expect(await passed({ read: 1 })).toEqual([[[one.id], [one.id]]]);
    expect(await passed({ delivered: 4 })).toEqual([[[], [two.id]]]);
    expect(await passed({ read: 99 })).toEqual([[[two.id, three.id], [three.id]]]);
    expect(await passed({ read: 99 })).toEqual([]);
    const { id: group } = await createGroup(app, ann, { people: [bob] });
    await say(app, ann, group, 'To all');
    await engine.conversations.markReceipt(actorOf(bob), { conversationId: group, read: 9 });
    expect(engine.told('receipt.updated')).toMatchObject({ readMessages: [], deliveredMessages: [] });
  });

  test('by name at most 1,000 messages, the newest, of a long time', async () => {
    const at = new Date(app.clock.now());
    const rows = Array.from({ length: 1_200 }, (_, i) => ({
      ...{ conversation_id: id, seq: i + 1, id: crypto.randomUUID(), sender_id: ann.id, client_id: null, rev: i + 1 },
      ...{ kind: 'text' as const, text: 'Hi', created_at: at, content: null, reply_to: null, mentions: null },
      ...{ forwarded: null, edited_at: null, deleted_at: null, deleted_by: null, pinned_at: null, pinned_by: null },
      expires_at: null,
    }));
    await app.app.database.write(async ({ sql }) => {
      await sql.insertInto('messages').values(rows).execute();
      await sql.updateTable('conversations').set({ last_seq: 1_200, rev: 1_300 }).where('id', '=', id).execute();
    });
    await engine.conversations.markReceipt(actorOf(bob), { conversationId: id, read: 1_200 });
    const { readMessages, deliveredMessages } = engine.told('receipt.updated');
    expect(readMessages).toEqual(rows.slice(200).map((row) => row.id));
    expect(deliveredMessages).toEqual(readMessages);
  });

  test('nothing of reading to who may not know it', async () => {
    await say(app, ann, id, 'One');
    await rest(app, 'PATCH', '/me/privacy', { token: bob.token, body: { readReceipts: false } });
    await engine.conversations.markReceipt(actorOf(bob), { conversationId: id, read: 1 });
    const told = engine.events.filter(({ type }) => type === 'receipt.updated');
    expect(told.map(({ audience, data }) => [audience, data])).toMatchObject([
      [{ ids: [bob.id] }, { read: 1, readMessageId: expect.any(String) }],
      [{ ids: [ann.id] }, { read: 0, readMessageId: null, deliveredMessageId: expect.any(String) }],
    ]);
    expect(told.map(({ data }) => data)).toMatchObject([
      { readMessages: [] },
      { readMessages: [], deliveredMessages: [expect.any(String)] },
    ]);
    const of = async (person: TestPerson) => {
      const [shown] = (await engine.inbox.history(actorOf(person), id, { limit: 1 })).messages;
      return [shown?.reach, shown?.receipts.find(({ personId }) => personId === bob.id)];
    };
    expect(await of(ann)).toMatchObject(['delivered', { read: 0, readAt: null, deliveredAt: expect.any(Date) }]);
    expect(await of(bob)).toMatchObject(['read', { read: 1, readAt: expect.any(Date) }]);
    // What was read in the meantime is shown with the next receipt.
    await rest(app, 'PATCH', '/me/privacy', { token: bob.token, body: { readReceipts: true } });
    await say(app, ann, id, 'Two');
    await engine.conversations.markReceipt(actorOf(bob), { conversationId: id, read: 2 });
    expect(engine.told('receipt.updated')).toMatchObject({ read: 2, readMessages: { length: 2 } });
  });

  test('when it moved last', async () => {
    for (const text of ['One', 'Two']) await say(app, ann, id, text);
    const times = async () => {
      const [shown] = (await engine.inbox.history(actorOf(ann), id, { limit: 1 })).messages;
      const { readAt, deliveredAt } = shown?.receipts.find(({ personId }) => personId === bob.id) ?? {};
      return [readAt?.getTime() ?? 0, deliveredAt?.getTime() ?? 0];
    };
    expect(await times()).toEqual([0, 0]);
    await rest(app, 'PUT', `/conversations/${id}/receipt`, { token: bob.token, body: { delivered: 2 } });
    const [, delivered] = await times();
    app.clock.advance(5_000);
    await read(bob, 1);
    const [first] = await times();
    expect(await times()).toEqual([expect.any(Number), delivered]);
    app.clock.advance(5_000);
    await read(bob, 1);
    expect(await times()).toEqual([first, delivered]);
    await read(bob, 2);
    expect((await times())[0]).toBeGreaterThanOrEqual((first as number) + 5_000);
  });
});

describe('a page of what is shown', () => {
  test('leaves out what was deleted, hidden or has vanished, and what the server wrote', async () => {
    const said: WireMessage[] = [];
    for (let n = 1; n <= 6; n += 1) said.push(await say(app, ann, id, `${n}`));
    await act(ann, 'DELETE', said[1]);
    await hide(bob, said[3]);
    await rest(app, 'PUT', `/conversations/${id}/disappearing`, { token: ann.token, body: { seconds: 3_600 } });
    await say(app, ann, id, 'Gone soon');
    expect(await history(bob)).toEqual({ texts: ['Gone soon', '6', '5', '3', '1'], more: false });
    expect(await history(ann)).toEqual({ texts: ['Gone soon', '6', '5', '4', '3', '1'], more: false });
    app.clock.advance(3_600_000);
    expect((await history(bob)).texts).toEqual(['6', '5', '3', '1']);
    expect(await history(bob, { limit: 2 })).toEqual({ texts: ['6', '5'], more: true });
    expect(await history(bob, { limit: 2, offset: 2 })).toEqual({ texts: ['3', '1'], more: false });
    expect(await history(bob, { limit: 2, offset: 4 })).toEqual({ texts: [], more: false });
    expect(await history(bob, { limit: 2, order: 'asc' })).toEqual({ texts: ['1', '3'], more: true });
    expect(await history(bob, { limit: 2, before: said[5].id })).toEqual({ texts: ['5', '3'], more: true });
    expect(await history(bob, { limit: 2, before: said[5].id, order: 'asc' })).toEqual({
      texts: ['3', '5'],
      more: true,
    });
    expect((await history(bob, { before: said[3].id })).texts).toEqual(['3', '1']);
    expect((await history(bob, { offset: 1e9 })).texts).toEqual([]);
    await rest(app, 'PUT', `/conversations/${id}/cleared`, { token: bob.token });
    expect((await history(bob)).texts).toEqual([]);
  });

  test('is for members, and goes on before a message of the conversation', async () => {
    const elsewhere = await say(app, ann, await startDirect(app, ann, eve), 'Elsewhere');
    expect(await codeOf(history(eve))).toBe('conversation_not_found');
    expect(await codeOf(engine.inbox.history(actorOf(ann), 'none', { limit: 1 }))).toBe('conversation_not_found');
    for (const before of [elsewhere.id, 'none'])
      expect(await codeOf(history(ann, { before }))).toBe('message_not_found');
  });

  test('says what an own message said before, and quotes only what is still shown', async () => {
    const first = await say(app, ann, id, 'One');
    await act(ann, 'PATCH', first, '', { text: 'Two' });
    const reply = await say(app, bob, id, { text: 'Re', replyTo: first.id });
    const shown = async (person: TestPerson) =>
      (await engine.inbox.history(actorOf(person), id, { limit: 9 })).messages;
    expect(await shown(ann)).toMatchObject([
      { message: { id: reply.id }, sender: { name: 'Bob' }, quoted: { id: first.id, text: 'Two', senderName: 'Ann' } },
      { message: { text: 'Two' }, former: [{ text: 'One', replacedAt: expect.any(Date) }] },
    ]);
    expect((await shown(bob))[1]?.former).toBeUndefined();
    await hide(bob, first);
    expect((await shown(bob)).map(({ quoted }) => quoted)).toEqual([undefined]);
    expect((await shown(ann))[0]?.quoted).toBeDefined();
  });

  test('tells by whom a message was reached: not by who came later', async () => {
    id = (await createGroup(app, ann, { people: [bob] })).id;
    const { seq } = await say(app, ann, id, 'Hi');
    const reach = async () => (await engine.inbox.history(actorOf(ann), id, { limit: 1 })).messages[0]?.reach;
    expect(await reach()).toBe('sent');
    app.clock.advance(1_000);
    await addMembers(app, ann, id, [eve.id]);
    expect(await reach()).toBe('sent');
    await read(bob, seq);
    expect(await reach()).toBe('read');
  });
});

test('one message is found by its id alone', async () => {
  const message = await say(app, ann, id, 'Hi');
  const get = (person: TestPerson, messageId: string) => engine.inbox.message(actorOf(person), messageId);
  expect(await get(bob, message.id)).toMatchObject({ message: { text: 'Hi' }, sender: { name: 'Ann' }, reach: 'sent' });
  expect(await codeOf(get(eve, message.id))).toBe('conversation_not_found');
  for (const none of ['none', ann.id]) expect(await codeOf(get(ann, none))).toBe('message_not_found');
  expect(await engine.messages.locate(message.id)).toEqual({
    ...{ conversationId: id, messageId: message.id, seq: 1, senderId: ann.id },
  });
  expect(await codeOf(engine.messages.locate(ann.id))).toBe('message_not_found');
  await hide(bob, message);
  expect(await codeOf(get(bob, message.id))).toBe('message_not_found');
  await act(ann, 'DELETE', message);
  expect(await codeOf(get(ann, message.id))).toBe('message_not_found');
});

test('messages that were found are shown by their places', async () => {
  const other = await startDirect(app, ann, eve);
  const [one, two, three] = [
    await say(app, ann, id, '1'),
    await say(app, ann, other, '2'),
    await say(app, bob, id, '3'),
  ];
  await hide(ann, three);
  const shown = await engine.inbox.show(actorOf(ann), [two, three, one]);
  expect(shown.map(({ message }) => message.text)).toEqual(['2', '1']);
  expect(await codeOf(engine.inbox.show(actorOf(bob), [two]))).toBe('conversation_not_found');
});

describe('conversations with the last message that is shown', () => {
  test('are in its order, those without any at the end', async () => {
    const me = await signIn(app);
    const places: string[] = [];
    for (const person of [ann, bob, eve]) {
      places.push(await startDirect(app, me, person));
      app.clock.advance(1_000);
    }
    const [withAnn, withBob, withEve] = places as [string, string, string];
    const listed = async (query: object = {}) => {
      const { items, total } = await engine.inbox.listShown(actorOf(me), query);
      return [items.map((item) => item.id), total];
    };
    expect(await listed()).toEqual([[withEve, withBob, withAnn], 3]);
    const hi = await say(app, ann, withAnn, 'Hi');
    const hello = await say(app, bob, withBob, 'Hello');
    expect(await listed()).toEqual([[withBob, withAnn, withEve], 3]);
    // A message of the system moves nothing.
    app.clock.advance(1_000);
    await rest(app, 'PUT', `/conversations/${withEve}/disappearing`, { token: me.token, body: { seconds: 3_600 } });
    expect(await listed()).toEqual([[withBob, withAnn, withEve], 3]);
    expect(await listed({ limit: 1, offset: 1 })).toEqual([[withAnn], 3]);
    expect(await listed({ limit: 1, offset: 9 })).toEqual([[], 3]);
    expect(await listed({ kind: 'group' })).toEqual([[], 0]);
    expect(await engine.inbox.getShown(actorOf(me), withEve)).toMatchObject({
      lastMessage: null,
      lastSender: null,
      readMessageId: null,
      readAt: null,
    });
    await rest(app, 'PUT', `/conversations/${withAnn}/receipt`, { token: me.token, body: { read: 1 } });
    expect(await engine.inbox.getShown(actorOf(me), withAnn)).toMatchObject({
      lastMessage: { text: 'Hi' },
      lastSender: { id: ann.id, name: 'Ann' },
      readMessageId: hi.id,
      readAt: expect.any(Date),
      unread: 0,
      createdBy: me.id,
      deleted: false,
    });
    await act(bob, 'DELETE', hello);
    expect(await listed()).toEqual([[withAnn, withEve, withBob], 3]);
    await rest(app, 'PATCH', `/conversations/${withAnn}/me`, { token: me.token, body: { archived: true } });
    expect(await listed({ archived: false })).toEqual([[withEve, withBob], 2]);
    expect(await codeOf(engine.inbox.getShown(actorOf(eve), withAnn))).toBe('conversation_not_found');
    await rest(app, 'DELETE', `/conversations/${withAnn}`, { token: me.token });
    const deleted = async (person: TestPerson) => (await engine.inbox.getShown(actorOf(person), withAnn)).deleted;
    expect([await deleted(me), await deleted(ann), await listed()]).toEqual([true, false, [[withEve, withBob], 2]]);
    await say(app, ann, withAnn, 'Again');
    expect([await deleted(me), (await listed())[1]]).toEqual([false, 3]);
  });
});
