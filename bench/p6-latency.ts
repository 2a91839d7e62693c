import { type Benchmark, median, table } from './harness/benchmark.ts';
import { startBareSocketIo, startParley } from './harness/contenders.ts';
import type { OpenLoopResult } from './harness/load-protocol.ts';
import { driven, markEvery } from './harness/saturation.ts';

export const p6: Benchmark = {
  id: 'P6',
  title: 'Latency from send to delivery at 100 messages a second, on PostgreSQL',
  async run({ quick }) {
    const all = [
      await driven(await startParley({ storage: 'postgres' }), 200),
      await driven(await startBareSocketIo(), 200),
    ];
    const results = new Map<(typeof all)[number], OpenLoopResult[]>(all.map((one) => [one, []]));
    const request = { perSecond: 100, markEvery };
    for (const { load } of all) await load.openLoop({ ...request, seconds: 3 });
    for (let round = 0; round < (quick ? 3 : 5); round += 1) {
      for (const one of all) results.get(one)?.push(await one.load.openLoop({ ...request, seconds: quick ? 5 : 20 }));
    }
    for (const { load, contender } of all) {
      await load.end();
      await contender.stop();
    }
    const rows = all.map((one) => {
      const rounds = results.get(one) ?? [];
      const of = (figure: (round: OpenLoopResult) => number): number => median(rounds.map(figure));
      return {
        name: one.name,
        p50: of(({ delivery }) => delivery.p50),
        p99: of(({ delivery }) => delivery.p99),
        max: of(({ delivery }) => delivery.max),
        ack: of(({ ack }) => ack.p99),
        late: of(({ late }) => late.p99),
        lost: rounds.reduce((sum, { lost }) => sum + lost, 0),
      };
    });
    const [parley, bare] = rows;
    if (!parley || !bare) throw new Error('A contender has no result.');
    const common = { unit: 'ms', baselineName: 'bare Socket.IO' };
    return {
      findings: [
        { what: 'P6 latency p99', figure: parley.p99, baseline: bare.p99, target: 3, ...common },
        { what: 'P6 latency p50', figure: parley.p50, baseline: bare.p50, target: null, ...common },
      ],
      details: [
        table(
          ['ms', 'p50', 'p99', 'max', 'ack p99', 'generator late p99', 'lost'],
          rows.map((row) => [
            row.name,
            ...[row.p50, row.p99, row.max, row.ack, row.late].map((value) => value.toFixed(2)),
            String(row.lost),
          ]),
        ),
        'Each figure is the median over the rounds. Counted from when a message was due.',
      ],
    };
  },
};
