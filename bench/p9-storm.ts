import { type Benchmark, show, sleep, table } from './harness/benchmark.ts';
import { freshInstallation, startParley } from './harness/contenders.ts';
import { startLoad } from './harness/load.ts';
import type { StormClient } from './harness/load-protocol.ts';
import { type Person, pairs, signInMany } from './harness/people.ts';
import { profileText, samplingInterval } from './harness/profile.ts';
import { markEvery } from './harness/saturation.ts';
import { type FilledConversation, fillConversations, idOf, withSql } from './harness/sql.ts';

const [conversationsEach, behindIn, behindBy] = [50, 5, 20];
/** People who go on talking while the others come back. */
const talking = 20;

export const p9: Benchmark = {
  id: 'P9',
  title: `Reconnect storm: everybody returns within 5 s, behind by ${behindBy} messages in ${behindIn} of ${conversationsEach} conversations`,
  async run({ quick, profile }) {
    const count = quick ? 500 : 5_000;
    const installation = await freshInstallation('postgres');
    const before = await startParley({ storage: 'postgres', installation, measured: false });
    const people = await signInMany(before, talking + count);
    await before.stop();
    const returning = await makeHistory(installation, people.slice(talking));

    const server = await startParley({ storage: 'postgres', installation, inspect: profile });
    const talk = startLoad();
    const clients = await pairs(server, talking);
    await talk.connect({ url: server.url, wire: 'parley', clients, concurrency: 20 });
    const request = { perSecond: 100, markEvery };
    const quiet = await talk.openLoop({ ...request, seconds: 5 });

    const inspector = profile ? await server.inspector() : null;
    await inspector?.startProfile(samplingInterval);
    const load = startLoad();
    const cpuBefore = await server.cpu();
    const talked = talk.openLoop({ ...request, seconds: 15 });
    await sleep(500);
    const storm = await load.storm({ url: server.url, clients: returning, seconds: 5 });
    const profiled = await inspector?.stopProfile();
    inspector?.close();
    const during = await talked;
    const cpuAfter = await server.cpu();
    await load.end();
    await talk.end();
    await server.stop();

    const expected = count * behindIn * behindBy;
    const cpu = (of: 'server' | 'database'): number => (cpuAfter[of] - cpuBefore[of]) / count;
    const common = { baseline: null, baselineName: '' };
    return {
      findings: [
        { what: 'P9 all synced', figure: storm.seconds, unit: 's', target: 15, ...common },
        { what: 'P9 slowest send meanwhile', figure: during.ack.max, unit: 'ms', target: 500, ...common },
        {
          what: 'P9 messages that did not arrive',
          figure: expected - storm.messages + during.lost,
          unit: '',
          target: 0,
          ...common,
        },
        { what: 'P9 clients that failed', figure: storm.failed, unit: '', target: 0, ...common },
      ],
      details: [
        table(
          ['', 'p50 ms', 'p99 ms', 'max ms'],
          [
            ['connect and sync of one client', show(storm.each.p50), show(storm.each.p99), show(storm.each.max)],
            ['sends before it', show(quiet.ack.p50), show(quiet.ack.p99), show(quiet.ack.max)],
            ['sends meanwhile', show(during.ack.p50), show(during.ack.p99), show(during.ack.max)],
          ],
        ),
        `${count} clients, ${storm.synced} synced, ${storm.messages} of ${expected} messages; ` +
          `${show(cpu('server'))} ms of server CPU a client and ${show(cpu('database'))} ms of the database (with the sends of 15 s).`,
        'Both load generators share a core, so a part of the latencies is theirs.',
        ...(storm.failure ? [storm.failure] : []),
        ...(profiled ? [profileText(profiled, cpu('server') * 1_000)] : []),
      ],
    };
  },
};

type KnownConversation = StormClient['known'][number];

/** Each person talks with the 25 next in a circle, and so also with the 25 before. */
async function makeHistory(
  installation: Parameters<typeof withSql>[0],
  people: readonly Person[],
): Promise<StormClient[]> {
  const conversations: FilledConversation[] = [];
  for (const [i, { id }] of people.entries()) {
    for (let step = 1; step <= conversationsEach / 2; step += 1) {
      const other = (people[(i + step) % people.length] as Person).id;
      // Only where somebody is behind does the history matter.
      const messages = step <= behindIn ? behindBy + 5 : 1;
      conversations.push({ id: idOf(2, conversations.length + 1), people: [id, other], messages, unread: 0 });
    }
  }
  const versions = await withSql(installation, async (run) => {
    await fillConversations(run, conversations);
    const rows = await run<{ id: string; rev: number; version: number }>(
      `select c.id, c.rev, (c.rev + sum(m.read_seq + m.delivered_seq + p.version))::bigint as version
       from conversations c join members m on m.conversation_id = c.id join people p on p.id = m.person_id group by c.id`,
    );
    return new Map(rows.map(({ id, rev, version }) => [id, { rev, version }]));
  });
  const known = new Map<string, KnownConversation[]>(people.map(({ id }) => [id, []]));
  for (const { id, people: pair, messages } of conversations) {
    const { rev, version } = versions.get(id) ?? { rev: 0, version: 0 };
    const behind = messages > behindBy ? behindBy : 0;
    const mine = 0;
    known.get(pair[0])?.push({ id, seq: messages - behind, rev: rev - behind, mine, version: version - behind });
    known.get(pair[1])?.push({ id, seq: messages, rev, mine, version });
  }
  return people.map(({ id, token }) => ({ token, known: known.get(id) ?? [] }));
}
