import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createDatabase } from '../harness/database.ts';
import {
  codeFor,
  connect,
  newPhone,
  newUsername,
  rest,
  signIn,
  startDirect,
  type TestPerson,
} from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

/**
 * What happens at once must have one winner by the database alone, so two nodes without a common bus serve one database
 * here. The embedded database has one connection: nothing happens at once there.
 */
describe('at once', () => {
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

  const codeOf = (answer: { status: number; body: { error?: { code: string } } | null }) =>
    answer.body?.error?.code ?? String(answer.status);
  const times = async (count: number, once: (i: number) => Promise<void>) => {
    for (let i = 0; i < count; i += 1) await once(i);
  };

  test('two who start talking to each other get one conversation', async () => {
    const people = await Promise.all(Array.from({ length: 21 }, () => signIn(nodes[0])));
    const pairs = people.flatMap((ann, i) => people.slice(0, i).map((bob) => [ann, bob] as const));
    await times(pairs.length, async (pair) => {
      const [ann, bob] = pairs[pair] as (typeof pairs)[number];
      const answers = await Promise.all(
        [0, 1, 2, 3].map((i) => {
          const [from, to] = i % 2 === 0 ? [ann, bob] : [bob, ann];
          const body = { personId: to.id };
          return rest(nodes[i >> 1] as TestApp, 'POST', '/conversations/direct', { token: from.token, body });
        }),
      );
      expect(new Set(answers.map(({ body }) => body.conversation.id)).size).toBe(1);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201]);
    });
  });

  test('one clientId sent at once stores one message, whatever node takes it; another text under it is refused', async () => {
    const [ann, bob] = [await signIn(nodes[0]), await signIn(nodes[0])];
    const id = await startDirect(nodes[0], ann, bob);
    const send = (i: number, body: object) =>
      rest(nodes[i % 2] as TestApp, 'POST', `/conversations/${id}/messages`, { token: ann.token, body });
    await times(200, async (round) => {
      const clientId = `message-${round}`;
      const answers = await Promise.all([0, 1, 2, 3].map((i) => send(i, { text: 'Same', clientId })));
      expect(new Set(answers.map(({ body }) => body.message.id)).size).toBe(1);
      expect(answers.map(({ body }) => body.duplicate).sort()).toEqual([false, true, true, true]);
    });
    await times(100, async (round) => {
      const clientId = `conflict-${round}`;
      const answers = await Promise.all([0, 1].map((i) => send(i, { text: `Text ${i}`, clientId })));
      expect(answers.map(codeOf).sort()).toEqual(['201', 'client_id_conflict']);
    });
    const { lastSeq } = (await rest(nodes[0], 'GET', `/conversations/${id}`, { token: ann.token })).body;
    expect(lastSeq).toBe(300);
  });

  test('two nodes that send into one conversation without a pause leave no gap and starve nobody', async () => {
    const [ann, bob] = [await signIn(nodes[0]), await signIn(nodes[0])];
    const id = await startDirect(nodes[0], ann, bob);
    const devices = [await connect(nodes[0], ann.token), await connect(nodes[1], bob.token)];
    const perNode = 600;
    const sequences = await Promise.all(
      devices.map(async (device) => {
        const seqs: number[] = [];
        const sender = async () => {
          while (seqs.length < perNode) {
            seqs.push(0);
            const place = seqs.length - 1;
            const { message } = await device.command('messages.send', { conversationId: id, text: `${place}` });
            seqs[place] = message.seq;
          }
        };
        await Promise.all(Array.from({ length: 20 }, sender));
        return seqs;
      }),
    );
    const all = sequences.flat().sort((a, b) => a - b);
    expect(all).toEqual(Array.from({ length: 2 * perNode }, (_, i) => i + 1));
    for (const device of devices) device.close();
  });

  test('of two uses of a refresh token one wins, and the session is ended', async () => {
    await times(100, async () => {
      const ann = await signIn(nodes[0]);
      const body = { refreshToken: ann.refreshToken };
      const answers = await Promise.all(nodes.map((node) => rest(node, 'POST', '/sessions/refresh', { body })));
      expect(answers.map(codeOf).sort()).toEqual(['200', 'refresh_token_reused']);
      const winner = answers.find(({ status }) => status === 200);
      const next = { refreshToken: winner?.body.refreshToken };
      expect(codeOf(await rest(nodes[0], 'POST', '/sessions/refresh', { body: next }))).toBe('session_revoked');
    });
  });

  test('of two repetitions of a refresh with one requestKey both get the same token', async () => {
    await times(50, async () => {
      const ann = await signIn(nodes[0]);
      const body = { refreshToken: ann.refreshToken, requestKey: 'request-key' };
      const answers = await Promise.all(nodes.map((node) => rest(node, 'POST', '/sessions/refresh', { body })));
      expect(answers.map(codeOf)).toEqual(['200', '200']);
      expect(new Set(answers.map((answer) => answer.body.refreshToken)).size).toBe(1);
    });
  });

  test('of two uses of a code one wins', async () => {
    await times(150, async () => {
      const phone = newPhone();
      await rest(nodes[0], 'POST', '/codes', { body: { phone } });
      const body = { phone, code: codeFor(nodes[0], phone) };
      const answers = await Promise.all(nodes.map((node) => rest(node, 'POST', '/sessions/by-code', { body })));
      expect(answers.map(codeOf).sort()).toEqual(['201', 'code_expired']);
    });
  });

  test('wrong codes at once cost a try each', async () => {
    const phone = newPhone();
    await rest(nodes[0], 'POST', '/codes', { body: { phone } });
    const code = codeFor(nodes[0], phone) === '000000' ? '111111' : '000000';
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        rest(nodes[i % 2] as TestApp, 'POST', '/sessions/by-code', { body: { phone, code } }),
      ),
    );
    expect(answers.filter((answer) => codeOf(answer) === 'code_invalid')).toHaveLength(5);
  });

  test('receipts of three devices end at the highest, and never go back', async () => {
    const [ann, bob] = [await signIn(nodes[0]), await signIn(nodes[0])];
    const id = await startDirect(nodes[0], ann, bob);
    const sender = await connect(nodes[0], ann.token);
    const last = 120;
    await Promise.all(
      Array.from({ length: last }, () => sender.command('messages.send', { conversationId: id, text: 'Hi' })),
    );
    const devices = [await connect(nodes[0], bob.token), await connect(nodes[1], bob.token)];
    devices.push(await connect(nodes[0], bob.token));
    const seen = devices.map(() => [0]);
    await times(100, async (i) => {
      await Promise.all(
        devices.map(async (device, d) => {
          const mark = { conversationId: id, read: Math.max(1, i + 1 - d), delivered: i + 2 + d };
          const { read, delivered } = await device.command('receipts.mark', mark);
          expect(read).toBeLessThanOrEqual(delivered);
          expect(delivered).toBeLessThanOrEqual(last);
          expect(read).toBeGreaterThanOrEqual(Math.max(mark.read, seen[d]?.at(-1) as number));
          seen[d]?.push(read);
        }),
      );
    });
    const { body } = await rest(nodes[1], 'GET', `/conversations/${id}`, { token: ann.token });
    const member = body.members.find((one: { person: { id: string } }) => one.person.id === bob.id);
    expect(member).toMatchObject({ read: 100, delivered: 103 });
    for (const device of [sender, ...devices]) device.close();
  });

  test('of those who take one username at once one gets it, and two may swap', async () => {
    const people: TestPerson[] = [];
    for (let i = 0; i < 4; i += 1) people.push(await signIn(nodes[0]));
    const rename = (i: number, username: string) =>
      rest(nodes[i % 2] as TestApp, 'PATCH', '/me', { token: (people[i] as TestPerson).token, body: { username } });
    await times(100, async () => {
      const username = newUsername();
      const answers = await Promise.all([0, 1, 2, 3].map((i) => rename(i, i < 2 ? username : username.toUpperCase())));
      expect(answers.map(codeOf).sort()).toEqual(['200', 'identity_taken', 'identity_taken', 'identity_taken']);
    });
    await times(50, async () => {
      const [mine, yours] = [newUsername(), newUsername()];
      await rename(0, mine);
      await rename(1, yours);
      const answers = await Promise.all([rename(0, yours), rename(1, mine)]);
      for (const answer of answers) expect(['200', 'identity_taken']).toContain(codeOf(answer));
    });
  });

  test('of two changes of a password one wins, and nobody comes in by the old one afterwards', async () => {
    const username = newUsername();
    const account = { name: 'Ann', username, password: 'password 0' };
    let { accessToken } = (await rest(nodes[0], 'POST', '/accounts', { body: account })).body.tokens;
    const enter = (node: TestApp, password: string) =>
      rest(node, 'POST', '/sessions/by-password', { body: { login: username, password } });
    await times(20, async (i) => {
      const current = `password ${i}`;
      const change = { current, next: `password ${i + 1}` };
      const [changed, entered] = await Promise.all([
        rest(nodes[0], 'PUT', '/me/password', { token: accessToken, body: change }),
        enter(nodes[1], current),
      ]);
      expect(changed.status).toBe(204);
      if (entered.status === 201) {
        const { refreshToken } = entered.body.tokens;
        expect(codeOf(await rest(nodes[0], 'POST', '/sessions/refresh', { body: { refreshToken } }))).toBe(
          'session_revoked',
        );
      }
      expect((await enter(nodes[1], current)).status).toBe(400);
      ({ accessToken } = (await enter(nodes[0], change.next)).body.tokens);
    });
    const changes = await Promise.all(
      nodes.map((node, i) =>
        rest(node, 'PUT', '/me/password', {
          token: accessToken,
          body: { current: 'password 20', next: `winner number ${i}` },
        }),
      ),
    );
    expect(changes.map(codeOf).sort()).toEqual(['204', 'credentials_invalid']);
  });

  test('after a session was revoked, nothing that it sends is acknowledged or stored', async () => {
    const bob = await signIn(nodes[0]);
    await times(40, async () => {
      const ann = await signIn(nodes[0]);
      const other = await signIn(nodes[0], { phone: ann.phone });
      const id = await startDirect(nodes[0], ann, bob);
      const device = await connect(nodes[0], other.token);
      let revoked = false;
      const late: Promise<string>[] = [];
      const sending = (async () => {
        while (device.socket.connected) {
          const isLate = revoked;
          const sent = device.socket
            .timeout(200)
            .emitWithAck('messages.send', { conversationId: id, text: isLate ? 'late' : 'in time' })
            .then((answer) => (answer.ok ? 'acknowledged' : 'refused'))
            .catch(() => 'lost');
          if (isLate) late.push(sent);
          else await Promise.race([sent, device.closed]);
          if (isLate) break;
        }
      })();
      const answer = await rest(nodes[0], 'DELETE', `/sessions/${other.sessionId}`, { token: ann.token });
      revoked = true;
      expect(answer.status).toBe(204);
      device.socket.emit('messages.send', { conversationId: id, text: 'late' });
      await sending;
      expect(await Promise.all(late)).not.toContain('acknowledged');
      const history = await rest(nodes[0], 'GET', `/conversations/${id}/messages?limit=100`, { token: bob.token });
      expect(history.body.items.filter(({ text }: { text: string }) => text === 'late')).toEqual([]);
    });
  });
});
