import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectInSync } from '../harness/expect-in-sync.ts';
import {
  addMembers,
  createGroup,
  groupOf,
  history,
  insertPeople,
  leave,
  removeMember,
  setRole,
  systemMessages,
  type TestGroup,
  viewOf,
} from '../harness/groups.ts';
import { type Answer, connect, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ PARLEY_GROUP_LIMIT: '10000' });
});
afterAll(() => app.close());

const call = (person: TestPerson, method: string, path: string, body?: unknown): Promise<Answer> =>
  rest(app, method, path, { token: person.token, ...(body !== undefined && { body }) });
const send = (person: TestPerson, id: string, text = 'Hi') =>
  call(person, 'POST', `/conversations/${id}/messages`, { text });
const update = (person: TestPerson, id: string, body: object) => call(person, 'PATCH', `/groups/${id}`, body);
const transfer = (person: TestPerson, id: string, personId: string) =>
  call(person, 'POST', `/conversations/${id}/owner`, { personId });
const members = (person: TestPerson, id: string, query = '') =>
  call(person, 'GET', `/conversations/${id}/members${query}`);
const watchers = ({ owner, admin, member }: TestGroup) => [owner, owner, admin, member];
const rolesIn = async (person: TestPerson, id: string): Promise<Record<string, string>> => {
  const { items } = (await members(person, id)).body;
  return Object.fromEntries(items.map((one: { person: { id: string }; role: string }) => [one.person.id, one.role]));
};

describe('who may', () => {
  type Actors = TestGroup & { otherAdmin: TestPerson; other: TestPerson; stranger: TestPerson };
  const actors = ['owner', 'admin', 'member', 'stranger'] as const;
  const table: [string, (group: Actors, actor: TestPerson) => Promise<Answer>, readonly number[]][] = [
    ['add people (for admins)', (g, by) => addMembers(app, by, g.id, [g.stranger.id]), [200, 200, 403, 404]],
    ['remove a member', (g, by) => removeMember(app, by, g.id, g.other.id), [204, 204, 403, 404]],
    ['remove an admin', (g, by) => removeMember(app, by, g.id, g.otherAdmin.id), [204, 204, 403, 404]],
    ['remove the owner', (g, by) => removeMember(app, by, g.id, g.owner.id), [400, 403, 403, 404]],
    ['make an admin', (g, by) => setRole(app, by, g.id, g.other.id, 'admin'), [204, 403, 403, 404]],
    ['unmake an admin', (g, by) => setRole(app, by, g.id, g.otherAdmin.id, 'member'), [204, 403, 403, 404]],
    ['change the role of the owner', (g, by) => setRole(app, by, g.id, g.owner.id, 'admin'), [403, 403, 403, 404]],
    ['hand over', (g, by) => transfer(by, g.id, g.other.id), [204, 403, 403, 404]],
    ['list members', (g, by) => members(by, g.id), [200, 200, 200, 404]],
    ['close', (g, by) => call(by, 'DELETE', `/groups/${g.id}`), [204, 403, 403, 404]],
    ['leave', (g, by) => leave(app, by, g.id), [204, 204, 204, 404]],
    ['make a link', (g, by) => call(by, 'POST', `/conversations/${g.id}/invite`, {}), [201, 201, 403, 404]],
    ['see the link', (g, by) => call(by, 'GET', `/conversations/${g.id}/invite`), [200, 200, 403, 404]],
    ['revoke the link', (g, by) => call(by, 'DELETE', `/conversations/${g.id}/invite`), [204, 204, 403, 404]],
    ['see who asks', (g, by) => call(by, 'GET', `/conversations/${g.id}/join-requests`), [200, 200, 403, 404]],
  ];
  let pool: TestPerson[];
  beforeAll(async () => {
    pool = [];
    for (let i = 0; i < 6; i += 1) pool.push(await signIn(app));
  });

  test.each(table)('%s', async (_what, act, expected) => {
    const [owner, admin, member, otherAdmin, other, stranger] = pool as [TestPerson, ...TestPerson[]] as TestPerson[];
    const people = [admin, member, otherAdmin, other] as TestPerson[];
    for (const [i, actor] of actors.entries()) {
      const { id } = await createGroup(app, owner as TestPerson, { people });
      const group = { id, owner, admin, member, otherAdmin, other, stranger } as Actors;
      for (const one of [group.admin, group.otherAdmin]) await setRole(app, group.owner, id, one.id, 'admin');
      const before = await viewOf(app, group.owner, id);
      const answer = await act(group, group[actor]);
      expect(answer.status, actor).toBe(expected[i]);
      if (answer.status >= 400) expect(await viewOf(app, group.owner, id)).toEqual(before);
    }
  });

  test('with whoCanAdd all, members add too, but not whom an admin has removed', async () => {
    const group = await groupOf(app);
    const [eve, cy] = [await signIn(app), await signIn(app)];
    await update(group.owner, group.id, { settings: { whoCanAdd: 'all' } });
    const added = await addMembers(app, group.member, group.id, [eve.id, cy.id]);
    expect(added.body).toEqual({ added: [eve.id, cy.id], notAdded: [] });
    await removeMember(app, group.admin, group.id, eve.id);
    await leave(app, cy, group.id);
    const again = await addMembers(app, group.member, group.id, [eve.id, cy.id]);
    expect(again.body).toEqual({ added: [cy.id], notAdded: [{ personId: eve.id, reason: 'unavailable' }] });
    expect((await addMembers(app, group.admin, group.id, [eve.id])).body.added).toEqual([eve.id]);
  });

  test.each([
    ['who does not exist', '01900000-0000-7000-8000-000000000000'],
    ['what is no id', 'no-id'],
  ])('%s cannot be removed, promoted or made owner', async (_whom, personId) => {
    const group = await groupOf(app);
    for (const answer of [
      await removeMember(app, group.owner, group.id, personId),
      await setRole(app, group.owner, group.id, personId, 'admin'),
      await transfer(group.owner, group.id, personId),
    ]) {
      expect(answer).toMatchObject({ status: 404, body: { error: { code: 'person_not_found' } } });
    }
  });
});

describe('everybody stays in sync', () => {
  test('when people are added, also the new ones', async () => {
    const group = await groupOf(app);
    await send(group.member, group.id);
    const [cy, dora] = [await signIn(app), await signIn(app)];
    const answer = await expectInSync(app, [...watchers(group), cy, dora], () =>
      addMembers(app, group.admin, group.id, [cy.id, dora.id, group.member.id]),
    );
    expect(answer.body).toEqual({ added: [cy.id, dora.id], notAdded: [] });
    expect(await viewOf(app, cy, group.id)).toMatchObject({ memberCount: 5, unread: 0, me: { historyFrom: 0 } });
    expect((await systemMessages(app, cy, group.id)).at(-1)).toEqual({
      event: 'members.added',
      personIds: [cy.id, dora.id],
      value: 2,
    });
  });

  test('when newcomers do not see what was said before', async () => {
    const group = await groupOf(app);
    await update(group.owner, group.id, { settings: { historyForNewcomers: false } });
    await send(group.member, group.id, 'Secret');
    const cy = await signIn(app);
    await expectInSync(app, [...watchers(group), cy, cy], async () => {
      await addMembers(app, group.admin, group.id, [cy.id]);
      await send(group.member, group.id, 'Welcome');
    });
    const items = await history(app, cy, group.id);
    expect(items.map(({ text, content }) => content?.event ?? text)).toEqual(['members.added', 'Welcome']);
    expect((await viewOf(app, cy, group.id)).unread).toBe(1);
  });

  test('when somebody is removed', async () => {
    const group = await groupOf(app);
    const cy = await signIn(app);
    await addMembers(app, group.owner, group.id, [cy.id]);
    const answer = await expectInSync(app, [...watchers(group), cy], () =>
      removeMember(app, group.admin, group.id, cy.id),
    );
    expect(answer.status).toBe(204);
    for (const path of ['', '/messages', '/members']) {
      expect((await call(cy, 'GET', `/conversations/${group.id}${path}`)).status).toBe(404);
    }
    expect((await send(cy, group.id)).status).toBe(404);
    expect((await removeMember(app, group.admin, group.id, cy.id)).status).toBe(404);
    const system = await systemMessages(app, group.member, group.id);
    expect(system.at(-1)).toEqual({ event: 'member.removed', personIds: [cy.id] });
  });

  test('when somebody leaves and comes back, as new', async () => {
    const group = await groupOf(app);
    const { member } = group;
    const joinedAt = (await viewOf(app, member, group.id)).me.joinedAt;
    await app.app.database.write(({ sql }) =>
      sql
        .updateTable('members')
        .set({ custom_name: 'Mine', marked_unread: true, version: 7 })
        .where('conversation_id', '=', group.id)
        .where('person_id', '=', member.id)
        .execute(),
    );
    expect((await expectInSync(app, watchers(group), () => leave(app, member, group.id))).status).toBe(204);
    for (let i = 0; i < 3; i += 1) await send(group.admin, group.id);
    app.clock.advance(1_000);
    await expectInSync(app, [...watchers(group), member], () => addMembers(app, group.owner, group.id, [member.id]));
    const { me, unread, members } = await viewOf(app, member, group.id);
    expect(me).toMatchObject({ role: 'member', customName: null, markedUnread: false, version: 8 });
    expect(me.joinedAt > joinedAt).toBe(true);
    expect(unread).toBe(0);
    expect(members.at(-1).person.id).toBe(member.id);
  });

  test('when roles change', async () => {
    const group = await groupOf(app);
    await expectInSync(app, watchers(group), () => setRole(app, group.owner, group.id, group.member.id, 'admin'));
    await expectInSync(app, watchers(group), () => setRole(app, group.owner, group.id, group.admin.id, 'member'));
    const { rev } = await viewOf(app, group.owner, group.id);
    await expectInSync(app, watchers(group), () => setRole(app, group.owner, group.id, group.admin.id, 'member'));
    expect((await viewOf(app, group.owner, group.id)).rev).toBe(rev);
    await expectInSync(app, watchers(group), () => transfer(group.owner, group.id, group.admin.id));
    expect(await rolesIn(group.owner, group.id)).toEqual({
      [group.owner.id]: 'admin',
      [group.admin.id]: 'owner',
      [group.member.id]: 'admin',
    });
    const system = await systemMessages(app, group.member, group.id);
    expect(system.at(-1)).toEqual({ event: 'owner.changed', personIds: [group.admin.id] });
  });

  test('when the owner leaves: the first admin follows, then the first member, then nobody', async () => {
    const group = await groupOf(app);
    const late = await signIn(app);
    app.clock.advance(1_000);
    await addMembers(app, group.owner, group.id, [late.id]);
    await setRole(app, group.owner, group.id, late.id, 'admin');
    await expectInSync(app, [...watchers(group), late], () => leave(app, group.owner, group.id));
    expect((await rolesIn(late, group.id))[group.admin.id]).toBe('owner');
    await leave(app, late, group.id);
    await expectInSync(app, [group.admin, group.admin, group.member], () => leave(app, group.admin, group.id));
    expect(await rolesIn(group.member, group.id)).toEqual({ [group.member.id]: 'owner' });
    await expectInSync(app, [group.member, group.member], () => leave(app, group.member, group.id));
    expect((await call(group.member, 'GET', `/conversations/${group.id}`)).status).toBe(404);
  });

  test('a deleted account does not inherit a group', async () => {
    const group = await groupOf(app);
    await call(group.admin, 'DELETE', '/me', {});
    const at = new Date(app.clock.now());
    await app.app.database.write(({ sql }) =>
      sql.updateTable('people').set({ deleted_at: at }).where('id', '=', group.admin.id).execute(),
    );
    await leave(app, group.owner, group.id);
    expect((await viewOf(app, group.member, group.id)).me.role).toBe('owner');
  });
});

describe('over open sockets', () => {
  test('who is added gets what is said at once', async () => {
    const group = await groupOf(app);
    const cy = await signIn(app);
    const device = await connect(app, cy.token);
    await addMembers(app, group.owner, group.id, [cy.id]);
    await send(group.member, group.id, 'Welcome');
    expect((await device.next('conversation.joined')).conversation).toMatchObject({
      id: group.id,
      me: { role: 'member' },
    });
    expect((await device.next('message.created')).message.content.event).toBe('members.added');
    expect((await device.next('message.created')).message.text).toBe('Welcome');
    await device.settled();
    expect(device.events).toEqual([]);
    device.close();
  });

  test.each(['removed', 'gone'])('who is %s gets that once, and nothing after', async (how) => {
    const group = await groupOf(app);
    const { owner, admin, member } = group;
    const devices = [await connect(app, member.token), await connect(app, member.token)];
    const other = await connect(app, admin.token);
    await (how === 'removed' ? removeMember(app, owner, group.id, member.id) : leave(app, member, group.id));
    await send(owner, group.id, 'Among us');
    await other.command('typing.set', { conversationId: group.id, typing: true });
    await other.command('receipts.mark', { conversationId: group.id, read: 99 });
    await update(owner, group.id, { title: 'Without' });
    for (const device of devices) {
      await device.settled();
      const by = how === 'removed' ? owner.id : member.id;
      expect(device.events.map(({ type }) => type)).toEqual(['member.left']);
      expect(device.events[0]?.data).toMatchObject({ personId: member.id, by, memberCount: 2 });
      await expect(device.command('typing.set', { conversationId: group.id, typing: true })).rejects.toMatchObject({
        code: 'conversation_not_found',
      });
      device.close();
    }
    expect((await other.next('member.left')).personId).toBe(member.id);
    await other.settled();
    expect(other.events.filter(({ type }) => type === 'member.left')).toEqual([]);
    other.close();
  });
});

describe('a large group', () => {
  test('shows no members beyond 100, and shows them again', async () => {
    const group = await groupOf(app);
    const crowd = await insertPeople(app, 98);
    await addMembers(app, group.owner, group.id, crowd.slice(0, 97));
    expect((await viewOf(app, group.member, group.id)).members).toHaveLength(100);
    const [cy] = [await signIn(app)];
    await expectInSync(app, [...watchers(group), cy], () => addMembers(app, group.owner, group.id, [cy.id]));
    expect(await viewOf(app, cy, group.id)).toMatchObject({ members: [], memberCount: 101 });
    await expectInSync(app, [...watchers(group), cy], () => send(group.member, group.id));
    await expectInSync(app, [...watchers(group), cy], async () => {
      await call(group.member, 'PUT', `/conversations/${group.id}/receipt`, { read: 99 });
      await addMembers(app, group.owner, group.id, crowd.slice(97));
      await setRole(app, group.owner, group.id, cy.id, 'admin');
    });
    await expectInSync(app, [...watchers(group), cy], () =>
      removeMember(app, group.owner, group.id, crowd[0] as string),
    );
    await expectInSync(app, [...watchers(group), cy], () =>
      removeMember(app, group.owner, group.id, crowd[1] as string),
    );
    const shown = await viewOf(app, group.member, group.id);
    expect(shown).toMatchObject({ memberCount: 100 });
    expect(shown.members).toHaveLength(100);
  });

  test('is made and filled in bulk, and shown in pages', async () => {
    const owner = await signIn(app);
    const crowd = await insertPeople(app, 1_998, 'Many');
    const made = await call(owner, 'POST', '/groups', { title: 'Many', people: crowd.slice(0, 999) });
    expect(made.body).toMatchObject({ notAdded: [], conversation: { memberCount: 1_000, members: [] } });
    const { id } = made.body.conversation;
    for (const people of [crowd.slice(999, 1_499), crowd.slice(1_499)]) {
      const { added, notAdded } = (await addMembers(app, owner, id, people)).body;
      expect([added, notAdded]).toEqual([people, []]);
    }
    expect((await viewOf(app, owner, id)).memberCount).toBe(1_999);
    expect((await addMembers(app, owner, id, await insertPeople(app, 501))).body.error.code).toBe('invalid_request');

    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const { items, next } = (await members(owner, id, `?limit=200${cursor && `&cursor=${cursor}`}`)).body;
      seen.push(...items.map((one: { person: { id: string } }) => one.person.id));
      if (next === null) break;
      cursor = next;
    }
    expect(seen).toHaveLength(1_999);
    expect(new Set(seen)).toEqual(new Set([owner.id, ...crowd]));

    const found = (await members(owner, id, '?q=MANY%201997')).body;
    expect(found.items.map((one: { person: { id: string } }) => one.person.id)).toEqual([crowd[1_997]]);
    await setRole(app, owner, id, crowd[5] as string, 'admin');
    const [owners, admins] = [await members(owner, id, '?role=owner'), await members(owner, id, '?role=admin')];
    expect(owners.body.items.map((one: { person: { id: string } }) => one.person.id)).toEqual([owner.id]);
    expect(admins.body.items.map((one: { person: { id: string } }) => one.person.id)).toEqual([crowd[5]]);
    const plain = (await members(owner, id, `?role=member&limit=1`)).body;
    expect(plain.items[0].role).toBe('member');
    expect((await members(owner, id, '?q=%20')).body.error.code).toBe('invalid_request');
    expect((await members(owner, id, '?cursor=nonsense')).body.error.code).toBe('invalid_request');
    expect((await send(owner, id)).status).toBe(201);
  });

  test('has a limit, which is the operator’s', async () => {
    const small = await startTestApp({ PARLEY_GROUP_LIMIT: '3' });
    const people: TestPerson[] = [];
    for (let i = 0; i < 4; i += 1) people.push(await signIn(small));
    const [ann, bob, cy, dora] = people as [TestPerson, TestPerson, TestPerson, TestPerson];
    const body = { title: 'Four', people: [bob.id, cy.id, dora.id] };
    const refused = await rest(small, 'POST', '/groups', { token: ann.token, body });
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'limit_reached', details: { limit: 3 } } } });
    const { id } = await createGroup(small, ann, { people: [bob] });
    expect((await addMembers(small, ann, id, [cy.id, dora.id])).body.error.code).toBe('limit_reached');
    expect((await addMembers(small, ann, id, [cy.id, bob.id])).body.added).toEqual([cy.id]);
    expect((await addMembers(small, ann, id, [dora.id])).body.error.code).toBe('limit_reached');
    await leave(small, bob, id);
    expect((await addMembers(small, ann, id, [dora.id])).body.added).toEqual([dora.id]);
    await small.close();
  });

  test('members of a direct conversation can be listed by its two people', async () => {
    const [ann, bob] = [await signIn(app), await signIn(app)];
    const id = await startDirect(app, ann, bob);
    expect((await members(bob, id)).body.items).toEqual((await viewOf(app, bob, id)).members);
  });
});

describe('presence', () => {
  type End = (group: TestGroup) => Promise<Answer>;
  const ends: [string, boolean, End][] = [
    ['a member is removed', true, ({ id, owner, member }) => removeMember(app, owner, id, member.id)],
    ['a member leaves', true, ({ id, member }) => leave(app, member, id)],
    ['a member leaves who has never synced', false, ({ id, member }) => leave(app, member, id)],
    ['the group is closed', true, ({ id, owner }) => call(owner, 'DELETE', `/groups/${id}`)],
  ];
  test.each(ends)('of who shares nothing else is not shown any more once %s', async (_what, sync, end) => {
    const group = await groupOf(app);
    const [theirs, mine] = [await connect(app, group.member.token, { sync }), await connect(app, group.admin.token)];
    const shown = async () => [
      (await theirs.command('presence.watch', { people: group.admin.id })).items.length,
      (await mine.command('presence.watch', { people: group.member.id })).items.length,
    ];
    expect(await shown()).toEqual([1, 1]);
    expect((await end(group)).status).toBe(204);
    expect(await theirs.next('presence.unwatched')).toEqual({ personId: group.admin.id });
    expect(await mine.next('presence.unwatched')).toEqual({ personId: group.member.id });
    // Nothing follows, whether or not they ask again.
    for (const device of [theirs, mine]) {
      await device.settled();
      device.events.length = 0;
    }
    mine.close();
    await mine.closed;
    await expect
      .poll(async () => (await call(group.admin, 'GET', `/presence?people=${group.admin.id}`)).body.items[0].online)
      .toBe(false);
    await theirs.settled();
    expect(theirs.events).toEqual([]);
    expect((await theirs.command('presence.watch', { people: group.admin.id })).items).toEqual([]);
    theirs.close();
  });
});
