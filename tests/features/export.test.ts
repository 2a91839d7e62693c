import { connect as connectSocket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { uploaded } from '../harness/media.ts';
import { rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { inMinutes, schedule } from '../harness/scheduling.ts';
import { note } from '../harness/shown-files.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';
import { until } from '../harness/until.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const exported = (person: TestPerson, of: Pick<TestApp, 'url'> = app) =>
  rest(of, 'GET', '/me/export', { token: person.token });
const send = async (person: TestPerson, conversationId: string, body: object) =>
  (await rest(app, 'POST', `/conversations/${conversationId}/messages`, { token: person.token, body })).body.message;

/** Many messages at once, as if they had been sent. */
const fill = (conversationId: string, senderId: string, count: number, length: number) =>
  app.app.database.write(async (unit) => {
    const text = `
      insert into messages (conversation_id, seq, id, sender_id, rev, kind, text, created_at)
      select $1, n, gen_random_uuid(), $2, n + 1, 'text', n || repeat('x', $5), $3 from generate_series(1, $4::int) n`;
    await unit.prepared({ name: 'fill', text }, [conversationId, senderId, new Date(app.clock.now()), count, length]);
    const counts = { last_seq: count, rev: count + 1 };
    await unit.sql.updateTable('conversations').set(counts).where('id', '=', conversationId).execute();
  });

test('is everything that is mine, and nothing that is not', async () => {
  const [ann, bob] = [
    await signIn(app, { name: 'Ann', deviceName: "Ann's phone" }),
    await signIn(app, { name: 'Bob' }),
  ];
  const id = await startDirect(app, ann, bob);
  const mine = await send(ann, id, { text: 'Mine' });
  const theirs = await send(bob, id, { text: 'Not hers to take' });
  const scheduled = (await schedule(app, ann, id, { text: 'Later', sendAt: inMinutes(app, 5) })).body;
  await schedule(app, bob, id, { text: 'A secret of Bob', sendAt: inMinutes(app, 5) });
  const file = await uploaded(app, ann, note(), { fileName: 'mine.txt' });
  await uploaded(app, bob, note(), { fileName: 'A secret of Bob.txt' });
  const device = { platform: 'ios', name: 'Phone', token: 'A secret token' };
  await rest(app, 'PUT', '/devices/one', { token: ann.token, body: device });
  await rest(app, 'PUT', '/devices/two', { token: bob.token, body: { ...device, token: 'Of Bob' } });
  const report = { personId: bob.id, reason: 'spam', note: 'Reported by Ann' };
  await rest(app, 'POST', '/reports', { token: ann.token, body: report });
  const at = new Date(app.clock.now());
  await app.app.database.write(async ({ sql }) => {
    const contact = { person_id: bob.id, phone: null, search: '', favourite: true, created_at: at };
    const entries = [
      { ...contact, id: crypto.randomUUID(), owner_id: ann.id, name: 'Bobby' },
      { ...contact, id: crypto.randomUUID(), owner_id: bob.id, person_id: ann.id, name: 'Annie' },
    ];
    await sql.insertInto('contacts').values(entries).execute();
    await sql.insertInto('blocks').values({ person_id: ann.id, blocked_id: bob.id, created_at: at }).execute();
    const place = { conversation_id: id, seq: theirs.seq };
    const marks = { ...place, starred_at: at, version: 1 };
    await sql
      .insertInto('message_marks')
      .values([
        { ...marks, person_id: ann.id },
        { ...marks, person_id: bob.id },
      ])
      .execute();
    const told = { ...place, id: theirs.id, kind: 'message' as const, created_at: at, expires_at: null };
    await sql
      .insertInto('notifications')
      .values([
        { ...told, person_id: ann.id, actor_id: bob.id },
        { ...told, person_id: bob.id, actor_id: ann.id },
      ])
      .execute();
    const reaction = { ...place, emoji: '👍', reacted_at: at };
    await sql
      .insertInto('reactions')
      .values([
        { ...reaction, person_id: ann.id },
        { ...reaction, person_id: bob.id, emoji: '👎' },
      ])
      .execute();
    const edit = { conversation_id: id, seq: mine.seq, rev: mine.rev, text: 'Nine', mentions: null, replaced_at: at };
    await sql.insertInto('message_edits').values(edit).execute();
    await sql.updateTable('messages').set({ edited_at: at }).where('id', '=', mine.id).execute();
    const settings = { custom_name: 'My friend', muted_until: at };
    await sql.updateTable('members').set(settings).where('person_id', '=', ann.id).execute();
  });

  const { status, headers, body } = await exported(ann);
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(body).toMatchObject({
    exportedAt: expect.any(String),
    profile: {
      id: ann.id,
      name: 'Ann',
      identities: [{ kind: 'phone', value: ann.phone }],
      privacy: { phone: 'everyone' },
    },
    contacts: [{ personId: bob.id, name: 'Bobby', favourite: true }],
    blocks: [{ personId: bob.id }],
    sessions: [{ id: ann.sessionId, deviceName: "Ann's phone", ip: '127.0.0.1' }],
    signIns: [{ method: 'code', succeeded: true }],
    conversations: [{ id, kind: 'direct', with: bob.id, customName: 'My friend', mutedUntil: at.toISOString() }],
    messages: [{ id: mine.id, text: 'Mine', earlierTexts: [{ text: 'Nine' }] }],
    reactions: [{ conversationId: id, seq: theirs.seq, emoji: '👍' }],
    marks: [{ conversationId: id, seq: theirs.seq, starredAt: at.toISOString() }],
    scheduled: [{ id: scheduled.id, text: 'Later' }],
    reports: [{ personId: bob.id, reason: 'spam', note: 'Reported by Ann' }],
    preferences: { client: { theme: 'dark' } },
    notificationPreferences: { enabled: false },
    notifications: [{ id: theirs.id, kind: 'message', conversationId: id, from: bob.id, readAt: null }],
    devices: [{ deviceId: 'one', platform: 'ios', name: 'Phone' }],
    media: [{ id: file.id, fileName: 'mine.txt', mimeType: 'text/plain' }],
  });
  for (const list of Object.values(body).filter(Array.isArray)) expect(list).toHaveLength(1);
  const text = JSON.stringify(body);
  for (const secret of ['Not hers', 'A secret', 'Annie', bob.phone, ann.token, ann.refreshToken, '👎']) {
    expect(text).not.toContain(secret);
  }
});

test('has what I said in a group that I have left, and not what has vanished', async () => {
  const [ann, bob] = [await signIn(app), await signIn(app)];
  const id = await startDirect(app, ann, bob);
  await send(ann, id, { text: 'Kept' });
  const gone = await send(ann, id, { text: 'Vanished' });
  await app.app.database.write(async ({ sql }) => {
    const at = new Date(app.clock.now() - 1);
    await sql.updateTable('messages').set({ expires_at: at }).where('id', '=', gone.id).execute();
    await sql.updateTable('members').set({ left_at: at }).where('person_id', '=', ann.id).execute();
  });
  const { body } = await exported(ann);
  expect(body.conversations).toMatchObject([{ id, leftAt: expect.any(String) }]);
  expect(body.messages).toMatchObject([{ text: 'Kept' }, { id: gone.id, text: '', deletedAt: expect.any(String) }]);
});

test('is whole where it is long', async () => {
  const [ann, bob] = [await signIn(app), await signIn(app)];
  await fill(await startDirect(app, ann, bob), ann.id, 3_501, 20);
  await fill(await startDirect(app, ann, await signIn(app)), ann.id, 1_000, 20);
  const { body } = await exported(ann);
  expect(body.messages).toHaveLength(4_501);
  expect(new Set(body.messages.map((message: { id: string }) => message.id)).size).toBe(4_501);
});

test('is read no faster than it is taken, and no further once the client is gone', async () => {
  const [ann, bob] = [await signIn(app), await signIn(app)];
  await fill(await startDirect(app, ann, bob), ann.id, 30_000, 2_000);
  let reads = 0;
  const { database } = app.app;
  const read = database.read;
  database.read = (work) =>
    read.call(database, (reader) =>
      work({
        sql: reader.sql,
        prepared(statement, values) {
          if (statement.name === 'my-data-messages') reads += 1;
          return reader.prepared(statement, values);
        },
      }),
    ) as never;
  try {
    const { hostname, port } = new URL(app.url);
    const socket = connectSocket({ host: hostname, port: Number(port) });
    socket.pause();
    socket.write(`GET /v1/me/export HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ann.token}\r\n\r\n`);
    await until('it has begun', () => reads > 0);
    // The kernel takes some megabytes; then it stands still, far from the 60 that there are.
    const standsStill = async (): Promise<number> => {
      let [seen, since] = [reads, performance.now()];
      await until('it stands still', () => {
        if (reads !== seen) [seen, since] = [reads, performance.now()];
        return performance.now() - since > 1_500;
      });
      return seen;
    };
    const standing = await standsStill();
    expect(standing).toBeLessThan(25); // of 30
    socket.destroy();
    expect((await standsStill()) - standing).toBeLessThan(3);
  } finally {
    database.read = read;
  }
});

test('is refused without a session, and a sixth time a day', async () => {
  const limited = await startTestApp({ PARLEY_RATE_LIMIT_FACTOR: '1' });
  const [ann, bob] = [await signIn(limited), await signIn(limited)];
  for (let n = 0; n < 5; n += 1) expect((await exported(ann, limited)).status).toBe(200);
  const refused = await exported(ann, limited);
  expect(refused).toMatchObject({
    status: 429,
    body: { error: { code: 'rate_limited', details: { limit: 'export' } } },
  });
  expect((await exported(bob, limited)).status).toBe(200);
  expect((await rest(limited, 'GET', '/me/export')).status).toBe(401);
  await limited.close();
});
