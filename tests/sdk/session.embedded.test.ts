import { afterAll, beforeAll, expect, test } from 'vitest';
import { memoryStorage } from '../../sdk/src/index.ts';
import { codeFor, newPhone, rest, signInAdmin } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';
import { until } from '../harness/until.ts';
import { inSync, online, openClient, openProxy, pair, signedIn, texts } from './clients.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const minute = 60_000;
const refreshes = (requests: readonly string[]): number =>
  requests.filter((each) => each === 'POST /v1/sessions/refresh').length;

test('signs up and in with a password', async () => {
  const client = await openClient(app);
  expect(client.me).toBeNull();
  expect(() => client.send('x', 'y')).toThrow(expect.objectContaining({ code: 'signed_out' }));
  const given = { username: 'ann.archer', password: 'correct horse battery' };
  await client.register({ name: 'Ann', ...given });
  expect(client.me).toMatchObject({ name: 'Ann', username: 'ann.archer' });
  await online(client);
  const reasons: string[] = [];
  client.on('signedOut', ({ reason }) => reasons.push(reason));
  await client.signOut();
  expect(reasons).toEqual(['signed_out']);
  expect(client.me).toBeNull();
  await client.signInWithPassword({ login: given.username, password: given.password });
  await online(client);
  await expect(client.request('me.get', {})).resolves.toMatchObject({ name: 'Ann' });
});

test('an access token that has expired is replaced, once for all who need it', async () => {
  const proxy = await openProxy(app);
  const { ann, bob, id } = await pair(app, { url: proxy.url });
  app.clock.advance(16 * minute);
  proxy.requests.length = 0;
  const [me] = await Promise.all([ann.request('me.get', {}), ann.searchPeople('Bob'), ann.request('unread.get', {})]);
  expect(me.name).toBe('Ann');
  expect(refreshes(proxy.requests)).toBe(1);
  app.clock.advance(16 * minute);
  proxy.cut();
  await ann.send(id, 'with a new token').acked;
  expect(refreshes(proxy.requests)).toBe(2);
  await inSync(ann, bob);
});

test('a refresh whose answer is lost signs nobody out', async () => {
  const proxy = await openProxy(app);
  const storage = memoryStorage();
  const { ann, id } = await pair(app, { url: proxy.url, storage });
  const reasons: string[] = [];
  ann.on('signedOut', ({ reason }) => reasons.push(reason));
  app.clock.advance(16 * minute);
  let lost = 0;
  proxy.loseAnswer = (path) => path.endsWith('/sessions/refresh') && lost++ < 2;
  expect(await ann.request('me.get', {})).toMatchObject({ name: 'Ann' });
  expect(lost).toBe(3);

  // Here the process dies before the answer comes; the next one repeats the request.
  app.clock.advance(16 * minute);
  proxy.loseAnswer = (path) => path.endsWith('/sessions/refresh');
  await expect(ann.request('me.get', {})).rejects.toMatchObject({ code: 'offline' });
  ann.close();
  proxy.loseAnswer = () => false;
  const next = await openClient({ url: proxy.url }, { storage });
  await next.send(id, 'still here').acked;
  expect(texts(next, id)).toEqual(['still here']);
  expect(reasons).toEqual([]);
});

test('two clients on one storage do not sign each other out', async () => {
  const storage = memoryStorage();
  const one = await signedIn(app, { storage });
  const two = await openClient(app, { storage });
  await online(two);
  for (let round = 0; round < 2; round += 1) {
    app.clock.advance(16 * minute);
    await Promise.all([one.request('me.get', {}), two.request('me.get', {})]);
  }
  await expect(one.request('sessions.list', {})).resolves.toMatchObject({ items: [{ current: true }] });
});

test('signing out elsewhere ends it here, and keeps what was not sent', async () => {
  const proxy = await openProxy(app);
  const storage = memoryStorage();
  const phone = newPhone();
  const lost = await signedIn(app, { phone, name: 'Ann', url: proxy.url, storage });
  const kept = await signedIn(app, { phone });
  const bob = await signedIn(app, { name: 'Bob' });
  const { id } = await kept.startDirect(bob.me?.id ?? '');
  const reasons: string[] = [];
  lost.on('signedOut', ({ reason }) => reasons.push(reason));
  const revoked: unknown[] = [];
  kept.on('sessionsRevoked', (event) => revoked.push(event));

  proxy.down = true;
  proxy.cut();
  await until('the cut is noticed', () => lost.connection === 'connecting');
  const unsent = lost.send(id, 'unsent').acked;
  const { items } = await kept.request('sessions.list', {});
  const other = items.find(({ current }) => !current);
  await kept.request('sessions.delete', { sessionId: other?.id ?? '' });
  proxy.down = false;
  await until('it is signed out', () => reasons.length === 1);
  expect(reasons).toEqual(['session_revoked']);
  await expect(unsent).rejects.toMatchObject({ code: 'signed_out' });
  expect(lost.me).toBeNull();
  expect(lost.conversations()).toEqual([]);
  expect(revoked).toMatchObject([{ sessionIds: [other?.id] }]);
  expect(kept.connection).toBe('online');

  // Somebody else on the same device does not send it; the same person does.
  const carl = newPhone();
  await lost.requestCode(carl);
  await lost.signInWithCode({ phone: carl, code: codeFor(app, carl), name: 'Carl' });
  await online(lost);
  expect(lost.queued).toBe(0);
  await lost.requestCode(phone);
  await lost.signInWithCode({ phone, code: codeFor(app, phone) });
  await inSync(lost, bob);
  expect(texts(bob, id)).toEqual(['unsent']);
});

test('a live session that is ended hears of it at once', async () => {
  const phone = newPhone();
  const [one, two] = [await signedIn(app, { phone }), await signedIn(app, { phone })];
  const reasons: string[] = [];
  one.on('signedOut', ({ reason }) => reasons.push(reason));
  await two.request('sessions.deleteAll', {}).catch(() => {});
  await until('it is signed out', () => reasons.length === 1);
  expect(reasons).toEqual(['signed_out']);
  expect(one.connection).toBe('offline');
  await until('so is the other', () => two.me === null);
});

test('a suspended account is signed out and says so, and sends what was left when it is restored', async () => {
  const proxy = await openProxy(app);
  const phone = newPhone();
  const client = await signedIn(app, { phone, name: 'Eve', url: proxy.url });
  const bob = await signedIn(app, { name: 'Bob' });
  const { id } = await client.startDirect(bob.me?.id ?? '');
  const reasons: string[] = [];
  client.on('signedOut', ({ reason }) => reasons.push(reason));
  const { token } = await signInAdmin(app);
  const path = `/admin/people/${client.me?.id}/suspension`;

  proxy.down = true;
  proxy.cut();
  await until('the cut is noticed', () => client.connection === 'connecting');
  const unsent = client.send(id, 'unsent').acked;
  await rest(app, 'PUT', path, { token, body: { reason: 'Spam' } });
  proxy.down = false;
  await until('it is signed out', () => reasons.length === 1);
  expect(reasons).toEqual(['account_suspended']);
  await expect(unsent).rejects.toMatchObject({ code: 'signed_out' });

  await client.requestCode(phone);
  const refused = client.signInWithCode({ phone, code: codeFor(app, phone) });
  await expect(refused).rejects.toMatchObject({ code: 'account_suspended', details: { until: null } });
  await rest(app, 'DELETE', path, { token });
  await client.requestCode(phone);
  await client.signInWithCode({ phone, code: codeFor(app, phone) });
  await inSync(client, bob);
  expect(texts(bob, id)).toEqual(['unsent']);
});
