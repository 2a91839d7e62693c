import { afterAll, expect, inject, test, vi } from 'vitest';
import { createDatabase } from '../harness/database.ts';
import { copyTemplate, temporaryDirectory } from '../harness/embedded-template.ts';
import { connect, rest, signIn, startDirect } from '../harness/people.ts';
import { startServer } from '../harness/processes.ts';

// Processes take their time, more so while other tests run beside them.
vi.setConfig({ testTimeout: 120_000 });

const directory = temporaryDirectory();
const database = inject('storage') === 'postgres' ? await createDatabase(inject('postgresTemplate')) : null;
if (!database) copyTemplate(inject('embeddedTemplate'), directory.path);
const environment = {
  PARLEY_DATA_DIR: directory.path,
  PARLEY_DRAIN_SECONDS: '5',
  ...(database && { DATABASE_URL: database.url }),
};
afterAll(async () => {
  await database?.drop();
  directory.remove();
});

test('SIGTERM tells clients, keeps what was acked, and ends in time', async () => {
  const server = await startServer(environment);
  const ann = await signIn(server, { name: 'Ann' });
  const bob = await signIn(server, { name: 'Bob' });
  const conversationId = await startDirect(server, ann, bob);
  const device = await connect(server, ann.token);
  const watcher = await connect(server, bob.token);
  const idle = await fetch(`${server.url}/health`); // leaves a connection that is kept alive
  await idle.arrayBuffer();

  const acked = new Set<string>();
  const refusals = new Map<string, string>();
  let sent = 0;
  const send = (): void => {
    const clientId = `drain-${sent}`;
    sent += 1;
    device.command('messages.send', { conversationId, text: clientId, clientId }).then(
      () => acked.add(clientId),
      (error: { code?: string }) => refusals.set(clientId, error.code ?? 'unanswered'),
    );
  };
  const sending = setInterval(send, 2);
  await vi.waitFor(() => expect(acked.size).toBeGreaterThan(20), { timeout: 20_000 });

  const lost = Promise.all(
    [device, watcher].map(({ socket }) => new Promise<string>((resolve) => socket.once('disconnect', resolve))),
  );
  const begun = Date.now();
  const before = sent;
  const ended = server.stop('SIGTERM');
  await Promise.all([device.next('server.draining'), watcher.next('server.draining')]);
  // Cut so that clients come back by themselves, and not "io server disconnect", after which they stay away.
  expect(await lost).toEqual(['transport close', 'transport close']);
  clearInterval(sending);
  // What was sent before the signal is answered: stored, or refused in so many words. What comes later may be cut off.
  const early = Array.from({ length: before }, (_, index) => `drain-${index}`);
  expect(early.filter((id) => !acked.has(id) && refusals.get(id) !== 'shutting_down')).toEqual([]);
  expect(await ended).toBe(0);
  expect(Date.now() - begun).toBeLessThan(5_000);

  const next = await startServer(environment);
  const history: { clientId: string; seq: number }[] = [];
  for (;;) {
    const after = history.length;
    const page = await rest(next, 'GET', `/conversations/${conversationId}/messages?after=${after}&limit=100`, {
      token: ann.token,
    });
    if (page.body.items.length === 0) break;
    history.push(...page.body.items);
  }
  expect(history.map(({ seq }) => seq)).toEqual(history.map((_, index) => index + 1));
  const stored = new Set(history.map(({ clientId }) => clientId));
  expect([...acked].filter((clientId) => !stored.has(clientId))).toEqual([]);
  // What got no answer can be sent again: it is stored once, whatever became of it.
  const again = `drain-${sent - 1}`;
  const repeated = await rest(next, 'POST', `/conversations/${conversationId}/messages`, {
    token: ann.token,
    body: { text: again, clientId: again },
  });
  expect(repeated.body.duplicate).toBe(stored.has(again));
  expect(await next.stop('SIGINT')).toBe(0);
});
