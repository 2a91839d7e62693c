import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, inject, test, vi } from 'vitest';
import { createDatabase } from '../harness/database.ts';
import { copyTemplate, temporaryDirectory } from '../harness/embedded-template.ts';
import { codeFor, connect, newPhone, rest, signIn, startDirect } from '../harness/people.ts';
import { startServer } from '../harness/processes.ts';

// Processes take their time, more so while other tests run beside them.
vi.setConfig({ testTimeout: 120_000 });

const directory = temporaryDirectory();
const database = inject('storage') === 'postgres' ? await createDatabase(inject('postgresTemplate')) : null;
if (!database) copyTemplate(inject('embeddedTemplate'), directory.path);
afterAll(async () => {
  await database?.drop();
  directory.remove();
});

test('the log says what happens, and neither what people write nor what lets one in', async () => {
  const logs = join(directory.path, 'logs');
  const server = await startServer({
    PARLEY_DATA_DIR: directory.path,
    PARLEY_LOG_LEVEL: 'trace',
    PARLEY_LOG_DIR: logs,
    ...(database && { DATABASE_URL: database.url }),
  });
  const phone = newPhone();
  const ann = await signIn(server, { phone, name: 'Ann Archer' });
  const bob = await signIn(server, { name: 'Bob Baker' });
  const code = codeFor(server, phone);
  const conversationId = await startDirect(server, ann, bob);
  const device = await connect(server, ann.token);
  const text = 'meet me at the old lighthouse';
  await device.command('messages.send', { conversationId, text });
  await rest(server, 'GET', `/people?q=lighthouse-keeper`, { token: ann.token });
  await rest(server, 'POST', '/accounts', {
    body: { name: 'Carl', email: 'carl@example.org', password: 'swordfish-and-chips' },
  });
  await rest(server, 'POST', '/sessions/by-password', {
    body: { login: 'carl@example.org', password: 'swordfish-without' },
  });
  await rest(server, 'POST', `/conversations/${conversationId}/messages`, {
    token: ann.token,
    body: `{"text": "${text}`,
  });
  await rest(server, 'GET', '/me', { token: 'not-a-token-at-all' });
  await device.command('messages.send', { conversationId: 'nowhere', text }).catch(() => {});
  device.close();
  await server.stop();

  const combined = readFileSync(join(logs, 'combined.log'), 'utf8');
  const entries = combined
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(entries).toEqual(expect.arrayContaining([expect.objectContaining({ route: '/v1/codes', status: 202 })]));
  // The one line about listening, and not Fastify's own as well.
  expect(entries.filter(({ msg }) => /listen/i.test(String(msg)))).toHaveLength(1);
  const output = server
    .output()
    .split('\n')
    .filter((line) => !line.startsWith('OTP for '))
    .join('\n');
  const everything = [combined, readFileSync(join(logs, 'error.log'), 'utf8'), output].join('\n');
  for (const secret of [
    code,
    ann.token,
    ann.refreshToken,
    text,
    'lighthouse',
    'swordfish',
    'not-a-token-at-all',
    'carl@example.org',
    phone,
  ]) {
    expect(everything).not.toContain(secret);
  }
  expect(everything).not.toContain('DeprecationWarning');
});

test('errors are in a file of their own as well', async () => {
  const logs = join(directory.path, 'error-logs');
  const server = await startServer({
    PARLEY_DATA_DIR: directory.path,
    PARLEY_LOG_DIR: logs,
    PARLEY_SMS: 'none',
    ...(database && { DATABASE_URL: database.url }),
  });
  const phone = newPhone();
  const refused = await rest(server, 'POST', '/codes', { body: { phone } });
  expect(refused).toMatchObject({ status: 503, body: { error: { code: 'sms_unavailable' } } });
  await server.stop();
  const lines = readFileSync(join(logs, 'error.log'), 'utf8').trim().split('\n');
  const entries = lines.map((line) => JSON.parse(line) as { level: number; reqId?: string });
  expect(entries.every(({ level }) => level >= 50)).toBe(true);
  expect(entries.some(({ reqId }) => reqId === refused.body.error.requestId)).toBe(true);
  expect(readFileSync(join(logs, 'combined.log'), 'utf8')).toContain(lines[0]);
  expect(lines.join('\n')).not.toContain(phone);
});
