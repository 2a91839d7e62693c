import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { expectInSync } from '../harness/expect-in-sync.ts';
import { connect, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';
import { until } from '../harness/until.ts';

const day = 86_400_000;

let app: TestApp;
let ann: TestPerson;
let bob: TestPerson;
let conversationId: string;
beforeAll(async () => {
  app = await startTestApp({ PARLEY_RETENTION_DIRECT_DAYS: '30' });
});
afterAll(() => app.close());
beforeEach(async () => {
  [ann, bob] = [await signIn(app, { tokens: 'opaque' }), await signIn(app, { tokens: 'opaque' })];
  conversationId = await startDirect(app, ann, bob);
});

const send = async (count: number, from = ann) => {
  const path = `/conversations/${conversationId}/messages`;
  for (let n = 0; n < count; n += 1) await rest(app, 'POST', path, { token: from.token, body: { text: `m${n}` } });
};
const get = async (person: TestPerson, path = '') =>
  (await rest(app, 'GET', `/conversations/${conversationId}${path}`, { token: person.token })).body;
/** Puts the clock forward, and signs in anew: sessions do not live so long. */
const passDays = async (days: number) => {
  app.clock.advance(days * day);
  [ann, bob] = [
    await signIn(app, { phone: ann.phone, tokens: 'opaque' }),
    await signIn(app, { phone: bob.phone, tokens: 'opaque' }),
  ];
};
const retained = (upTo: number) =>
  until(`messages up to ${upTo} are removed`, async () => (await get(ann)).retainedFrom === upTo);

test('messages that are too old are removed for good, younger ones stay, and what is sent later goes on', async () => {
  await send(3);
  await passDays(20);
  await send(2, bob);
  const before = await get(ann, '/messages');
  const device = await connect(app, ann.token);
  app.clock.advance(11 * day);
  const { conversation } = await device.next('conversation.updated');
  expect(conversation).toMatchObject({ id: conversationId, retainedFrom: 3, rev: 7 });
  device.close();
  await passDays(0);
  expect((await get(ann, '/messages')).items).toEqual(before.items.slice(3));
  expect(await get(ann)).toMatchObject({ retainedFrom: 3, lastSeq: 5, unread: 2, me: { historyFrom: 3 } });
  expect((await get(ann, `/messages/${before.items[0].id}`)).error.code).toBe('message_not_found');
  await send(1);
  expect((await get(bob, '/messages')).items.map(({ seq }: { seq: number }) => seq)).toEqual([4, 5, 6]);

  await passDays(40);
  await retained(6);
  expect(await get(ann)).toMatchObject({ lastSeq: 6, unread: 0, lastMessage: null });
  expect((await get(ann, '/messages')).items).toEqual([]);
});

test('clients follow, also those that do not hold all that was unread', async () => {
  await send(25);
  await passDays(20);
  await send(40);
  await passDays(10 - 1 / 24);
  await expectInSync(app, [ann, bob, bob], async () => {
    app.clock.advance(day / 12);
    await until('it is removed', async () => (await get(ann)).retainedFrom === 25);
  });
  await passDays(19);
  await expectInSync(app, [ann, bob], async () => {
    app.clock.advance(2 * day);
    await until('it is removed', async () => (await get(ann)).retainedFrom === 65);
  });
});

test('what belonged to them is gone with them', async () => {
  await send(2);
  await app.app.database.write(async ({ sql }) => {
    const at = new Date(app.clock.now());
    for (const seq of [1, 2]) {
      const place = { conversation_id: conversationId, seq };
      await sql
        .insertInto('reactions')
        .values({ ...place, person_id: bob.id, emoji: '👍', reacted_at: at })
        .execute();
      await sql
        .insertInto('message_edits')
        .values({ ...place, rev: 1, text: 'x', mentions: null, replaced_at: at })
        .execute();
      await sql
        .insertInto('message_marks')
        .values({ ...place, person_id: bob.id, starred_at: at, version: 1 })
        .execute();
    }
  });
  await passDays(31);
  await retained(2);
  await app.app.database.read(async ({ sql }) => {
    for (const table of ['messages', 'reactions', 'message_edits', 'message_marks'] as const) {
      expect(await sql.selectFrom(table).selectAll().where('conversation_id', '=', conversationId).execute()).toEqual(
        [],
      );
    }
  });
});

test('more than one step removes is removed by several, over a restart, and groups are left alone', async () => {
  const at = new Date(app.clock.now());
  const groupId = crypto.randomUUID();
  const fill = async (id: string, count: number) =>
    app.app.database.write(async (unit) => {
      const text = `
        insert into messages (conversation_id, seq, id, sender_id, rev, kind, text, created_at)
        select $1, n, gen_random_uuid(), $2, n + 1, 'text', 'old', $3 from generate_series(1, $4::int) n`;
      await unit.prepared({ name: 'fill', text }, [id, ann.id, at, count]);
      await unit.sql
        .updateTable('conversations')
        .set({ last_seq: count, rev: count + 1 })
        .where('id', '=', id)
        .execute();
    });
  await app.app.database.write(async ({ sql }) => {
    const group = { id: groupId, kind: 'group' as const, direct_key: null, title: 'Group', created_by: ann.id };
    const counts = { created_at: at, last_activity_at: at, last_seq: 0, rev: 1, member_count: 1 };
    await sql
      .insertInto('conversations')
      .values({ ...group, ...counts })
      .execute();
  });
  await fill(conversationId, 12_345);
  await fill(groupId, 3);
  await passDays(31);
  await until('it has begun', async () => (await get(ann)).retainedFrom > 0);
  await app.restart();
  await retained(12_345);
  await app.app.database.read(async ({ sql }) => {
    const rows = await sql.selectFrom('messages').select('seq').where('conversation_id', '=', groupId).execute();
    expect(rows).toHaveLength(3);
  });
});
