import { type Benchmark, type Finding, show, table } from './harness/benchmark.ts';
import { type Contender, freshInstallation, type Storage, startParley } from './harness/contenders.ts';
import { type Distribution, distribution } from './harness/load-protocol.ts';
import { rest, signIn } from './harness/people.ts';
import { bothWays, driven, saturate, saturationRemarks, saturationTable } from './harness/saturation.ts';
import { fillConversations, fillPeople, idOf, type Run, withSql } from './harness/sql.ts';

/** Of one person, in as many conversations; a fifth of them unread. */
const total = 10_000;
const conversationCount = 100;
const contactCount = 2_000;

export const m2: Benchmark = {
  id: 'M2',
  title: `Notifications: what they add to a direct message; reading ${total} of them, and ${contactCount} contacts`,
  async run({ quick }) {
    const sending = await measureSending(quick);
    const reports = [await measureReading('embedded', quick), await measureReading('postgres', quick)];
    return {
      findings: [sending, ...reports].flatMap(({ findings }) => findings),
      details: [sending, ...reports].map(({ detail }) => detail),
    };
  },
};

interface Part {
  readonly findings: readonly Finding[];
  readonly detail: string;
}

/** Two servers in turn: nobody has a feed in the one, everybody in the other, so that each message is notified of. */
async function measureSending(quick: boolean): Promise<Part> {
  const without = await driven(await startParley({ storage: 'postgres' }), 200, bothWays, 'nobody is notified');
  const server = await startParley({ storage: 'postgres' });
  const notified = await driven(server, 200, bothWays, 'everybody is notified');
  await withSql({ dataDirectory: '', databaseUrl: server.databaseUrl }, async (run) => {
    await run("update people set notified_kinds = '{message,mention,group_added}'");
    await run('update conversations set notifies = true');
  });
  const all = [without, notified];
  const results = await saturate(all, {
    rounds: quick ? 3 : 5,
    seconds: quick ? 3 : 8,
    warmUpSeconds: quick ? 3 : 10,
  });
  for (const { load, contender } of all) {
    await load.end();
    await contender.stop();
  }
  const [ofWithout, ofNotified] = results;
  if (!ofWithout || !ofNotified) throw new Error('A contender has no result.');
  return {
    findings: [
      {
        what: 'M2 CPU per message that notifies',
        figure: ofNotified.total,
        unit: 'us',
        baseline: ofWithout.total,
        baselineName: 'one that notifies nobody',
        target: null,
      },
    ],
    detail: [saturationTable(results), ...saturationRemarks(all, results)].join('\n\n'),
  };
}

async function measureReading(storage: Storage, quick: boolean): Promise<Part> {
  const installation = await freshInstallation(storage);
  const started = await startParley({ storage, installation, measured: false });
  const { id } = await signIn(started, 1);
  await started.stop();
  await withSql(installation, (run) => fillFeed(run, id));
  const server = await startParley({ storage, installation, measured: false });
  const { token } = await signIn(server, 1);
  const { next } = (await rest(server, 'GET', '/notifications?limit=100', { token })).body;
  const requests: Record<string, readonly [method: string, path: (n: number) => string, body?: object]> = {
    'newest page of 50': ['GET', () => '/notifications?limit=50'],
    'a later page of 50': ['GET', () => `/notifications?limit=50&cursor=${next}`],
    'unread page of 50': ['GET', () => '/notifications?limit=50&unread=true'],
    'how many are unread': ['GET', () => '/notifications/unread'],
    'by conversation': ['GET', () => '/notifications/groups?limit=50'],
    'convospace: newest page': ['GET', () => '//convospace/api/notifications'],
    'convospace: last page': ['GET', () => `//convospace/api/notifications?offset=${total - 50}`],
    'convospace: how many are unread': ['GET', () => '//convospace/api/notifications/unread-count'],
    'convospace: all contacts': ['GET', () => '//convospace/api/contacts'],
    'convospace: a page of contacts': [
      'GET',
      (n) => `//convospace/api/contacts?limit=50&offset=${(n * 50) % contactCount}`,
    ],
    'convospace: contacts by part of a name': ['GET', (n) => `//convospace/api/contacts/search?query=son%201${n % 90}`],
    'convospace: people by part of a name': ['GET', (n) => `//convospace/api/users?search=son%201${n % 90}`],
    'convospace: conversations': ['GET', () => '//convospace/api/conversations'],
    'contacts by part of a name': ['GET', (n) => `/contacts?limit=50&q=son%201${n % 90}`],
    'one is marked as read': ['PUT', (n) => `/notifications/${idOf(3, 1 + (n % total))}/read`],
  };
  const results: [what: string, taken: Distribution][] = [];
  for (const [what, [method, path]] of Object.entries(requests)) {
    results.push([what, await timesOf(server, token, method, path, quick ? 200 : 1_000)]);
  }
  const begin = performance.now();
  await rest(server, 'POST', '/notifications/read', { token, body: {} });
  const all = `All that were unread marked as read at once: ${show(performance.now() - begin)} ms`;
  await server.stop();
  const name = storage === 'postgres' ? 'PostgreSQL' : 'embedded';
  return {
    findings: results.map(([what, { p99 }]) => ({
      what: `M2 ${what}, ${name}, p99`,
      figure: p99,
      unit: 'ms',
      baseline: null,
      baselineName: '',
      target: 50,
    })),
    detail: [
      table(
        [`${name}, ms`, 'p50', 'p99', 'max'],
        results.map(([what, taken]) => [what, ...(['p50', 'p99', 'max'] as const).map((key) => show(taken[key]))]),
      ),
      all,
    ].join('\n\n'),
  };
}

/** One notification of each message to the person, the last fifth of them unread. */
async function fillFeed(run: Run, id: string): Promise<void> {
  const acquaintances = Array.from({ length: contactCount }, (_, i) => idOf(1, i + 1));
  const others = acquaintances.slice(0, conversationCount);
  const messages = (2 * total) / conversationCount;
  await fillPeople(run, acquaintances);
  await run(
    `insert into contacts (owner_id, id, person_id, search, created_at)
     select $1, gen_random_uuid(), id, ' ', now() from unnest($2::uuid[]) as p (id)`,
    [id, acquaintances],
  );
  await fillConversations(
    run,
    others.map((other, i) => ({ id: idOf(2, i + 1), people: [id, other], messages, unread: messages / 5 })),
  );
  await run("update people set notified_kinds = '{message,mention,group_added}' where id = $1", [id]);
  await run('update conversations set notifies = true');
  await run(
    `insert into notifications (person_id, id, kind, conversation_id, seq, actor_id, created_at, read_at)
     select $1, id, 'message', conversation_id, seq, sender_id, created_at, case when seq <= $2 then now() end
     from messages where sender_id <> $1 order by created_at`,
    [id, messages * 0.8],
  );
  await run('analyze');
}

async function timesOf(
  server: Contender,
  token: string,
  method: string,
  path: (n: number) => string,
  times: number,
): Promise<Distribution> {
  const taken: number[] = [];
  for (let n = -50; n < times; n += 1) {
    const begin = performance.now();
    const { status, body } = await rest(server, method, path(n + 50), { token });
    const took = performance.now() - begin;
    // Of the messages with these ids, half are the person's own.
    if (status !== 200 && status !== 404) throw new Error(`${status}: ${JSON.stringify(body)}`);
    if (n >= 0) taken.push(took);
  }
  return distribution(taken);
}
