import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { expectInSync } from '../harness/expect-in-sync.ts';
import { createGroup, leave } from '../harness/groups.ts';
import { connect, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { inMinutes, schedule } from '../harness/scheduling.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';
import { until } from '../harness/until.ts';

let app: TestApp;
let gone: TestPerson;
let bob: TestPerson;
let cid: TestPerson;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  [gone, bob, cid] = [await signIn(app, { name: 'Gone Girl' }), await signIn(app), await signIn(app)];
});

const deleteAccount = () => rest(app, 'DELETE', '/me', { token: gone.token });
const send = (person: TestPerson, conversationId: string, text: string) =>
  rest(app, 'POST', `/conversations/${conversationId}/messages`, { token: person.token, body: { text } });

/** A group as it is stored; its first member is the owner, the second an admin. */
async function makeGroup(...people: TestPerson[]): Promise<string> {
  const id = randomUUID();
  const at = new Date(app.clock.now());
  await app.app.database.write(async ({ sql }) => {
    const kind = { id, kind: 'group' as const, direct_key: null, title: 'Group', created_by: people[0]?.id ?? '' };
    const counts = { created_at: at, last_activity_at: at, last_seq: 0, rev: 1, member_count: people.length };
    await sql
      .insertInto('conversations')
      .values({ ...kind, ...counts })
      .execute();
    const roles = ['owner', 'admin'] as const;
    const rows = people.map((person, n) => ({
      conversation_id: id,
      person_id: person.id,
      joined_at: new Date(at.getTime() + n),
      left_at: null,
      read_seq: 0,
      delivered_seq: 0,
      role: roles[n] ?? ('member' as const),
    }));
    await sql.insertInto('members').values(rows).execute();
  });
  return id;
}

test('direct conversations stay for the other person, with what was said; nothing is sent there any more', async () => {
  const id = await startDirect(app, gone, bob);
  await send(gone, id, 'Bye');
  const device = await connect(app, bob.token);
  await device.command('presence.watch', { people: gone.id });
  await deleteAccount();
  expect((await device.next('person.updated')).person).toMatchObject({ id: gone.id, name: '', deleted: true });
  await expectInSync(app, [bob], () => Promise.resolve());
  const history = await rest(app, 'GET', `/conversations/${id}/messages`, { token: bob.token });
  expect(history.body.items).toMatchObject([{ text: 'Bye', senderId: gone.id }]);
  const refused = { status: 403, body: { error: { code: 'recipient_unavailable' } } };
  expect(await send(bob, id, 'Hello?')).toMatchObject(refused);
  expect(await schedule(app, bob, id, { text: 'Hello?', sendAt: inMinutes(app, 5) })).toMatchObject(refused);
  const { body } = await rest(app, 'GET', '/conversations', { token: bob.token });
  expect(body.items).toMatchObject([{ id, lastMessage: { text: 'Bye' } }]);
  device.close();
});

test('groups are left, and owned by the admin or else the first member', async () => {
  const [owned, joined, alone] = [
    await makeGroup(gone, bob, cid),
    await makeGroup(cid, bob, gone),
    await makeGroup(gone),
  ];
  await send(gone, owned, 'From the owner');
  const device = await connect(app, cid.token);
  await expectInSync(app, [bob, cid], deleteAccount);
  const left = await device.next('member.left', ({ conversationId }) => conversationId === owned);
  expect(left).toMatchObject({
    personId: gone.id,
    by: gone.id,
    memberCount: 2,
    roles: [{ personId: bob.id, role: 'owner' }],
  });
  expect(await device.next('member.left')).toMatchObject({ conversationId: joined, memberCount: 2, roles: [] });
  const { body } = await rest(app, 'GET', `/conversations/${owned}`, { token: bob.token });
  expect(body).toMatchObject({ memberCount: 2, me: { role: 'owner' } });
  const history = await rest(app, 'GET', `/conversations/${owned}/messages`, { token: bob.token });
  expect(history.body.items).toMatchObject([
    { text: 'From the owner', senderId: gone.id },
    { kind: 'system', content: { event: 'member.left' } },
    { kind: 'system', content: { event: 'owner.changed', personIds: [bob.id] } },
  ]);
  expect(body.members).toHaveLength(2);
  await send(bob, owned, 'We go on');
  await app.app.database.read(async ({ sql }) => {
    const rows = await sql.selectFrom('members').selectAll().where('conversation_id', '=', alone).execute();
    expect(rows).toMatchObject([{ left_at: expect.any(Date), role: 'member' }]);
  });
  device.close();
});

test('who waits to be let into a group waits no more', async () => {
  const { id } = await createGroup(app, bob);
  await rest(app, 'PATCH', `/groups/${id}`, { token: bob.token, body: { settings: { joinApproval: true } } });
  const { code } = (await rest(app, 'POST', `/conversations/${id}/invite`, { token: bob.token, body: {} })).body;
  await rest(app, 'POST', `/invites/${code}/join`, { token: gone.token });
  const device = await connect(app, bob.token);
  await deleteAccount();
  expect(await device.next('join_request.changed')).toMatchObject({
    conversationId: id,
    state: 'withdrawn',
    request: { person: { id: gone.id, deleted: true } },
  });
  const waiting = await rest(app, 'GET', `/conversations/${id}/join-requests`, { token: bob.token });
  expect(waiting.body.items).toEqual([]);
  device.close();
});

test('nothing that was theirs alone stays of a group that they had left before', async () => {
  const { id } = await createGroup(app, bob, { people: [gone] });
  await rest(app, 'PATCH', `/conversations/${id}/me`, { token: gone.token, body: { customName: 'Secret' } });
  await leave(app, gone, id);
  await deleteAccount();
  const rows = await app.app.database.read(({ sql }) =>
    sql.selectFrom('members').select('custom_name').where('person_id', '=', gone.id).execute(),
  );
  expect(rows).toEqual([{ custom_name: null }]);
});

test('nothing that was theirs alone stays', async () => {
  const id = await startDirect(app, gone, bob);
  const { seq } = (await send(bob, id, 'Hi')).body.message;
  await schedule(app, gone, id, { text: 'Later', sendAt: inMinutes(app, 5) });
  await app.app.database.write(async ({ sql }) => {
    const at = new Date(app.clock.now());
    const contact = { search: '', favourite: false, created_at: at, name: null, phone: null };
    const contacts = [
      { ...contact, id: randomUUID(), owner_id: gone.id, person_id: bob.id },
      { ...contact, id: randomUUID(), owner_id: bob.id, person_id: gone.id, phone: gone.phone, name: 'My Girl' },
      { ...contact, id: randomUUID(), owner_id: cid.id, person_id: gone.id, name: 'Girl' },
    ];
    await sql.insertInto('contacts').values(contacts).execute();
    const blocks = [
      { person_id: gone.id, blocked_id: cid.id, created_at: at },
      { person_id: cid.id, blocked_id: gone.id, created_at: at },
    ];
    await sql.insertInto('blocks').values(blocks).execute();
    const mark = { person_id: gone.id, conversation_id: id, seq, starred_at: at, version: 1 };
    await sql.insertInto('message_marks').values(mark).execute();
    const settings = { custom_name: 'Secret', pinned_at: at, muted_until: at };
    await sql.updateTable('members').set(settings).where('person_id', '=', gone.id).execute();
    const profile = { photo_url: 'https://example.org/me.jpg', privacy_phone: 'nobody' as const };
    await sql.updateTable('people').set(profile).where('id', '=', gone.id).execute();
  });
  const versions = () =>
    app.app.database.read(({ sql }) =>
      sql.selectFrom('people').select('contacts_version').where('id', 'in', [bob.id, cid.id]).execute(),
    );
  expect(await versions()).toEqual([{ contacts_version: 0 }, { contacts_version: 0 }]);
  await deleteAccount();
  expect(await versions()).toEqual([{ contacts_version: 1 }, { contacts_version: 1 }]);
  await app.app.database.read(async ({ sql }) => {
    const of = (table: 'scheduled_messages' | 'message_marks' | 'sign_ins' | 'departures' | 'identities') =>
      sql.selectFrom(table).selectAll().where('person_id', '=', gone.id).execute();
    for (const table of ['scheduled_messages', 'message_marks', 'sign_ins', 'departures', 'identities'] as const) {
      expect(await of(table), table).toEqual([]);
    }
    const contacts = await sql
      .selectFrom('contacts')
      .selectAll()
      .where('owner_id', 'in', [gone.id, bob.id, cid.id])
      .execute();
    expect(contacts).toMatchObject([{ owner_id: bob.id, person_id: null, phone: gone.phone, name: 'My Girl' }]);
    const blocks = await sql
      .selectFrom('blocks')
      .select('person_id')
      .where('person_id', 'in', [gone.id, cid.id])
      .execute();
    expect(blocks).toEqual([{ person_id: cid.id }]);
    const members = await sql.selectFrom('members').selectAll().where('person_id', '=', gone.id).execute();
    expect(members).toMatchObject([{ custom_name: null, pinned_at: null, muted_until: null, left_at: null }]);
    const sessions = await sql.selectFrom('sessions').selectAll().where('person_id', '=', gone.id).execute();
    expect(sessions).toMatchObject([{ ip: '', user_agent: null, device_name: null }]);
    const person = await sql.selectFrom('people').selectAll().where('id', '=', gone.id).executeTakeFirstOrThrow();
    expect(person).toMatchObject({ name: '', photo_url: null, privacy_phone: 'everyone', last_seen_at: null });
  });
});

test('what a node that died has begun is finished by another, however many conversations there are', async () => {
  const others = Array.from({ length: 260 }, () => randomUUID());
  const at = new Date(app.clock.now());
  const direct = await startDirect(app, gone, bob);
  await app.app.database.write(async ({ sql }) => {
    const seen = { last_activity_at: at, created_at: at, last_seq: 0, rev: 1, created_by: bob.id };
    const groups = others.map((id) => ({
      id,
      kind: 'group' as const,
      title: 'G',
      direct_key: null,
      member_count: 2,
      ...seen,
    }));
    await sql.insertInto('conversations').values(groups).execute();
    const marks = { joined_at: at, left_at: null, read_seq: 0, delivered_seq: 0 };
    const members = others.flatMap((conversation_id) => [
      { conversation_id, person_id: gone.id, role: 'owner' as const, ...marks },
      { conversation_id, person_id: bob.id, role: 'member' as const, ...marks },
    ]);
    await sql.insertInto('members').values(members).execute();
    // As a node leaves it that dies once the account is deleted.
    const erased = { deleted_at: at, name: '' };
    await sql.updateTable('people').set(erased).where('id', '=', gone.id).execute();
    const position = '00000000-0000-0000-0000-000000000000';
    await sql.insertInto('departures').values({ person_id: gone.id, position, not_before: at }).execute();
  });
  await until('it is finished', async () => {
    const rows = await app.app.database.read(({ sql }) => sql.selectFrom('departures').selectAll().execute());
    return rows.length === 0;
  });
  await app.app.database.read(async ({ sql }) => {
    const rows = await sql
      .selectFrom('members')
      .select(['person_id', 'left_at', 'role'])
      .where('conversation_id', 'in', others)
      .execute();
    const left = rows.filter(({ left_at }) => left_at !== null);
    expect(left).toHaveLength(260);
    expect(left.every(({ person_id }) => person_id === gone.id)).toBe(true);
    expect(rows.filter(({ role }) => role === 'owner').map(({ person_id }) => person_id)).toEqual(
      others.map(() => bob.id),
    );
  });
  expect((await send(bob, direct, 'Hello?')).body.error.code).toBe('recipient_unavailable');
});
