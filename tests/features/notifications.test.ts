import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { day, hour, minute } from '../../src/engine/shared/clock.ts';
import { addMembers, createGroup, leave, removeMember } from '../harness/groups.ts';
import { codeOf, pathOf, say, setBlocked, type WireMessage } from '../harness/messages.ts';
import { connect, type Device, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';
import { until } from '../harness/until.ts';

let app: TestApp;
let ann: TestPerson;
let bob: TestPerson;
let id: string;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  ann = await signIn(app, { name: 'Ann', tokens: 'opaque' });
  bob = await signIn(app, { name: 'Bob', tokens: 'opaque' });
  await turnOn(bob);
  id = await startDirect(app, ann, bob);
});

const call = async (person: TestPerson, method: string, path: string, body?: object) => {
  const answer = await rest(app, method, path, { token: person.token, ...(body && { body }) });
  return answer.status < 300 ? answer.body : codeOf(answer);
};
const turnOn = (person: TestPerson) => call(person, 'PATCH', '/notifications/preferences', { enabled: true });
const listOf = (person: TestPerson, query = '') => call(person, 'GET', `/notifications${query}`);
const said = async (person: TestPerson, query = ''): Promise<[kind: string, body: string, read: boolean][]> =>
  (await listOf(person, query)).items.map(({ kind, body, readAt }: WireMessage) => [kind, body, readAt !== null]);
const unreadOf = async (person: TestPerson): Promise<number> =>
  (await call(person, 'GET', '/notifications/unread')).unread;
const read = (person: TestPerson, seq: number, conversationId = id) =>
  call(person, 'PUT', `/conversations/${conversationId}/receipt`, { read: seq });
const mine = (person: TestPerson, body: object, conversationId = id) =>
  call(person, 'PATCH', `/conversations/${conversationId}/me`, body);

describe('a message in a direct conversation', () => {
  test('notifies the other once, on all devices, with the name and the beginning', async () => {
    const devices = [await connect(app, bob.token), await connect(app, bob.token)];
    const own = await connect(app, ann.token);
    const long = '😀'.repeat(150);
    const message = await say(app, ann, id, long);
    const shown = {
      ...{ id: message.id, kind: 'message', conversationId: id, messageId: message.id, messageKind: 'text' },
      actor: { id: ann.id, name: 'Ann', username: null, photoUrl: null },
      ...{ title: 'Ann', body: '😀'.repeat(100), createdAt: message.createdAt, readAt: null },
    };
    for (const device of devices) {
      await device.settled();
      const told = device.events.filter(({ type }) => type.startsWith('notif') || type === 'message.created');
      expect(told.map(({ type }) => type)).toEqual(['message.created', 'notification.created']);
      expect(told[1]?.data).toEqual({ notification: shown });
    }
    await own.settled();
    expect(own.events.filter(({ type }) => type.startsWith('notif'))).toEqual([]);
    expect(await listOf(bob)).toEqual({ items: [shown], next: null, unread: 1 });
    for (const device of [...devices, own]) device.close();
  });

  test('notifies nobody who has not turned it on', async () => {
    await say(app, bob, id, 'Hi');
    expect(await listOf(ann)).toEqual({ items: [], next: null, unread: 0 });
    await turnOn(ann);
    expect(await unreadOf(ann)).toBe(0);
    await say(app, bob, id, 'Now');
    expect(await said(ann)).toEqual([['message', 'Now', false]]);
  });

  test('that is sent twice under one clientId notifies once', async () => {
    for (let i = 0; i < 2; i += 1) {
      await rest(app, 'POST', `/conversations/${id}/messages`, {
        token: ann.token,
        body: { text: 'Hi', clientId: '1' },
      });
    }
    expect(await unreadOf(bob)).toBe(1);
  });

  test('of another kind is told by its caption or its kind', async () => {
    await say(app, ann, id, { kind: 'location', content: { latitude: 1, longitude: 2 } });
    expect((await listOf(bob)).items[0]).toMatchObject({ body: 'location', messageKind: 'location' });
  });
});

describe('what a notification says', () => {
  test('is what the message says now, and goes with it', async () => {
    const [one, two] = [await say(app, ann, id, 'One'), await say(app, ann, id, 'Two')];
    await call(ann, 'PATCH', pathOf(one), { text: 'Edited' });
    expect(await said(bob)).toEqual([
      ['message', 'Two', false],
      ['message', 'Edited', false],
    ]);
    await call(ann, 'DELETE', pathOf(two));
    expect(await listOf(bob)).toMatchObject({ items: [{ body: 'Edited' }], unread: 1 });
    await rest(app, 'POST', `/conversations/${id}/messages/hidden`, {
      token: bob.token,
      body: { messageIds: [one.id] },
    });
    expect(await listOf(bob)).toMatchObject({ items: [], unread: 0 });
  });

  test('names nobody whose account is gone', async () => {
    await say(app, ann, id, 'Bye');
    await call(ann, 'DELETE', '/me');
    expect((await listOf(bob)).items).toMatchObject([{ actor: null, title: '', body: 'Bye' }]);
  });

  test('vanishes with a message that vanishes, also before it is emptied', async () => {
    await call(ann, 'PUT', `/conversations/${id}/disappearing`, { seconds: 3_600 });
    await say(app, ann, id, 'Soon gone');
    expect(await unreadOf(bob)).toBe(1);
    app.clock.advance(2 * hour);
    expect(await listOf(bob)).toMatchObject({ items: [], unread: 0 });
  });
});

describe('who is not notified', () => {
  test('of a conversation that is muted: nothing, until it is not any more', async () => {
    await mine(bob, { mutedUntil: new Date(app.clock.now() + hour).toISOString() });
    await say(app, ann, id, 'Muted');
    app.clock.advance(hour + minute);
    await say(app, ann, id, 'Heard');
    await mine(bob, { preferences: { notifications: false } });
    await say(app, ann, id, 'Off');
    expect(await said(bob)).toEqual([['message', 'Heard', false]]);
  });

  test('of a kind that is off, or all of them', async () => {
    const change = (body: object) => call(bob, 'PATCH', '/notifications/preferences', body);
    const on = { message: true, mention: true, group_added: true };
    expect(await call(bob, 'GET', '/notifications/preferences')).toEqual({ enabled: true, kinds: on });
    expect(await change({ kinds: { message: false } })).toEqual({ enabled: true, kinds: { ...on, message: false } });
    await say(app, ann, id, 'Not told');
    const off = { message: false, mention: false, group_added: false };
    expect(await change({ enabled: false })).toEqual({ enabled: false, kinds: off });
    await say(app, ann, id, 'Nor this');
    expect(await change({ enabled: true })).toEqual({ enabled: true, kinds: on });
    await say(app, ann, id, 'But this');
    expect(await said(bob)).toEqual([['message', 'But this', false]]);
    expect(await call(ann, 'GET', '/notifications/preferences')).toEqual({ enabled: false, kinds: off });
  });

  test('an archived conversation does notify, and a blocked person is not heard of', async () => {
    await mine(bob, { archived: true });
    await say(app, ann, id, 'From the archive');
    expect(await unreadOf(bob)).toBe(1);
    await setBlocked(app, bob, ann, true);
    expect(await listOf(bob)).toMatchObject({ items: [], unread: 0 });
    const refused = await rest(app, 'POST', `/conversations/${id}/messages`, {
      token: ann.token,
      body: { text: 'Hey' },
    });
    expect(refused.status).toBe(403);
    await setBlocked(app, bob, ann, false);
    expect(await listOf(bob)).toMatchObject({ items: [{ body: 'From the archive' }], unread: 1 });
  });

  test('an account that is deleted leaves no feed', async () => {
    await say(app, ann, id, 'Hi');
    await call(bob, 'DELETE', '/me');
    const left = await app.app.database.read(({ sql }) =>
      sql.selectFrom('notifications').select('id').where('person_id', '=', bob.id).execute(),
    );
    expect(left).toEqual([]);
  });
});

describe('reading', () => {
  let device: Device;
  beforeEach(async () => {
    device = await connect(app, bob.token);
  });
  const toldOf = async (type: string) => {
    await device.settled();
    return device.events.splice(0).flatMap((event) => (event.type === type ? [event.data] : []));
  };

  test('on in a conversation reads its notifications up to there, and tells the devices', async () => {
    const other = await startDirect(app, await signIn(app, { tokens: 'opaque' }), bob);
    for (const text of ['One', 'Two', 'Three']) await say(app, ann, id, text);
    await read(bob, 2);
    const readAt = expect.any(String);
    expect(await toldOf('notifications.read')).toEqual([{ conversationId: id, upTo: 2, readAt }]);
    expect(await said(bob)).toEqual([
      ['message', 'Three', false],
      ['message', 'Two', true],
      ['message', 'One', true],
    ]);
    expect(await said(bob, '?unread=true')).toEqual([['message', 'Three', false]]);
    await read(bob, 2);
    await call(bob, 'PUT', `/conversations/${other}/receipt`, { read: 3 });
    expect(await toldOf('notifications.read')).toEqual([]);
    await read(bob, 9);
    expect(await toldOf('notifications.read')).toHaveLength(1);
    expect(await unreadOf(bob)).toBe(0);
    device.close();
  });

  test('a notification leaves its message unread, and can be done again', async () => {
    const { id: one } = await say(app, ann, id, 'One');
    const first = await call(bob, 'PUT', `/notifications/${one}/read`);
    expect(first.notification).toMatchObject({ id: one, body: 'One', readAt: expect.any(String) });
    app.clock.advance(minute);
    expect(await call(bob, 'PUT', `/notifications/${one}/read`)).toEqual(first);
    expect(await toldOf('notifications.read')).toEqual([{ ids: [one], readAt: first.notification.readAt }]);
    expect((await call(bob, 'GET', `/conversations/${id}`)).unread).toBe(1);
    for (const nobodys of ['', '0', 'undefined', crypto.randomUUID()].filter(Boolean)) {
      expect(await call(bob, 'PUT', `/notifications/${nobodys}/read`)).toBe('notification_not_found');
    }
    expect(await call(ann, 'PUT', `/notifications/${one}/read`)).toBe('notification_not_found');
    device.close();
  });

  test('all, or all of a kind, tells once', async () => {
    const { id: group } = await createGroup(app, ann, { people: [bob] });
    for (const text of ['One', 'Two']) await say(app, ann, id, text);
    expect(await call(bob, 'POST', '/notifications/read', { kind: 'message' })).toEqual({ marked: 2 });
    expect(await said(bob, '?unread=true')).toEqual([['group_added', 'Group', false]]);
    await say(app, ann, group, 'Hi all');
    expect(await call(bob, 'POST', '/notifications/read', {})).toEqual({ marked: 1 });
    expect(await call(bob, 'POST', '/notifications/read', {})).toEqual({ marked: 0 });
    const readAt = expect.any(String);
    expect(await toldOf('notifications.read')).toEqual([
      { kinds: ['message'], readAt },
      { kinds: null, readAt },
    ]);
    device.close();
  });

  test('one that is removed is gone, on all devices, and its message is not', async () => {
    const { id: one } = await say(app, ann, id, 'One');
    await call(bob, 'DELETE', `/notifications/${one}`);
    expect(await toldOf('notification.removed')).toEqual([{ id: one }]);
    expect(await call(bob, 'DELETE', `/notifications/${one}`)).toBe('notification_not_found');
    expect(await listOf(bob)).toMatchObject({ items: [], unread: 0 });
    expect((await call(bob, 'GET', `/conversations/${id}`)).unread).toBe(1);
    device.close();
  });
});

test('clearing or deleting a conversation for myself removes what was notified until then', async () => {
  await say(app, ann, id, 'Cleared');
  await call(bob, 'PUT', `/conversations/${id}/cleared`);
  expect(await listOf(bob)).toMatchObject({ items: [], unread: 0 });
  await say(app, ann, id, 'Deleted');
  await call(bob, 'DELETE', `/conversations/${id}`);
  expect(await listOf(bob)).toMatchObject({ items: [], unread: 0 });
  await say(app, ann, id, 'Again');
  expect(await said(bob)).toEqual([['message', 'Again', false]]);
});

describe('in a group', () => {
  const mention = (person: TestPerson) => [{ personId: person.id, start: 0, length: 4 }];
  let group: string;
  let eve: TestPerson;
  beforeEach(async () => {
    eve = await signIn(app, { name: 'Eve', tokens: 'opaque' });
    await turnOn(eve);
    group = (await createGroup(app, ann, { title: 'Hikers', people: [bob] })).id;
  });

  test('who is added is told, and has seen it when they read on; who comes by a link knows it', async () => {
    expect(await said(bob)).toEqual([['group_added', 'Hikers', false]]);
    expect((await listOf(bob)).items[0]).toMatchObject({ title: 'Ann', messageId: null, conversationId: group });
    const device = await connect(app, eve.token);
    await addMembers(app, ann, group, [eve.id]);
    const { notification } = await device.next('notification.created');
    expect((await listOf(eve)).items).toEqual([notification]);
    await read(eve, 99, group);
    expect(await unreadOf(eve)).toBe(0);
    const kim = await signIn(app);
    await turnOn(kim);
    const { code } = await call(ann, 'POST', `/conversations/${group}/invite`, {});
    await call(kim, 'POST', `/invites/${code}/join`);
    expect((await call(kim, 'GET', `/conversations/${group}`)).id).toBe(group);
    expect(await unreadOf(kim)).toBe(0);
    device.close();
  });

  test('who is named is told, and nobody else', async () => {
    await addMembers(app, ann, group, [eve.id]);
    await call(eve, 'POST', '/notifications/read', {});
    await say(app, ann, group, 'To all');
    const named = await say(app, ann, group, { text: '@Eve, come', mentions: [...mention(eve), ...mention(ann)] });
    expect(await said(eve, '?unread=true')).toEqual([['mention', '@Eve, come', false]]);
    expect(await said(bob, '?kind=mention')).toEqual([]);
    await read(eve, named.seq, group);
    expect(await unreadOf(eve)).toBe(0);
  });

  test('who is named no more, or muted it, or is blocked, is not told', async () => {
    await addMembers(app, ann, group, [eve.id]);
    const named = await say(app, ann, group, { text: '@Eve and', mentions: [...mention(eve), ...mention(bob)] });
    await call(ann, 'PATCH', pathOf(named), { text: '@Bob not', mentions: mention(bob) });
    expect(await said(eve, '?kind=mention')).toEqual([]);
    expect(await said(bob, '?kind=mention')).toEqual([['mention', '@Bob not', false]]);
    await call(ann, 'DELETE', pathOf(named));
    expect(await said(bob, '?kind=mention')).toEqual([]);
    await mine(eve, { mutedUntil: new Date(app.clock.now() + hour).toISOString() }, group);
    await setBlocked(app, bob, ann, true);
    await say(app, ann, group, { text: '@All', mentions: [...mention(eve), ...mention(bob)] });
    await setBlocked(app, bob, ann, false);
    expect(await said(eve, '?kind=mention')).toEqual([]);
    expect(await said(bob, '?kind=mention')).toEqual([]);
  });

  test.each(['leaves', 'is removed', 'is in it when it is closed'])(
    'who %s has no notifications of it',
    async (how) => {
      await say(app, ann, group, { text: '@Bob', mentions: mention(bob) });
      expect(await unreadOf(bob)).toBe(2);
      if (how === 'leaves') await leave(app, bob, group);
      else if (how === 'is removed') await removeMember(app, ann, group, bob.id);
      else await call(ann, 'DELETE', `/groups/${group}`);
      expect(await listOf(bob)).toMatchObject({ items: [], unread: 0 });
    },
  );
});

describe('the list', () => {
  test('comes in pages, the newest first, whatever comes in between', async () => {
    for (let i = 1; i <= 7; i += 1) await say(app, ann, id, String(i));
    const bodies: string[] = [];
    let cursor = '';
    do {
      const page = await listOf(bob, `?limit=3${cursor}`);
      expect(page.items.length).toBeLessThanOrEqual(3);
      bodies.push(...page.items.map(({ body }: WireMessage) => body));
      await say(app, ann, id, 'Later');
      cursor = page.next === null ? '' : `&cursor=${page.next}`;
    } while (cursor !== '');
    expect(bodies).toEqual(['7', '6', '5', '4', '3', '2', '1']);
    expect(await call(bob, 'GET', '/notifications?cursor=x')).toBe('invalid_request');
  });

  test('shows unread ones by kind and conversation', async () => {
    const eve = await signIn(app, { name: 'Eve' });
    const { id: group } = await createGroup(app, ann, { title: 'Hikers', people: [bob, eve] });
    const mentions = [{ personId: bob.id, start: 0, length: 4 }];
    for (const person of [ann, eve]) await say(app, person, group, { text: '@Bob', mentions });
    for (const text of ['One', 'Two', 'Three']) await say(app, ann, id, text);
    const { items } = await listOf(bob, '/groups');
    const shown = items.map(({ newest, count, people }: WireMessage) => [
      ...[newest.kind, newest.body, newest.conversationId, count],
      people.map(({ name }: WireMessage) => name).sort(),
    ]);
    expect(shown).toEqual([
      ['message', 'Three', id, 3, ['Ann']],
      ['mention', '@Bob', group, 2, ['Ann', 'Eve']],
      ['group_added', 'Hikers', group, 1, ['Ann']],
    ]);
  });
});

test('notifications are removed when they are too old, and exported until then', async () => {
  await say(app, ann, id, 'Old');
  const exported = await call(bob, 'GET', '/me/export');
  expect(exported.notifications).toMatchObject([{ kind: 'message', conversationId: id, from: ann.id, readAt: null }]);
  expect(exported.notificationPreferences).toMatchObject({ enabled: true });
  expect(JSON.stringify(exported)).not.toContain('Old');
  app.clock.advance(50 * day);
  ann = await signIn(app, { phone: ann.phone });
  await say(app, ann, id, 'Young');
  app.clock.advance(45 * day);
  await app.app.sweep();
  bob = await signIn(app, { phone: bob.phone });
  expect(await said(bob)).toEqual([['message', 'Young', false]]);
});

test('a message that is removed for its age takes its notification with it', async () => {
  const forgetful = await startTestApp({ PARLEY_RETENTION_DIRECT_DAYS: '10' });
  const [kim, lee] = [await signIn(forgetful, { tokens: 'opaque' }), await signIn(forgetful, { tokens: 'opaque' })];
  const get = (path: string) => rest(forgetful, 'GET', path, { token: lee.token });
  await rest(forgetful, 'PATCH', '/notifications/preferences', { token: lee.token, body: { enabled: true } });
  const conversation = await startDirect(forgetful, kim, lee);
  await say(forgetful, kim, conversation, 'Old');
  expect((await get('/notifications')).body.unread).toBe(1);
  forgetful.clock.advance(11 * day);
  await until(
    'the message is removed',
    async () => (await get(`/conversations/${conversation}/messages`)).body.items.length === 0,
  );
  expect((await get('/notifications')).body).toMatchObject({ items: [], unread: 0 });
  await forgetful.close();
});
