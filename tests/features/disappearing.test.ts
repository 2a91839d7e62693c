import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { expectInSync } from '../harness/expect-in-sync.ts';
import { connect, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';
import { until } from '../harness/until.ts';

let app: TestApp;
let ann: TestPerson;
let bob: TestPerson;
let conversationId: string;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  [ann, bob] = [
    await signIn(app, { name: 'Ann', tokens: 'opaque' }),
    await signIn(app, { name: 'Bob', tokens: 'opaque' }),
  ];
  conversationId = await startDirect(app, ann, bob);
  await disappearAfter(3_600);
});

const disappearAfter = (seconds: number | null) =>
  app.app.database.write(async (unit) => {
    const change = { disappearing_seconds: seconds };
    await unit.sql.updateTable('conversations').set(change).where('id', '=', conversationId).execute();
  });
const send = async (body: object, from = ann) =>
  (await rest(app, 'POST', `/conversations/${conversationId}/messages`, { token: from.token, body })).body.message;
const history = async (person = bob) =>
  (await rest(app, 'GET', `/conversations/${conversationId}/messages`, { token: person.token })).body.items;
const hour = 3_600_000;

test('a message vanishes for all when its time is up; its place stays, and later ones live on', async () => {
  const [device, start] = [await connect(app, bob.token), app.clock.now()];
  const secret = await send({ text: 'Secret', kind: 'text' });
  const expiresAt = new Date(secret.expiresAt).getTime();
  expect(expiresAt - start).toBeGreaterThanOrEqual(hour);
  expect(expiresAt - start).toBeLessThan(hour + 60_000);
  await disappearAfter(null);
  const kept = await send({ text: 'Kept' });
  expect(kept.expiresAt).toBeUndefined();
  app.clock.advance(hour - 60_000);
  expect(await history()).toEqual([secret, kept]);

  app.clock.advance(120_000);
  const { message } = await device.next('message.updated');
  const { id, seq, senderId, clientId, kind, createdAt } = secret;
  const place = { id, conversationId, seq, senderId, clientId, kind, createdAt };
  expect(message).toEqual({ ...place, rev: kept.rev + 1, text: '', deletedAt: secret.expiresAt });
  expect(await history()).toEqual([message, kept]);
  expect(await history(ann)).toEqual([message, kept]);
  device.close();
});

test('clients that follow events hold what a fresh fetch shows, also where much vanishes at once', async () => {
  for (let n = 0; n < 30; n += 1) await send({ text: `${n}` }, n % 3 === 0 ? bob : ann);
  await expectInSync(app, [ann, bob, bob], async () => {
    app.clock.advance(hour + 60_000);
    await until('all are told', async () => {
      const { body } = await rest(app, 'GET', `/conversations/${conversationId}`, { token: ann.token });
      return body.rev === 61;
    });
  });
  const { body } = await rest(app, 'GET', `/conversations/${conversationId}`, { token: ann.token });
  expect(body).toMatchObject({ unread: 0, lastSeq: 30, lastMessage: { text: '', seq: 30 } });
});

test('nothing of it stays: its reactions, earlier texts and content', async () => {
  const picture = { kind: 'image', content: { media: [{ url: 'https://example.org/secret.jpg' }] }, text: 'Secret' };
  const { seq, rev } = await send(picture);
  await app.app.database.write(async (unit) => {
    const place = { conversation_id: conversationId, seq };
    const at = new Date(app.clock.now());
    await unit.sql
      .insertInto('reactions')
      .values({ ...place, person_id: bob.id, emoji: '👍', reacted_at: at })
      .execute();
    const edit = { ...place, rev, text: 'Secret', mentions: null, replaced_at: at };
    await unit.sql.insertInto('message_edits').values(edit).execute();
    const change = { reaction_count: 1, pinned_at: at, pinned_by: bob.id, edited_at: at };
    await unit.sql.updateTable('messages').set(change).where('conversation_id', '=', conversationId).execute();
  });
  const device = await connect(app, bob.token);
  app.clock.advance(hour + 60_000);
  const { message } = await device.next('message.updated');
  expect(Object.keys(message)).not.toContain('content');
  await app.app.database.read(async ({ sql }) => {
    for (const table of ['reactions', 'message_edits'] as const) {
      expect(await sql.selectFrom(table).selectAll().where('conversation_id', '=', conversationId).execute()).toEqual(
        [],
      );
    }
    const rows = await sql.selectFrom('messages').selectAll().where('conversation_id', '=', conversationId).execute();
    expect(rows).toMatchObject([{ text: '', content: null, reaction_count: 0, pinned_at: null, deleted_by: null }]);
  });
  device.close();
});

test('one whose time is up is seen nowhere, before it is removed', async () => {
  const first = await send({ text: 'Secret' });
  await app.app.database.write(async (unit) => {
    // Held, so that the message is not removed while we look.
    await unit.sql.selectFrom('conversations').select('id').where('id', '=', conversationId).forUpdate().execute();
    app.clock.advance(hour + 60_000);
    if (app.config.databaseUrl === null) return; // one connection: nobody can look meanwhile
    const looks = await Promise.all([
      rest(app, 'GET', `/conversations/${conversationId}/messages`, { token: bob.token }),
      rest(app, 'GET', `/conversations/${conversationId}/messages/${first.id}`, { token: bob.token }),
      rest(app, 'GET', `/conversations/${conversationId}`, { token: bob.token }),
      rest(app, 'GET', '/conversations', { token: bob.token }),
      rest(app, 'POST', '/sync', { token: bob.token, body: {} }),
    ]);
    for (const { status, body } of looks) {
      expect(status).toBe(200);
      expect(JSON.stringify(body)).not.toContain('Secret');
      expect(JSON.stringify(body)).toContain('deletedAt');
    }
    const rows = await unit.sql.selectFrom('messages').select('text').where('id', '=', first.id).execute();
    expect(rows).toEqual([{ text: 'Secret' }]);
  });
  const answer = await rest(app, 'POST', `/conversations/${conversationId}/messages`, {
    token: bob.token,
    body: { text: 'What?', replyTo: first.id },
  });
  expect(answer.body.error.code).toBe('message_not_found');
});
