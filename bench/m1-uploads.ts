import { type Benchmark, median, table } from './harness/benchmark.ts';
import { startParley } from './harness/contenders.ts';
import type { OpenLoopResult } from './harness/load-protocol.ts';
import { signIn } from './harness/people.ts';
import { driven, markEvery } from './harness/saturation.ts';
import { startUploads } from './harness/uploads.ts';

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
    const uploaded: number[] = [];
    let uploading = 0;
    // In turn, so that what disturbs the machine disturbs both.
    for (let round = 0; round < (quick ? 2 : 4); round += 1) {
      alone.push(await parley.load.openLoop(request));
      const uploads = startUploads({
        url: parley.contender.url,
        token: uploader.token,
        atOnce: uploadsAtOnce,
        fileBytes,
      });
      const begun = performance.now();
      beside.push(await parley.load.openLoop(request));
      uploaded.push(...(await uploads.stop()).milliseconds);
      uploading += performance.now() - begun;
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
      late: median(rounds.map(({ late }) => late.p99)),
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
          ['ms', 'p50', 'p99', 'max', 'generator late p99', 'lost'],
          rows.map(({ name, p50, p99, max, late, lost }) => [
            name,
            ...[p50, p99, max, late].map((ms) => ms.toFixed(2)),
            String(lost),
          ]),
        ),
        `${uploaded.length} files, ${((uploaded.length * fileBytes) / 1_048.576 / uploading).toFixed(0)} MiB a second; ` +
          `${(median(uploaded) / 1_000).toFixed(1)} s for each, ${(Math.max(...uploaded) / 1_000).toFixed(1)} s at most. ` +
          'Messages and uploads are made on the same core, so a part of the latencies is theirs.',
      ],
    };
  },
};
