import { randomBytes } from 'node:crypto';
import { type Benchmark, median, table } from './harness/benchmark.ts';
import { type Contender, startParley } from './harness/contenders.ts';
import type { OpenLoopResult } from './harness/load-protocol.ts';
import { signIn } from './harness/people.ts';
import { driven, markEvery } from './harness/saturation.ts';

const uploadsAtOnce = 50;
const fileBytes = 4 * 1024 * 1024;

export const m1: Benchmark = {
  id: 'M1',
  title: `Latency of messages at 100 a second, while ${uploadsAtOnce} people upload files of 4 MiB all the time, on PostgreSQL`,
  async run({ quick }) {
    const parley = await driven(await startParley({ storage: 'postgres' }), 200);
    const uploader = await signIn(parley.contender, 900_000);
    const request = { perSecond: 100, markEvery, seconds: quick ? 5 : 15 };
    await parley.load.openLoop({ ...request, seconds: 3 });
    const alone: OpenLoopResult[] = [];
    const beside: OpenLoopResult[] = [];
    let uploaded = 0;
    // In turn, so that what disturbs the machine disturbs both.
    for (let round = 0; round < (quick ? 2 : 4); round += 1) {
      alone.push(await parley.load.openLoop(request));
      const uploads = startUploads(parley.contender, uploader.token);
      beside.push(await parley.load.openLoop(request));
      uploaded += await uploads.stop();
    }
    await parley.load.end();
    await parley.contender.stop();
    const rows = [
      { name: 'messages alone', rounds: alone },
      { name: 'beside uploads', rounds: beside },
    ].map(({ name, rounds }) => ({
      name,
      p50: median(rounds.map(({ delivery }) => delivery.p50)),
      p99: median(rounds.map(({ delivery }) => delivery.p99)),
      max: Math.max(...rounds.map(({ delivery }) => delivery.max)),
      lost: rounds.reduce((sum, { lost }) => sum + lost, 0),
    }));
    const [without, with50] = rows;
    if (!without || !with50) throw new Error('A phase has no result.');
    const common = { unit: 'ms', baselineName: 'messages alone', target: null };
    return {
      findings: [
        { what: 'M1 latency p99 beside uploads', figure: with50.p99, baseline: without.p99, ...common },
        { what: 'M1 latency p50 beside uploads', figure: with50.p50, baseline: without.p50, ...common },
      ],
      details: [
        table(
          ['ms', 'p50', 'p99', 'max', 'lost'],
          rows.map(({ name, p50, p99, max, lost }) => [
            name,
            ...[p50, p99, max].map((ms) => ms.toFixed(2)),
            String(lost),
          ]),
        ),
        `${uploaded} files, ${((uploaded * fileBytes) / 1_048_576 / (beside.length * request.seconds)).toFixed(0)} MiB a second. ` +
          'Messages and uploads are made on the same core, so a part of the latencies is theirs.',
      ],
    };
  },
};

/** Uploads files with so many requests at a time, until it is stopped. */
function startUploads(server: Contender, token: string): { stop(): Promise<number> } {
  let stopping = false;
  let count = 0;
  const bytes = randomBytes(fileBytes);
  const one = async (): Promise<void> => {
    while (!stopping) {
      const form = new FormData();
      // Each file has its own bytes, or it would not be stored.
      form.append('file', new Blob([randomBytes(16), bytes]), 'file.bin');
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${server.url}/v1/media`, { method: 'POST', headers, body: form });
      if (answer.status !== 201)
        throw new Error(`An upload was answered with ${answer.status}: ${await answer.text()}`);
      await answer.arrayBuffer();
      count += 1;
    }
  };
  const running = Promise.all(Array.from({ length: uploadsAtOnce }, one));
  running.catch(() => {}); // `stop` reports it
  return {
    async stop() {
      stopping = true;
      await running;
      return count;
    },
  };
}
