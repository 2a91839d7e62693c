import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fieldsOf, operations, plausible } from '../harness/bad-input.ts';
import { type Answer, connect, rest, signIn, signInAdmin, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

const day = 24 * 3_600_000;

let app: TestApp;
let admin: TestPerson;
let ann: TestPerson;
let eve: TestPerson;
beforeAll(async () => {
  app = await startTestApp({ PARLEY_ADMIN_EMAIL: 'root@example.org', PARLEY_ADMIN_PASSWORD: 'correct horse' });
});
beforeEach(async () => {
  admin = await signInAdmin(app);
  ann = await signIn(app);
  eve = await signIn(app);
});
afterAll(() => app.close());

const asAdmin = (method: string, path: string, body?: object): Promise<Answer> =>
  rest(app, method, `/admin${path}`, { token: admin.token, ...(body && { body }) });
const entries = async (query: string): Promise<Answer['body'][]> =>
  (await asAdmin('GET', `/audit?${query}`)).body.items;
const mine = (): Promise<Answer['body'][]> => entries(`actorId=${admin.id}`);
const report = async (): Promise<string> =>
  (await rest(app, 'POST', '/reports', { token: ann.token, body: { personId: eve.id, reason: 'spam' } })).body.id;

/** What an operation of admins needs before it, what it is given, and what it leaves in the log, the latest first. */
interface Act {
  readonly before?: () => Promise<unknown>;
  readonly input: () => Promise<Record<string, unknown>>;
  readonly leaves: () => readonly object[];
}

let reportId: string;
const reported = async () => {
  reportId = await report();
  return { reportId };
};
const onEve = () => ({ targetKind: 'person', targetId: eve.id });
const onReport = () => ({ targetKind: 'report', targetId: reportId });
const suspendEve = () => asAdmin('PUT', `/people/${eve.id}/suspension`, { reason: 'Spam' });

const acts: Record<string, Act> = {
  'admin.reports.list': { input: async () => ({}), leaves: () => [] },
  'admin.audit.list': { input: async () => ({}), leaves: () => [] },
  'admin.reports.get': {
    input: reported,
    leaves: () => [{ action: 'report.read', ...onReport(), details: { personId: eve.id } }],
  },
  'admin.reports.resolve': {
    input: async () => ({ ...(await reported()), outcome: 'suspended', suspend: true, note: 'Enough' }),
    leaves: () => [
      { action: 'account.suspended', ...onEve(), details: { reason: 'Enough', until: null, reportId } },
      {
        action: 'report.resolved',
        ...onReport(),
        details: { outcome: 'suspended', personId: eve.id, suspended: true },
      },
    ],
  },
  'admin.people.get': {
    input: async () => ({ personId: eve.id }),
    leaves: () => [{ action: 'account.read', ...onEve(), details: {} }],
  },
  'admin.people.suspend': {
    input: async () => ({ personId: eve.id, reason: 'Spam', until: '2100-01-01T00:00:00.000Z' }),
    leaves: () => [
      { action: 'account.suspended', ...onEve(), details: { reason: 'Spam', until: '2100-01-01T00:00:00.000Z' } },
    ],
  },
  'admin.people.restore': {
    before: suspendEve,
    input: async () => ({ personId: eve.id }),
    leaves: () => [
      { action: 'account.restored', ...onEve(), details: {} },
      { action: 'account.suspended', ...onEve() },
    ],
  },
};

describe.each(
  operations
    .filter(({ name, path }) => name.startsWith('admin.') || path.startsWith('/admin'))
    .map((one) => [one.name, one] as const),
)('%s', (name, operation) => {
  const call = (token: string | undefined, input: Record<string, unknown>): Promise<Answer> => {
    const [query, body] = [new URLSearchParams(), {} as Record<string, unknown>];
    let { path } = operation;
    for (const [field, value] of Object.entries(input)) {
      if (field in fieldsOf(operation, 'params')) path = path.replace(`:${field}`, String(value));
      else if (field in fieldsOf(operation, 'body')) body[field] = value;
      else query.set(field, String(value));
    }
    return rest(app, operation.method, `${path}?${query}`, { token, ...(operation.body && { body }) });
  };

  test('is for admins only, over REST and over the socket', async () => {
    const input = { ...plausible[name], ...(await acts[name]?.input()) };
    expect(await call(ann.token, input)).toMatchObject({ status: 403, body: { error: { code: 'forbidden' } } });
    expect((await call(undefined, input)).status).toBe(401);
    const device = await connect(app, ann.token);
    await expect(device.command(name, input)).rejects.toMatchObject({ code: 'forbidden' });
    device.close();
    expect(await entries(`actorId=${ann.id}`)).toEqual([]);
  });

  test('leaves its entry', async () => {
    const act = acts[name];
    if (!act) throw new Error('Say in this test what the operation leaves in the audit log.');
    await act.before?.();
    const answer = await call(admin.token, await act.input());
    expect(answer.status).toBeLessThan(300);
    const left = await mine();
    expect(left).toMatchObject(act.leaves());
    for (const entry of left) expect(entry).toMatchObject({ actorId: admin.id, ip: '127.0.0.1', door: 'v1' });
    if (operation.method !== 'GET') expect(left.length).toBeGreaterThan(0);
  });
});

test('what is refused, or changes nothing, leaves none', async () => {
  const id = await report();
  await asAdmin('DELETE', `/people/${eve.id}/suspension`);
  await asAdmin('PUT', `/people/${admin.id}/suspension`, { reason: 'Oops' });
  await asAdmin('POST', `/reports/${id}/resolution`, { outcome: 'warned', suspend: true });
  await asAdmin('GET', '/reports/01900000-0000-7000-8000-000000000000');
  await asAdmin('GET', '/people/01900000-0000-7000-8000-000000000000');
  expect(await mine()).toEqual([]);
  await asAdmin('POST', `/reports/${id}/resolution`, { outcome: 'warned' });
  await asAdmin('POST', `/reports/${id}/resolution`, { outcome: 'warned' });
  expect(await mine()).toHaveLength(1);
});

test('an admin made by the operator is recorded without an actor; other accounts are not', async () => {
  expect(await entries(`targetId=${admin.id}`)).toMatchObject([
    { action: 'admin.created', actorId: null, targetKind: 'person', ip: null, door: null, details: { login: 'phone' } },
  ]);
  const user = await app.app.auth.createAccount({ name: 'User', login: 'user.made', role: 'user' });
  expect(await entries(`targetId=${user.id}`)).toEqual([]);
  const login = { login: 'root@example.org', password: 'correct horse' };
  const { body } = await rest(app, 'POST', '/sessions/by-password', { body: login });
  expect(await entries(`targetId=${body.profile.id}&action=admin.created`)).toHaveLength(1);
});

test('the log is paged, the latest first, and filtered by actor, target and action', async () => {
  for (let i = 0; i < 3; i += 1) {
    await asAdmin('GET', `/people/${eve.id}`);
    await asAdmin('GET', `/people/${ann.id}`);
    app.clock.advance(1);
  }
  await suspendEve();
  const seen: Answer['body'][] = [];
  for (let cursor = ''; ; ) {
    const { body } = await asAdmin('GET', `/audit?actorId=${admin.id}&limit=3${cursor}`);
    expect(body.items.length).toBeLessThanOrEqual(3);
    seen.push(...body.items);
    if (body.next === null) break;
    cursor = `&cursor=${body.next}`;
  }
  expect(seen).toHaveLength(7);
  expect(new Set(seen.map(({ id }) => id)).size).toBe(7);
  expect(seen[0]).toMatchObject({ action: 'account.suspended' });
  const times = seen.map(({ at }) => Date.parse(at));
  expect(times).toEqual(times.toSorted((a, b) => b - a));

  const other = await signInAdmin(app);
  await rest(app, 'GET', `/admin/people/${eve.id}`, { token: other.token });
  const counts: [string, number][] = [
    [`targetId=${eve.id}`, 5],
    [`targetId=${eve.id}&actorId=${admin.id}`, 4],
    [`targetId=${eve.id}&action=account.read`, 4],
    [`targetId=${eve.id}&actorId=${admin.id}&action=account.read`, 3],
    [`actorId=${admin.id}&action=account.suspended`, 1],
    [`actorId=${admin.id}&action=account.read`, 6],
    [`actorId=${ann.id}`, 0],
    ['actorId=x', 0],
    ['targetId=x', 0],
  ];
  for (const [query, count] of counts) expect([query, (await entries(query)).length]).toEqual([query, count]);
  for (const { action } of await entries('action=account.suspended')) expect(action).toBe('account.suspended');
  expect((await asAdmin('GET', '/audit?action=dance')).status).toBe(400);
  expect((await asAdmin('GET', '/audit?cursor=x')).status).toBe(400);
});

test('an entry cannot be changed, and is removed after two years', async () => {
  await asAdmin('GET', `/people/${eve.id}`);
  const change = app.app.database.write((unit) =>
    sql`update audit_log set actor_id = null where target_id = ${eve.id}`.execute(unit.sql),
  );
  await expect(change).rejects.toThrow(/never changed/);
  const kept = async (): Promise<number> => {
    const { rows } = await app.app.database.read((reader) =>
      sql<{ at: Date }>`select at from audit_log where target_id = ${eve.id}`.execute(reader.sql),
    );
    return rows.length;
  };
  app.clock.advance(729 * day);
  await app.app.sweep();
  expect(await kept()).toBe(1);
  app.clock.advance(2 * day);
  await app.app.sweep();
  expect(await kept()).toBe(0);
});

test('more old entries than one batch takes are removed by one sweep', async () => {
  await app.app.database.write((unit) =>
    sql`insert into audit_log (id, at, action, target_kind, target_id, details)
      select gen_random_uuid(), '2020-01-01', 'account.read', 'person', ${eve.id}, '{}' from generate_series(1, 2500)
    `.execute(unit.sql),
  );
  await app.app.sweep();
  const { rows } = await app.app.database.read((reader) =>
    sql`select from audit_log where target_id = ${eve.id}`.execute(reader.sql),
  );
  expect(rows).toHaveLength(0);
});
