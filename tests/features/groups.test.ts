import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { day } from '../../src/engine/shared/clock.ts';
import { expectInSync } from '../harness/expect-in-sync.ts';
import {
  addMembers,
  createGroup,
  groupOf,
  history,
  systemMessages,
  type TestGroup,
  viewOf,
} from '../harness/groups.ts';
import { type Answer, connect, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ PARLEY_GROUP_LIMIT: '2000' });
});
afterAll(() => app.close());

const call = (person: TestPerson, method: string, path: string, body?: unknown): Promise<Answer> =>
  rest(app, method, path, { token: person.token, ...(body !== undefined && { body }) });
const update = (person: TestPerson, id: string, body: object) => call(person, 'PATCH', `/groups/${id}`, body);
const send = (person: TestPerson, id: string, text: string) =>
  call(person, 'POST', `/conversations/${id}/messages`, { text });
/** The owner on two devices, an admin and a member: who watches every change. */
const watchers = ({ owner, admin, member }: TestGroup) => [owner, owner, admin, member];

describe('making a group', () => {
  test('puts everybody in it at once', async () => {
    const [ann, bob, cy] = [await signIn(app), await signIn(app), await signIn(app)];
    const answer = await expectInSync(app, [ann, ann, bob, cy], () =>
      call(ann, 'POST', '/groups', {
        title: '  Hiking club ',
        description: 'Sundays',
        photoUrl: '/media/1',
        people: [bob.id, cy.id, bob.id, ann.id],
      }),
    );
    expect(answer).toMatchObject({
      status: 201,
      body: {
        notAdded: [],
        conversation: {
          kind: 'group',
          title: 'Hiking club',
          description: 'Sundays',
          photoUrl: '/media/1',
          memberCount: 3,
          me: { role: 'owner' },
          lastMessage: { kind: 'system', content: { event: 'group.created', value: 'Hiking club' } },
        },
      },
    });
    const seen = await viewOf(app, bob, answer.body.conversation.id);
    expect(seen).toMatchObject({ unread: 0, me: { role: 'member' } });
    const roles = seen.members.map((one: { person: { id: string }; role: string }) => [one.person.id, one.role]);
    expect(new Map(roles)).toEqual(
      new Map([
        [ann.id, 'owner'],
        [bob.id, 'member'],
        [cy.id, 'member'],
      ]),
    );
  });

  test('can begin alone', async () => {
    const ann = await signIn(app);
    const answer = await expectInSync(app, [ann, ann], () => call(ann, 'POST', '/groups', { title: 'Notes' }));
    expect(answer.body.conversation).toMatchObject({ memberCount: 1, members: [{ role: 'owner' }] });
  });

  test('leaves out who may not be added, and tells no more than it must', async () => {
    const ann = await signIn(app);
    const people = {
      nobody: '',
      contacts: '',
      known: '',
      blocked: '',
      blocking: '',
      suspended: '',
      deleted: '',
      free: '',
    };
    for (const name of Object.keys(people) as (keyof typeof people)[]) people[name] = (await signIn(app)).id;
    const at = new Date(app.clock.now());
    await app.app.database.write(async ({ sql }) => {
      const privacy = (privacy_groups: 'contacts' | 'nobody', ...ids: string[]) =>
        sql.updateTable('people').set({ privacy_groups }).where('id', 'in', ids).execute();
      await privacy('nobody', people.nobody, people.blocked);
      await privacy('contacts', people.contacts, people.known);
      const contact = { id: crypto.randomUUID(), owner_id: people.known, person_id: ann.id, search: '' };
      await sql
        .insertInto('contacts')
        .values({ ...contact, phone: null, name: null, favourite: false, created_at: at })
        .execute();
      const block = (person_id: string, blocked_id: string) =>
        sql.insertInto('blocks').values({ person_id, blocked_id, created_at: at }).execute();
      await block(ann.id, people.blocked);
      await block(people.blocking, ann.id);
      await sql.updateTable('people').set({ suspended_at: at }).where('id', '=', people.suspended).execute();
      await sql.updateTable('people').set({ deleted_at: at }).where('id', '=', people.deleted).execute();
    });
    const unknown = ['01900000-0000-7000-8000-000000000000', 'no-id'];
    const wanted = [...Object.values(people), ...unknown];
    const expected = [
      { personId: people.nobody, reason: 'privacy' },
      { personId: people.contacts, reason: 'privacy' },
      ...[people.blocked, people.blocking, people.suspended, people.deleted, ...unknown].map((personId) => ({
        personId,
        reason: 'unavailable',
      })),
    ];
    const made = await call(ann, 'POST', '/groups', { title: 'Friends', people: wanted });
    expect(made.body.notAdded).toEqual(expected);
    expect(made.body.conversation.memberCount).toBe(3);
    const empty = await call(ann, 'POST', '/groups', { title: 'Friends' });
    const added = await addMembers(app, ann, empty.body.conversation.id, wanted);
    expect(added.body).toEqual({ added: [people.known, people.free], notAdded: expected });
  });

  test('somebody whose suspension is over may be added', async () => {
    const [ann, bob] = [await signIn(app), await signIn(app)];
    const now = app.clock.now();
    const suspension = { suspended_at: new Date(now - 2_000), suspended_until: new Date(now - 1_000) };
    await app.app.database.write(({ sql }) =>
      sql.updateTable('people').set(suspension).where('id', '=', bob.id).execute(),
    );
    const made = await call(ann, 'POST', '/groups', { title: 'Friends', people: [bob.id] });
    expect(made.body).toMatchObject({ notAdded: [], conversation: { memberCount: 2 } });
  });

  test('shows nobody who is in it to whom they have blocked, not even by the news of it', async () => {
    const [ann, bob, eve] = [await signIn(app), await signIn(app), await signIn(app)];
    const photoUrl = 'https://example.org/bob.jpg';
    await call(bob, 'PATCH', '/me', { about: 'At home', photoUrl });
    await call(bob, 'PUT', `/blocks/${eve.id}`);
    const [device, own] = [await connect(app, eve.token), await connect(app, ann.token)];
    const { id } = await createGroup(app, ann, { people: [eve] });
    await device.next('conversation.joined');
    await addMembers(app, ann, id, [bob.id]);
    const { members } = await device.next('members.joined');
    expect(members).toMatchObject([{ person: { id: bob.id, about: '', photoUrl: null, limited: true } }]);
    const second = await createGroup(app, ann, { people: [bob, eve] });
    const joined = await device.next('conversation.joined', ({ conversation }) => conversation.id === second.id);
    expect(JSON.stringify(joined)).toContain(bob.id);
    expect(JSON.stringify(joined)).not.toContain(photoUrl);
    for (const one of [device, own]) one.close();
  });

  test.each([
    ['no title', {}, '/title'],
    ['a blank title', { title: '   ' }, '/title'],
    ['a long title', { title: 'x'.repeat(101) }, '/title'],
    ['a long description', { title: 'x', description: 'x'.repeat(501) }, '/description'],
    ['a photo that is no URL', { title: 'x', photoUrl: 'javascript:alert(1)' }, '/photoUrl'],
    ['what nobody knows', { title: 'x', colour: 'red' }, ''],
  ])('refuses %s', async (_what, body, path) => {
    const refused = await call(await signIn(app), 'POST', '/groups', body);
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'invalid_request' } } });
    expect(refused.body.error.details.path).toMatch(path);
  });
});

describe('changing a group', () => {
  test('tells everybody, one rev a change, and says so in the history', async () => {
    const group = await groupOf(app);
    const { rev } = await viewOf(app, group.owner, group.id);
    const settings = { whoCanSend: 'admins', whoCanAdd: 'all', joinApproval: true, historyForNewcomers: false };
    const change = { title: 'New', description: 'Text', photoUrl: 'https://example.org/1.png', settings };
    const answer = await expectInSync(app, watchers(group), () =>
      update(group.admin, group.id, { ...change, disappearingSeconds: 86_400 }),
    );
    expect(answer).toMatchObject({ status: 200, body: { ...change, disappearingSeconds: 86_400, rev: rev + 1 } });
    const events = (await systemMessages(app, group.member, group.id)).slice(1);
    expect(events).toEqual([
      { event: 'title.changed', value: 'New' },
      { event: 'description.changed', value: 'Text' },
      { event: 'photo.changed', value: 'https://example.org/1.png' },
      { event: 'settings.changed' },
      { event: 'disappearing.changed', value: 86_400 },
    ]);
    const after = await viewOf(app, group.owner, group.id);
    expect(after).toMatchObject({ ...change, rev: rev + 6, unread: 0 });
    const same = await expectInSync(app, watchers(group), () => update(group.owner, group.id, change));
    expect(same.body.rev).toBe(after.rev);
    await expectInSync(app, watchers(group), () => update(group.owner, group.id, { photoUrl: null }));
    expect((await viewOf(app, group.member, group.id)).photoUrl).toBeNull();
  });

  test.each([
    // whoCanEdit, change, who may
    ['admins', { title: 'New' }, { owner: 200, admin: 200, member: 403 }],
    ['all', { title: 'New' }, { owner: 200, admin: 200, member: 200 }],
    ['admins', { disappearingSeconds: 3_600 }, { owner: 200, admin: 200, member: 403 }],
    ['all', { disappearingSeconds: null }, { owner: 200, admin: 200, member: 200 }],
    ['all', { settings: { whoCanSend: 'admins' } }, { owner: 200, admin: 200, member: 403 }],
    ['all', { title: 'New', settings: { whoCanAdd: 'all' } }, { owner: 200, admin: 200, member: 403 }],
  ] as const)('with whoCanEdit %s, %j is for whom it should be', async (whoCanEdit, change, expected) => {
    const group = await groupOf(app);
    await update(group.owner, group.id, { settings: { whoCanEdit } });
    for (const [role, status] of Object.entries(expected)) {
      const person = group[role as keyof typeof expected];
      expect((await update(person, group.id, change)).status, role).toBe(status);
    }
    expect((await update(await signIn(app), group.id, change)).status).toBe(404);
  });

  test('settings take hold: who sends', async () => {
    const group = await groupOf(app);
    expect((await send(group.member, group.id, 'Hi')).status).toBe(201);
    await update(group.admin, group.id, { settings: { whoCanSend: 'admins' } });
    expect((await send(group.member, group.id, 'Hi')).body.error.code).toBe('not_permitted');
    expect((await send(group.admin, group.id, 'Hi')).status).toBe(201);
  });
});

describe('messages that vanish', () => {
  test('either person of a direct conversation sets it, and new messages carry the time', async () => {
    const [ann, bob] = [await signIn(app), await signIn(app)];
    const id = await startDirect(app, ann, bob);
    const path = `/conversations/${id}/disappearing`;
    for (const [person, seconds] of [
      [ann, 3_600],
      [bob, 86_400],
    ] as const) {
      const set = await expectInSync(app, [ann, ann, bob], () => call(person, 'PUT', path, { seconds }));
      expect(set).toMatchObject({ status: 200, body: { disappearingSeconds: seconds } });
    }
    const { message } = (await send(ann, id, 'Hi')).body;
    expect(Date.parse(message.expiresAt) - Date.parse(message.createdAt)).toBe(day);
    const never = await call(ann, 'PUT', path, { seconds: null });
    expect(never.body.disappearingSeconds).toBeNull();
    const items = await history(app, bob, id);
    const system = items.filter(({ kind }) => kind === 'system');
    expect(system.map(({ content }) => content.value)).toEqual([3_600, 86_400, null]);
    expect(system.every(({ expiresAt }) => expiresAt === undefined)).toBe(true);
    for (const seconds of [3_599, 365 * 86_400 + 1, 0, -1, 1.5, '3600']) {
      expect((await call(ann, 'PUT', path, { seconds })).status).toBe(400);
    }
    expect((await call(await signIn(app), 'PUT', path, { seconds: null })).status).toBe(404);
  });

  test('not across a block', async () => {
    const [ann, bob] = [await signIn(app), await signIn(app)];
    const id = await startDirect(app, ann, bob);
    await app.app.database.write(({ sql }) =>
      sql.updateTable('conversations').set({ blocked: true }).where('id', '=', id).execute(),
    );
    const refused = await call(ann, 'PUT', `/conversations/${id}/disappearing`, { seconds: 3_600 });
    expect(refused.body.error.code).toBe('recipient_unavailable');
  });
});

describe('the end of a group', () => {
  test('the owner closes it for everybody', async () => {
    const group = await groupOf(app);
    const invite = (await call(group.owner, 'POST', `/conversations/${group.id}/invite`, {})).body;
    for (const person of [group.admin, group.member]) {
      expect((await call(person, 'DELETE', `/groups/${group.id}`)).body.error.code).toBe('not_permitted');
    }
    const device = await connect(app, group.member.token);
    const closed = await expectInSync(app, watchers(group), () => call(group.owner, 'DELETE', `/groups/${group.id}`));
    expect(closed.status).toBe(204);
    expect(await device.next('conversation.closed')).toEqual({ conversationId: group.id, by: group.owner.id });
    for (const person of [group.owner, group.admin, group.member]) {
      expect((await call(person, 'GET', `/conversations/${group.id}`)).status).toBe(404);
      expect((await send(person, group.id, 'Hi')).status).toBe(404);
    }
    const stranger = await signIn(app);
    expect((await call(stranger, 'POST', `/invites/${invite.code}/join`)).body.error.code).toBe('invite_not_found');
    device.close();
  });

  test('a direct conversation has none of it', async () => {
    const [ann, bob] = [await signIn(app), await signIn(app)];
    const id = await startDirect(app, ann, bob);
    const before = await viewOf(app, ann, id);
    for (const [method, path, body] of [
      ['PATCH', `/groups/${id}`, { title: 'Us' }],
      ['DELETE', `/groups/${id}`],
      ['POST', `/conversations/${id}/leave`],
      ['POST', `/conversations/${id}/owner`, { personId: bob.id }],
      ['POST', `/conversations/${id}/members`, { people: [bob.id] }],
      ['DELETE', `/conversations/${id}/members/${bob.id}`],
      ['PUT', `/conversations/${id}/members/${bob.id}/role`, { role: 'admin' }],
      ['POST', `/conversations/${id}/invite`, {}],
      ['GET', `/conversations/${id}/invite`],
      ['GET', `/conversations/${id}/join-requests`],
    ] as const) {
      expect(await call(ann, method, path, body), path).toMatchObject({
        status: 403,
        body: { error: { code: 'not_permitted' } },
      });
    }
    expect((await call(ann, 'GET', `/conversations/${id}/members`)).body.items).toHaveLength(2);
    expect(await viewOf(app, ann, id)).toEqual(before);
  });
});

describe('finding a conversation among mine', () => {
  test('by title, by the name of the other person, by what I call it, and by kind', async () => {
    const ann = await signIn(app);
    const bob = await signIn(app, { name: 'Robert Müller' });
    const hiking = (await createGroup(app, ann, { title: 'Hiking Club' })).id;
    const chess = (await createGroup(app, ann, { title: '王小明 Chess' })).id;
    const direct = await startDirect(app, ann, bob);
    const stranger = await signIn(app);
    await createGroup(app, stranger, { title: 'Hiking of others' });
    await app.app.database.write(({ sql }) =>
      sql
        .updateTable('members')
        .set({ custom_name: 'ÉCHECS' })
        .where('conversation_id', '=', chess)
        .where('person_id', '=', ann.id)
        .execute(),
    );
    const find = async (query: string) =>
      (await call(ann, 'GET', `/conversations?${query}`)).body.items.map(({ id }: { id: string }) => id);
    const q = (text: string) => `q=${encodeURIComponent(text)}`;
    expect(await find(q('hik'))).toEqual([hiking]);
    expect(await find(q('CLUB'))).toEqual([hiking]);
    expect(await find(q('小明'))).toEqual([chess]);
    expect(await find(q('échecs'))).toEqual([chess]);
    expect(await find(q('müll'))).toEqual([direct]);
    expect(await find(q('%'))).toEqual([]);
    expect(new Set(await find('kind=group'))).toEqual(new Set([hiking, chess]));
    expect(await find('kind=direct')).toEqual([direct]);
    expect(await find(`kind=group&${q('robert')}`)).toEqual([]);
    await update(ann, hiking, { title: 'Swimming' });
    expect(await find(q('hik'))).toEqual([]);
    expect(await find(q('swim'))).toEqual([hiking]);
    const first = (await call(ann, 'GET', '/conversations?kind=group&limit=1')).body;
    const second = (await call(ann, 'GET', `/conversations?kind=group&limit=1&cursor=${first.next}`)).body;
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([hiking, chess]);
    expect(second.next).toBeNull();
    expect((await call(ann, 'GET', '/conversations?q=%20')).body.error.code).toBe('invalid_request');
  });
});
