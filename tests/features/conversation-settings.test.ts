import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { day, minute } from '../../src/engine/shared/clock.ts';
import { expectInSync } from '../harness/expect-in-sync.ts';
import { connect, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { plantGroup } from '../harness/plant-group.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
let ann: TestPerson;
let bob: TestPerson;
beforeAll(async () => {
  app = await startTestApp();
  [ann, bob] = [await signIn(app), await signIn(app)];
});
afterAll(() => app.close());

const set = (id: string, body: object, person = ann) =>
  rest(app, 'PATCH', `/conversations/${id}/me`, { token: person.token, body });
const get = async (id: string, person = ann) =>
  (await rest(app, 'GET', `/conversations/${id}`, { token: person.token })).body;
const send = (from: TestPerson, id: string, text = 'Hi') =>
  rest(app, 'POST', `/conversations/${id}/messages`, { token: from.token, body: { text } });
const read = (id: string, seq: number, person = ann) =>
  rest(app, 'PUT', `/conversations/${id}/receipt`, { token: person.token, body: { read: seq } });
const unread = async (person = ann) => (await rest(app, 'GET', '/unread', { token: person.token })).body;
const listed = async (query: string, person = ann) =>
  (await rest(app, 'GET', `/conversations?${query}`, { token: person.token })).body.items.map(
    ({ id }: { id: string }) => id,
  );
const later = (milliseconds: number) => new Date(app.clock.now() + milliseconds).toISOString();

/** A conversation of two new people, with messages of the other. */
async function chat(messages = 2): Promise<string> {
  [ann, bob] = [await signIn(app), await signIn(app)];
  const id = await startDirect(app, ann, bob);
  for (let i = 0; i < messages; i += 1) await send(bob, id, `Message ${i + 1}`);
  return id;
}

describe('a setting of a conversation', () => {
  const forEver = '9999-12-31T23:59:59.999Z';
  test.each([
    ['muted until a time', { mutedUntil: '2999-01-01T00:00:00+01:00' }, { mutedUntil: '2998-12-31T23:00:00.000Z' }],
    ['muted for ever', { mutedUntil: forEver }, { mutedUntil: forEver }],
    ['archived', { archived: true }, { archived: true }],
    ['pinned', { pinned: true }, { pinnedAt: expect.any(String) }],
    ['marked as unread', { markedUnread: true }, { markedUnread: true }],
    ['a name', { customName: ' Mum ' }, { customName: 'Mum' }],
    [
      'preferences of the client',
      { preferences: { notifications: false, autoDownload: { videos: true } } },
      { preferences: { notifications: false, autoDownload: { photos: true, videos: true, documents: false } } },
    ],
    [
      'all at once',
      { mutedUntil: forEver, archived: true, pinned: true, markedUnread: true, customName: 'Mum' },
      { mutedUntil: forEver, archived: true, markedUnread: true, customName: 'Mum' },
    ],
  ])('%s: is told to my devices alone, and can be taken back', async (_what, wanted, shown) => {
    const id = await chat();
    const other = await connect(app, bob.token);
    const before = await get(id, bob);
    const answer = await expectInSync(app, [ann, ann, bob], () => set(id, wanted));
    expect(answer).toMatchObject({
      status: 200,
      body: { conversationId: id, me: { ...shown, version: 1 }, unread: 2 },
    });
    expect((await get(id)).me).toEqual(answer.body.me);

    const again = await expectInSync(app, [ann, bob], () => set(id, wanted));
    expect(again.body).toEqual(answer.body);

    const preferences = { notifications: true, autoDownload: { photos: true, videos: false, documents: false } };
    const none = {
      mutedUntil: null,
      archived: false,
      pinned: false,
      markedUnread: false,
      customName: null,
      preferences,
    };
    const back = await expectInSync(app, [ann, ann, bob], () => set(id, none));
    const { pinned: _, ...rest } = none;
    expect(back.body.me).toMatchObject({ ...rest, pinnedAt: null, version: 2 });

    await other.settled();
    expect(other.events).toEqual([]);
    expect(await get(id, bob)).toEqual(before);
    other.close();
  });

  test('the connection that makes it gets the answer, and not the event as well', async () => {
    const id = await chat();
    const [here, there] = [await connect(app, ann.token), await connect(app, ann.token)];
    const answer = await here.command('conversations.updateMine', { conversationId: id, pinned: true });
    expect(await there.next('inbox.updated')).toEqual(answer);
    await here.command('conversations.updateMine', { conversationId: id, pinned: true });
    for (const device of [here, there]) {
      await device.settled();
      expect(device.events).toEqual([]);
      device.close();
    }
  });

  test.each([
    ['an unknown setting', { colour: 'red' }, '/colour'],
    ['a time that is none', { mutedUntil: 'tomorrow' }, '/mutedUntil'],
    ['a time beyond the year 9999', { mutedUntil: '+275760-09-13T00:00:00.000Z' }, '/mutedUntil'],
    ['a day that is none', { mutedUntil: '2030-02-31T00:00:00Z' }, '/mutedUntil'],
    ['an empty name', { customName: '' }, '/customName'],
    ['a blank name', { customName: '   ' }, '/customName'],
    ['a long name', { customName: 'x'.repeat(101) }, '/customName'],
    ['a word for yes', { pinned: 'yes' }, '/pinned'],
    ['an unknown preference', { preferences: { sound: true } }, '/preferences/sound'],
    ['a preference that is none', { preferences: { autoDownload: { photos: 1 } } }, '/preferences/autoDownload/photos'],
  ])('refuses %s and changes nothing', async (_what, body, path) => {
    const id = await chat(0);
    const answer = await set(id, { archived: true, ...body });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', details: { path } } } });
    expect((await get(id)).me).toMatchObject({ archived: false, version: 0 });
  });

  test('two devices that change it at once both succeed, and every version is told', async () => {
    const id = await chat();
    await expectInSync(app, [ann, ann, bob], () =>
      Promise.all([
        set(id, { pinned: true }),
        set(id, { customName: 'One' }),
        set(id, { archived: true }),
        set(id, { mutedUntil: later(day) }),
      ]),
    );
    expect((await get(id)).me).toMatchObject({ archived: true, customName: 'One', version: 4 });
  });
});

describe('the archive', () => {
  test('ends by a new message, of whomever', async () => {
    const id = await chat();
    for (const from of ['ann', 'bob']) {
      await set(id, { archived: true });
      expect([await listed('archived=true'), await listed('archived=false'), await listed('')]).toEqual([
        [id],
        [],
        [id],
      ]);
      await expectInSync(app, [ann, ann, bob], () => send(from === 'ann' ? ann : bob, id));
      expect([await listed('archived=true'), await listed('archived=false')]).toEqual([[], [id]]);
    }
  });

  test('keeps what is muted when a message comes, also once the time is over, until the next message', async () => {
    const id = await chat();
    await set(id, { archived: true, mutedUntil: later(minute) });
    await expectInSync(app, [ann, ann, bob], () => send(bob, id));
    expect((await get(id)).me.archived).toBe(true);
    await expectInSync(app, [ann, bob], async () => app.clock.advance(2 * minute));
    expect(await listed('archived=true')).toEqual([id]);
    await expectInSync(app, [ann, ann, bob], () => send(bob, id));
    expect(await listed('archived=true')).toEqual([]);
    // Nor does muting put back what a message has brought out.
    await expectInSync(app, [ann, ann], () => set(id, { mutedUntil: later(minute) }));
    expect((await get(id)).me.archived).toBe(false);
  });

  test('keeps it when it is unmuted', async () => {
    const id = await chat();
    await set(id, { archived: true, mutedUntil: later(minute) });
    await send(bob, id);
    await expectInSync(app, [ann, ann], () => set(id, { mutedUntil: null }));
    expect((await get(id)).me.archived).toBe(true);
    await expectInSync(app, [ann, ann, bob], () => send(bob, id));
    expect((await get(id)).me.archived).toBe(false);
  });

  test('is listed in pages without doubles and holes', async () => {
    const me = await signIn(app);
    const ids: string[] = [];
    for (let i = 0; i < 9; i += 1) {
      app.clock.advance(1_000);
      const id = await startDirect(app, me, await signIn(app));
      if (i % 2 === 0) await set(id, { archived: true }, me);
      ids.unshift(id);
    }
    for (const archived of [true, false]) {
      const seen: string[] = [];
      for (let cursor = ''; ; ) {
        const path = `/conversations?archived=${archived}&limit=2${cursor && `&cursor=${cursor}`}`;
        const page = (await rest(app, 'GET', path, { token: me.token })).body;
        seen.push(...page.items.map(({ id }: { id: string }) => id));
        if (page.next === null) break;
        cursor = page.next;
      }
      expect(seen).toEqual(ids.filter((_, i) => (i % 2 === 0) === archived));
    }
  });
});

describe('a mark as unread', () => {
  test('ends when I read on, on all my devices', async () => {
    const id = await chat(3);
    await read(id, 1);
    await set(id, { markedUnread: true });
    const [here, there] = [await connect(app, ann.token), await connect(app, ann.token)];
    await here.command('receipts.mark', { conversationId: id, read: 2 });
    for (const device of [here, there]) {
      expect(await device.next('inbox.updated')).toMatchObject({ me: { markedUnread: false, version: 2, read: 2 } });
      device.close();
    }
    await set(id, { markedUnread: true });
    await expectInSync(app, [ann, ann, bob], () => read(id, 3));
    expect((await get(id)).me).toMatchObject({ markedUnread: false, version: 4 });
  });

  test('stays when nothing more is read: by a stale receipt, by a delivery, or by the other', async () => {
    const id = await chat(2);
    await read(id, 1);
    await set(id, { markedUnread: true });
    await expectInSync(app, [ann, ann, bob], () => read(id, 1));
    await expectInSync(app, [ann, ann, bob], () =>
      rest(app, 'PUT', `/conversations/${id}/receipt`, { token: ann.token, body: { delivered: 2 } }),
    );
    await send(ann, id);
    await expectInSync(app, [ann, ann, bob], () => read(id, 3, bob));
    expect((await get(id)).me).toMatchObject({ markedUnread: true, version: 1 });
  });

  test('counts as one unread conversation, without a message', async () => {
    const id = await chat(0);
    await set(id, { markedUnread: true });
    expect(await unread()).toEqual({ messages: 0, conversations: 1, mutedMessages: 0, mutedConversations: 0 });
    expect((await get(id)).unread).toBe(0);
    await send(bob, id);
    expect(await unread()).toMatchObject({ messages: 1, conversations: 1 });
  });
});

test('the badge counts muted conversations by themselves, and archived ones not at all', async () => {
  const id = await chat(2);
  const count = (messages: number, conversations: number, mutedMessages: number, mutedConversations: number) => ({
    messages,
    conversations,
    mutedMessages,
    mutedConversations,
  });
  expect(await unread()).toEqual(count(2, 1, 0, 0));
  await set(id, { mutedUntil: later(minute) });
  expect(await unread()).toEqual(count(0, 0, 2, 1));
  await set(id, { archived: true });
  expect(await unread()).toEqual(count(0, 0, 0, 0));
  await set(id, { archived: false });
  app.clock.advance(2 * minute);
  expect(await unread()).toEqual(count(2, 1, 0, 0));
});

describe('pins', () => {
  test('are shown in the list, and are at most 50, also when two are set at once', async () => {
    const me = await signIn(app);
    const ids: string[] = [];
    for (let i = 0; i < 52; i += 1) ids.push(await startDirect(app, me, await signIn(app)));
    for (const id of ids.slice(0, 49)) expect((await set(id, { pinned: true }, me)).status).toBe(200);
    const race = await Promise.all(ids.slice(49).map((id) => set(id, { pinned: true }, me)));
    expect(race.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const refused = race.find(({ status }) => status === 409);
    expect(refused?.body.error).toMatchObject({ code: 'limit_reached', details: { limit: 50 } });
    const { items } = (await rest(app, 'GET', '/conversations?limit=200', { token: me.token })).body;
    expect(items.filter((item: { me: { pinnedAt: string | null } }) => item.me.pinnedAt !== null)).toHaveLength(50);
    // One that is pinned already is no more than before, and one that is let go makes room.
    expect((await set(ids[0] as string, { pinned: true }, me)).status).toBe(200);
    await set(ids[0] as string, { pinned: false }, me);
    const free = ids.slice(49)[race.findIndex(({ status }) => status === 409)] as string;
    expect((await set(free, { pinned: true }, me)).status).toBe(200);
  });
});

test('blocking and unblocking changes what is unread in groups, on my devices alone', async () => {
  const [me, nasty, nice] = [await signIn(app), await signIn(app), await signIn(app)];
  const group = await plantGroup(app, [nice, nasty, me]);
  const quiet = await plantGroup(app, [nice, nasty, me]);
  const direct = await startDirect(app, me, nasty);
  for (const [from, id] of [
    [nasty, group],
    [nice, group],
    [nasty, group],
    [nice, quiet],
    [nasty, direct],
  ] as const) {
    await send(from, id);
  }
  const other = await connect(app, nice.token);
  const device = await connect(app, me.token);
  const block = (method: string) => rest(app, method, `/blocks/${nasty.id}`, { token: me.token });
  const counts = async () =>
    Promise.all([group, quiet, direct].map(async (id) => (await get(id, me)).unread as number));
  expect(await counts()).toEqual([3, 1, 1]);

  expect((await expectInSync(app, [me, me, nice, nasty], () => block('PUT'))).status).toBe(200);
  expect(await counts()).toEqual([1, 1, 0]);
  expect(await unread(me)).toMatchObject({ messages: 2, conversations: 2 });
  await device.settled();
  const told = device.events.splice(0).filter(({ type }) => type === 'inbox.updated');
  expect(told.map(({ data }) => [data.conversationId, data.unread]).sort()).toEqual(
    [
      [group, 1],
      [direct, 0],
    ].sort(),
  );

  // Again changes nothing; what they say now does not count either.
  await expectInSync(app, [me, me], () => block('PUT'));
  await expectInSync(app, [me, me, nice], () => send(nasty, group));
  expect(await counts()).toEqual([1, 1, 0]);
  await rest(app, 'PUT', `/conversations/${direct}/receipt`, { token: me.token, body: { read: 1 } });
  await expectInSync(app, [me, me, nice, nasty], () => block('DELETE'));
  expect(await counts()).toEqual([4, 1, 0]);

  await other.settled();
  expect(other.events.filter(({ type }) => type !== 'message.created')).toEqual([]);
  for (const one of [other, device]) one.close();
});
