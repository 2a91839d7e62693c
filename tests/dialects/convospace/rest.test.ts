import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConvospaceClient, ConvospaceSocket, good, refusal } from '../../harness/convospace.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';
import { until } from '../../harness/until.ts';
import { newClient } from './people.ts';

let app: TestApp;
let mira: ConvospaceClient;
beforeAll(async () => {
  app = await startTestApp({ CLIENT_URL: 'https://app.example.org' });
  mira = await newClient(app, 'Mira Holt');
});
afterAll(() => app.close());

/** What is no number of anything, in the ways in which clients send it. */
const strange = ['undefined', 'NaN', 'abc', '0', '-1', '1.5', '1e3', '999999', '9007199254740993', '0x1', '%00', '１'];
const uuid = '01900000-0000-7000-8000-000000000000';

describe('every route', () => {
  test.each([...strange, uuid])('finds nothing that is called %s, and breaks at none', async (id) => {
    const answers = [
      [await mira.get(`/conversations/${id}`), 'Conversation not found'],
      [await mira.delete(`/conversations/${id}`), 'Conversation not found'],
      [await mira.post(`/conversations/${id}/archive`), 'Conversation not found'],
      [await mira.put(`/conversations/${id}/mute`, { is_muted: true }), 'Conversation not found'],
      [await mira.get(`/messages/${id}`), 'Conversation not found'],
      [await mira.post(`/messages/${id}/mark-read`), 'Conversation not found'],
      [await mira.put(`/messages/${id}/status`, { status: 'read' }), 'Message status not found'],
      [await mira.put(`/messages/${id}/edit`, { message_text: 'x' }), 'Message not found'],
      [await mira.delete(`/messages/${id}`), 'Message not found'],
      [await mira.put(`/contacts/${id}`, { is_favorite: true }), 'Contact not found'],
      [await mira.put(`/contacts/${id}/block`, { is_blocked: true }), 'Contact not found'],
      [await mira.delete(`/contacts/${id}`), 'Contact not found'],
      [await mira.put(`/notifications/${id}/read`), 'Notification not found'],
      [await mira.delete(`/notifications/${id}`), 'Notification not found'],
    ] as const;
    for (const [answer, text] of answers) expect(answer).toMatchObject(refusal(404, text));
  });

  test.each([...strange, uuid, 0, -1, 1.5, {}, [], true])('finds nobody who is called %j in a body', async (id) => {
    expect(await mira.post('/conversations', { participant_id: id })).toMatchObject(refusal(404, 'User not found'));
    expect(await mira.post('/contacts', { contact_user_id: id })).toMatchObject(refusal(404, 'User not found'));
    const message = { conversation_id: id, receiver_id: mira.id, message_text: 'Hi' };
    expect(await mira.post('/messages/send', message)).toMatchObject(refusal(404, 'Conversation not found'));
  });

  test('needs a session, but for signing in', async () => {
    const nobody = new ConvospaceClient(app);
    const missing = refusal(401, 'No token provided');
    expect(await nobody.get('/conversations')).toMatchObject(missing);
    expect(await nobody.request('GET', '/conversations', undefined, { authorization: 'Basic abc' })).toMatchObject(
      missing,
    );
    expect(await nobody.get('/users')).toMatchObject(missing);
    expect(await nobody.put('/messages/1/status', { status: 'read' })).toMatchObject(missing);
  });

  test('takes an empty body that says it is JSON, and fields of a form', async () => {
    expect((await mira.post('/notifications/read-all', '')).status).toBe(200);
    expect((await mira.post('/notifications/read-all')).status).toBe(200);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const changed = await mira.request('PUT', '/user/profile', 'bio=From%20a%20form', form);
    expect(changed.body.data.bio).toBe('From a form');
  });

  test.each(['{', '[1', '"', 'nonsense', '{"a":"\\ud800"}'])('refuses the body %s', async (body) => {
    const answer = await mira.put('/user/profile', body);
    expect([200, 400]).toContain(answer.status);
    if (answer.status === 400) expect(answer.body).toMatchObject({ success: false, error: answer.body.message });
  });

  test('says in its own words that a path is not there', async () => {
    const missing = refusal(404, 'Route not found');
    expect(await mira.get('/nothing')).toMatchObject(missing);
    expect(await mira.post('/notifications', { user_id: 1, title: 'x' })).toMatchObject(missing);
    expect(await mira.request('PATCH', '/conversations')).toMatchObject(missing);
    const bad = await fetch(`${app.url}/convospace/api/%E0%A4%A`);
    expect([bad.status, await bad.json()]).toEqual([400, refusal(400, 'The URL is not valid.').body]);
  });

  test('is there', async () => {
    const health = await fetch(`${app.url}/convospace/health`);
    expect(await health.json()).toMatchObject({ success: true, message: 'Server is running' });
  });
});

describe('web pages', () => {
  const preflight = (path: string, origin: string) =>
    fetch(`${app.url}${path}`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'content-type,authorization',
      },
    });
  const allowed = async (path: string, origin: string) =>
    (await preflight(path, origin)).headers.get('access-control-allow-origin');

  test.each([
    'http://localhost:3000',
    'http://localhost:5500',
    'http://127.0.0.1:5500',
    'null',
    'https://app.example.org',
  ])('of %s may use the door', async (origin) => {
    expect(await allowed('/convospace/api/users', origin)).toBe(origin);
    const { headers } = await preflight('/convospace/api/users', origin);
    expect(headers.get('access-control-allow-methods')).toMatch(/GET.*POST.*PUT.*DELETE/);
    expect(headers.get('access-control-allow-headers')).toMatch(/content-type.*authorization/i);
    const polling = await fetch(`${app.url}/socket.io/?EIO=4&transport=polling`, { headers: { origin } });
    expect(polling.headers.get('access-control-allow-origin')).toBe(origin);
    await polling.text();
  });

  test('of elsewhere may not, nor do those of this door use another one', async () => {
    expect(await allowed('/convospace/api/users', 'https://evil.example.org')).toBeNull();
    expect(await allowed('/v1/me', 'http://localhost:3000')).toBeNull();
    expect(await allowed('/v1/me', 'https://app.example.org')).toBe('https://app.example.org');
  });

  test('are told of errors too', async () => {
    const answer = await mira.request('GET', '/nothing', undefined, { origin: 'null' });
    expect(answer.headers.get('access-control-allow-origin')).toBe('null');
  });
});

test('at the root the same is served without a prefix', async () => {
  const root = await startTestApp({ PARLEY_ROOT: 'convospace', CLIENT_URL: 'https://app.example.org' });
  try {
    const teo = await newClient(root, 'Teo Brandt');
    const headers = { authorization: `Bearer ${teo.token}`, origin: 'http://localhost:3000' };
    const answer = await fetch(`${root.url}/api/user/profile`, { headers });
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://localhost:3000');
    expect(await answer.json()).toMatchObject({ success: true, data: { full_name: 'Teo Brandt' } });
    const socket = new ConvospaceSocket(root.url, { token: teo.token }, {}, ['polling', 'websocket']);
    await until('a socket is connected', () => socket.socket.connected);
    socket.close();
  } finally {
    await root.close();
  }
});

test('where the server itself fails, it says in the words of the route that it did, and nothing of why', async () => {
  const broken = await startTestApp();
  try {
    const ann = await newClient(broken, 'Ann');
    await broken.app.database.write(({ sql: database }) =>
      sql`alter table notifications rename to elsewhere`.execute(database),
    );
    expect(await ann.get('/notifications')).toMatchObject(refusal(500, 'Failed to get notifications'));
    expect(JSON.stringify((await ann.get('/notifications/unread-count')).body)).not.toMatch(/relation|select/i);
    expect(broken.logged.some(({ level, msg }) => level === 50 && msg === 'request failed')).toBe(true);
  } finally {
    await broken.close();
  }
});

test('operators are warned of what they may not have meant to allow', async () => {
  const open = await startTestApp({ CONVOSPACE_DIRECTORY: 'public' });
  try {
    const warned = open.logged.filter(({ level }) => level === 40).map(({ msg }) => msg);
    expect(warned).toContainEqual(expect.stringContaining('CONVOSPACE_DIRECTORY is public'));
    expect(good(await new ConvospaceClient(open).get('/users')).data.users).toEqual([]);
  } finally {
    await open.close();
  }
});
