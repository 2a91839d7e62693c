import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { createDatabase } from '../harness/database.ts';
import { expectInSync } from '../harness/expect-in-sync.ts';
import { type Answer, connect, rest, signIn, signInAdmin, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const nobody = '01900000-0000-7000-8000-000000000000';

let app: TestApp;
let admin: TestPerson;
let ann: TestPerson;
let eve: TestPerson;
let conversationId: string;
beforeAll(async () => {
  app = await startTestApp();
});
beforeEach(async () => {
  admin = await signInAdmin(app);
  ann = await signIn(app, { name: 'Ann' });
  eve = await signIn(app, { name: 'Eve' });
  conversationId = await startDirect(app, ann, eve);
});
afterAll(() => app.close());

const say = async (from: TestPerson, text: string): Promise<{ id: string; seq: number; createdAt: string }> => {
  const path = `/conversations/${conversationId}/messages`;
  return (await rest(app, 'POST', path, { token: from.token, body: { text } })).body.message;
};
const report = (by: TestPerson, body: object, node: Pick<TestApp, 'url'> = app): Promise<Answer> =>
  rest(node, 'POST', '/reports', { token: by.token, body: { reason: 'spam', ...body } });
const asAdmin = (method: string, path: string, body?: object): Promise<Answer> =>
  rest(app, method, `/admin${path}`, { token: admin.token, ...(body && { body }) });
const resolve = (id: string, body: object = { outcome: 'other' }): Promise<Answer> =>
  asAdmin('POST', `/reports/${id}/resolution`, body);
/** The whole queue, the newest first. */
const queue = async (status = 'open'): Promise<Answer['body'][]> => {
  const items = [];
  for (let cursor = ''; ; ) {
    const { body } = await asAdmin('GET', `/reports?status=${status}&limit=100${cursor}`);
    items.push(...body.items);
    if (body.next === null) return items;
    cursor = `&cursor=${body.next}`;
  }
};
const codeOf = ({ status, body }: Answer): string => body?.error?.code ?? String(status);

describe('a report', () => {
  test('of a message shows it to admins as it was, and to nobody else', async () => {
    const message = await say(eve, 'Buy my coins');
    const device = await connect(app, eve.token);
    const made = await report(ann, { conversationId, messageId: message.id, reason: 'spam', note: '  Again!  ' });
    expect(made).toMatchObject({ status: 201, body: { created: true } });
    expect(Object.keys(made.body).sort()).toEqual(['created', 'createdAt', 'id']);

    const [listed] = await queue();
    expect(listed).toEqual({
      id: made.body.id,
      status: 'open',
      reporterId: ann.id,
      personId: eve.id,
      conversationId,
      messageId: message.id,
      reason: 'spam',
      note: 'Again!',
      createdAt: made.body.createdAt,
      updatedAt: made.body.createdAt,
      otherOpen: 0,
      resolution: null,
    });
    const { body: details } = await asAdmin('GET', `/reports/${made.body.id}`);
    const { createdAt, seq } = message;
    expect(details).toEqual({
      ...listed,
      message: { seq, senderId: eve.id, kind: 'text', text: 'Buy my coins', createdAt },
      files: [],
    });
    await device.settled();
    expect(device.events).toEqual([]);
    device.close();

    // Whatever becomes of the message, the copy stays.
    await app.app.database.write((unit) => sql`delete from messages where id = ${message.id}`.execute(unit.sql));
    expect((await asAdmin('GET', `/reports/${made.body.id}`)).body).toEqual(details);
  });

  test('changes nothing that the people of the conversation hold', async () => {
    const message = await say(eve, 'Buy my coins');
    await expectInSync(app, [ann, eve], () => report(ann, { conversationId, messageId: message.id }));
  });

  test('of a person has no message; of a deleted account only its messages are left to report', async () => {
    const message = await say(eve, 'I go now');
    const made = await report(ann, { personId: eve.id, reason: 'impersonation' });
    const { body: details } = await asAdmin('GET', `/reports/${made.body.id}`);
    expect(details).toMatchObject({ personId: eve.id, messageId: null, message: null, reason: 'impersonation' });
    expect(details.note).toBeNull();
    await rest(app, 'DELETE', '/me', { token: eve.token });
    expect(codeOf(await report(ann, { personId: eve.id }))).toBe('person_not_found');
    expect((await report(ann, { conversationId, messageId: message.id })).status).toBe(201);
  });

  test('again changes the open one; after it was closed it is a new one', async () => {
    const message = await say(eve, 'First words');
    const what = { conversationId, messageId: message.id };
    const first = await report(ann, { ...what, note: 'Please look' });
    app.clock.advance(minute);
    const again = await report(ann, { ...what, reason: 'harassment' });
    expect(again).toMatchObject({ status: 200, body: { id: first.body.id, created: false } });
    expect(again.body.createdAt).toBe(first.body.createdAt);
    const { body: changed } = await asAdmin('GET', `/reports/${first.body.id}`);
    expect(changed).toMatchObject({ reason: 'harassment', note: null, message: { text: 'First words' } });
    expect(Date.parse(changed.updatedAt) - Date.parse(changed.createdAt)).toBeGreaterThanOrEqual(minute);

    // Another thing, and another person, make a report of their own.
    expect((await report(ann, { personId: eve.id })).status).toBe(201);
    expect((await report(await signIn(app), { personId: eve.id })).status).toBe(201);
    const mine = (await queue()).filter(({ personId }) => personId === eve.id);
    expect(mine.map(({ otherOpen }) => otherOpen)).toEqual([2, 2, 2]);

    await resolve(first.body.id);
    const later = await report(ann, what);
    expect(later).toMatchObject({ status: 201, body: { created: true } });
    expect(later.body.id).not.toBe(first.body.id);
  });

  test.each<[string, () => Promise<object>, number, string, string?]>([
    ['nothing', async () => ({}), 400, 'invalid_request', '/personId'],
    ['two things', async () => ({ personId: eve.id, messageId: nobody }), 400, 'invalid_request', '/personId'],
    ['no message', async () => ({ conversationId }), 400, 'invalid_request', '/messageId'],
    ['no conversation', async () => ({ messageId: nobody }), 400, 'invalid_request', '/conversationId'],
    ['another reason', async () => ({ personId: eve.id, reason: 'boring' }), 400, 'invalid_request', '/reason'],
    ['a long note', async () => ({ personId: eve.id, note: 'x'.repeat(1_001) }), 400, 'invalid_request', '/note'],
    ['oneself', async () => ({ personId: ann.id }), 400, 'invalid_request', '/personId'],
    [
      "one's own message",
      async () => ({ conversationId, messageId: (await say(ann, 'Mine')).id }),
      400,
      'invalid_request',
      '/messageId',
    ],
    ['nobody', async () => ({ personId: nobody }), 404, 'person_not_found'],
    ['no id', async () => ({ personId: 'eve' }), 404, 'person_not_found'],
    ['a message that is not there', async () => ({ conversationId, messageId: nobody }), 404, 'message_not_found'],
    [
      'a message of others',
      async () => {
        const [cid, dora] = [await signIn(app), await signIn(app)];
        const id = await startDirect(app, cid, dora);
        const sent = await rest(app, 'POST', `/conversations/${id}/messages`, {
          token: cid.token,
          body: { text: 'Secret' },
        });
        return { conversationId: id, messageId: sent.body.message.id };
      },
      404,
      'conversation_not_found',
    ],
  ])('of %s is refused', async (_what, given, status, code, path) => {
    const before = (await queue()).length;
    const refused = await report(ann, await given());
    expect(refused).toMatchObject({ status, body: { error: { code } } });
    expect(refused.body.error.details.path).toBe(path);
    expect(await queue()).toHaveLength(before);
  });

  test('is also a command of the socket', async () => {
    const device = await connect(app, ann.token);
    const made = await device.command('reports.create', { personId: eve.id, reason: 'other' });
    expect(made.created).toBe(true);
    device.close();
  });
});

test('the queue is paged, the newest first, by status', async () => {
  const reporters = await Promise.all(Array.from({ length: 5 }, () => signIn(app)));
  const ids: string[] = [];
  for (const reporter of reporters) {
    ids.unshift((await report(reporter, { personId: eve.id })).body.id);
    app.clock.advance(1);
  }
  const seen: string[] = [];
  let next = '';
  do {
    const { body } = await asAdmin('GET', `/reports?limit=2${next}`);
    expect(body.items.length).toBeLessThanOrEqual(2);
    seen.push(...body.items.map(({ id }: { id: string }) => id));
    next = body.next === null ? '' : `&cursor=${body.next}`;
  } while (next !== '' && seen.length < 6);
  expect(seen.slice(0, 5)).toEqual(ids);

  const [dismissed, resolved, ...open] = ids as [string, string, ...string[]];
  await resolve(dismissed, { outcome: 'dismissed' });
  await resolve(resolved, { outcome: 'warned' });
  const about = async (status: string) =>
    (await queue(status)).filter(({ personId }) => personId === eve.id).map(({ id, otherOpen }) => [id, otherOpen]);
  expect(await about('open')).toEqual(open.map((id) => [id, 2]));
  expect(await about('dismissed')).toEqual([[dismissed, 3]]);
  expect(await about('resolved')).toEqual([[resolved, 3]]);
  expect(codeOf(await asAdmin('GET', '/reports?cursor=x'))).toBe('invalid_request');
});

describe('closing a report', () => {
  let id: string;
  beforeEach(async () => {
    id = (await report(ann, { personId: eve.id, reason: 'violence' })).body.id;
  });

  test.each([
    ['dismissed', 'dismissed'],
    ['warned', 'resolved'],
    ['message_deleted', 'resolved'],
    ['suspended', 'resolved'],
    ['other', 'resolved'],
  ])('with the outcome %s makes it %s, once', async (outcome, status) => {
    const closed = await resolve(id, { outcome, note: 'Looked at it' });
    expect(closed).toMatchObject({
      status: 200,
      body: { id, status, resolution: { outcome, note: 'Looked at it', adminId: admin.id } },
    });
    expect(codeOf(await resolve(id, { outcome: 'dismissed' }))).toBe('report_closed');
    expect((await asAdmin('GET', `/reports/${id}`)).body).toEqual({ ...closed.body, message: null, files: [] });
    // Only the word: to suspend is said apart.
    expect((await rest(app, 'GET', '/me', { token: eve.token })).status).toBe(200);
  });

  test('can suspend the person in the same step', async () => {
    const until = new Date(app.clock.now() + day).toISOString();
    const closed = await resolve(id, { outcome: 'suspended', note: 'Threats', suspend: true, until });
    expect(closed.body).toMatchObject({ status: 'resolved', resolution: { outcome: 'suspended' } });
    expect(await rest(app, 'GET', '/me', { token: eve.token })).toMatchObject({
      status: 403,
      body: { error: { code: 'account_suspended', details: { until } } },
    });
    const { body: account } = await asAdmin('GET', `/people/${eve.id}`);
    expect(account).toMatchObject({ suspended: true, suspension: { reason: 'Threats', until } });
  });

  test('suspends for the reason of the report where there is no note', async () => {
    await resolve(id, { outcome: 'suspended', suspend: true });
    const { body: account } = await asAdmin('GET', `/people/${eve.id}`);
    expect(account.suspension).toMatchObject({ reason: 'violence', until: null });
  });

  test('leaves it open where the person cannot be suspended', async () => {
    const other = await signInAdmin(app);
    const aboutAdmin = await report(ann, { personId: other.id });
    const refused = await resolve(aboutAdmin.body.id, { outcome: 'suspended', suspend: true });
    expect(codeOf(refused)).toBe('forbidden');
    expect((await asAdmin('GET', `/reports/${aboutAdmin.body.id}`)).body.status).toBe('open');
    await rest(app, 'DELETE', '/me', { token: eve.token });
    expect(codeOf(await resolve(id, { outcome: 'suspended', suspend: true }))).toBe('person_not_found');
    expect((await asAdmin('GET', `/reports/${id}`)).body.status).toBe('open');
    expect((await resolve(id, { outcome: 'dismissed' })).status).toBe(200);
  });

  test.each<[string, object, string]>([
    ['suspending with another outcome', { outcome: 'warned', suspend: true }, '/outcome'],
    ['an end without suspending', { outcome: 'suspended', until: '2100-01-01T00:00:00Z' }, '/until'],
    ['an end in the past', { outcome: 'suspended', suspend: true, until: '2020-01-01T00:00:00Z' }, '/until'],
    ['another outcome', { outcome: 'forgotten' }, '/outcome'],
  ])('refuses %s', async (_what, body, path) => {
    const refused = await resolve(id, body);
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', details: { path } } } });
    expect((await asAdmin('GET', `/reports/${id}`)).body.status).toBe('open');
  });

  test('of a report that is not there is refused', async () => {
    for (const unknown of [nobody, 'x']) {
      expect(codeOf(await resolve(unknown))).toBe('report_not_found');
      expect(codeOf(await asAdmin('GET', `/reports/${unknown}`))).toBe('report_not_found');
    }
  });
});

test('closed reports are removed after a year, open ones never', async () => {
  const open = (await report(ann, { personId: eve.id })).body.id;
  const closed = (await report(eve, { personId: ann.id })).body.id;
  await resolve(closed);
  const refresh = async () => {
    const login = { login: admin.phone, password: 'correct horse' };
    const { body } = await rest(app, 'POST', '/sessions/by-password', { body: login });
    admin = { ...admin, token: body.tokens.accessToken };
  };
  app.clock.advance(364 * day);
  await app.app.sweep();
  await refresh();
  expect((await asAdmin('GET', `/reports/${closed}`)).status).toBe(200);
  app.clock.advance(2 * day);
  await app.app.sweep();
  await refresh();
  expect(codeOf(await asAdmin('GET', `/reports/${closed}`))).toBe('report_not_found');
  expect((await asAdmin('GET', `/reports/${open}`)).body.status).toBe('open');
});

test('50 a day and person', async () => {
  const strict = await startTestApp({ PARLEY_RATE_LIMIT_FACTOR: '1' });
  try {
    const [greedy, other, target] = [await signIn(strict), await signIn(strict), await signIn(strict)];
    for (let i = 0; i < 50; i += 1) {
      expect((await report(greedy, { personId: target.id }, strict)).status).toBe(i === 0 ? 201 : 200);
    }
    const refused = await report(greedy, { personId: other.id }, strict);
    expect(refused).toMatchObject({ status: 429, body: { error: { details: { limit: 'reports' } } } });
    expect((await report(other, { personId: target.id }, strict)).status).toBe(201);
  } finally {
    await strict.close();
  }
});

describe.skipIf(inject('storage') !== 'postgres')('at once', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let nodes: [TestApp, TestApp];
  beforeAll(async () => {
    database = await createDatabase(inject('postgresTemplate'));
    const environment = { DATABASE_URL: database.url, JWT_SECRET: 'the same key on all nodes, 0123456789' };
    nodes = [await startTestApp(environment), await startTestApp(environment)];
  });
  afterAll(async () => {
    for (const node of nodes) await node.close();
    await database.drop();
  });

  test('reports of one thing by one person are one report; of two admins who close it one wins', async () => {
    const admins = [await signInAdmin(nodes[0]), await signInAdmin(nodes[0])] as const;
    const reporter = await signIn(nodes[0]);
    for (let round = 0; round < 40; round += 1) {
      const target = await signIn(nodes[0]);
      const made = await Promise.all(
        [0, 1, 2, 3].map((i) => report(reporter, { personId: target.id }, nodes[i % 2] as TestApp)),
      );
      expect(new Set(made.map(({ body }) => body.id)).size).toBe(1);
      expect(made.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201]);
      const path = `/admin/reports/${made[0]?.body.id}/resolution`;
      const [again, ...closed] = await Promise.all([
        report(reporter, { personId: target.id }, nodes[round % 2] as TestApp),
        ...admins.map(({ token }, i) => {
          const body = { outcome: 'suspended', suspend: true, note: `Admin ${i}` };
          return rest(nodes[i] as TestApp, 'POST', path, { token, body });
        }),
      ]);
      expect(closed.map(codeOf).sort()).toEqual(['200', 'report_closed']);
      // It has changed the report before it was closed, or is a new one.
      expect([200, 201]).toContain((again as Answer).status);
    }
  });
});
