import { type Benchmark, show, sleep, table } from './harness/benchmark.ts';
import { type Contender, startBareSocketIo, startParley } from './harness/contenders.ts';
import { memoryOf } from './harness/cpu.ts';
import { startLoad } from './harness/load.ts';
import { pairs } from './harness/people.ts';

interface Grown {
  readonly name: string;
  readonly fewer: number;
  readonly more: number;
  /** Bytes for each connection in between. */
  readonly resident: number;
  readonly heap: number;
}

export const p7: Benchmark = {
  id: 'P7',
  title: 'Memory of an idle signed-in connection, on PostgreSQL',
  async run({ quick }) {
    const [fewer, more] = quick ? [500, 2_000] : [2_000, 5_000];
    const parley = await grow(await startParley({ storage: 'postgres', inspect: true }), fewer, more);
    const bare = await grow(await startBareSocketIo({ inspect: true }), fewer, more);
    const kB = (bytes: number): number => bytes / 1_000;
    return {
      findings: [
        {
          what: `P7 memory per connection, ${fewer} to ${more}`,
          figure: kB(parley.resident),
          unit: 'kB',
          baseline: kB(bare.resident),
          baselineName: 'bare Socket.IO',
          target: 1.5,
        },
      ],
      details: [
        table(
          ['', `RSS MB at ${fewer}`, `at ${more}`, 'RSS kB/connection', 'of it on the heap'],
          [parley, bare].map((grown) => [
            grown.name,
            show(grown.fewer / 1e6),
            show(grown.more / 1e6),
            show(kB(grown.resident)),
            show(kB(grown.heap)),
          ]),
        ),
        'Resident memory of the server process, after the garbage was collected (over the inspector) in both alike.',
      ],
    };
  },
};

async function grow(contender: Contender, fewer: number, more: number): Promise<Grown> {
  const clients = await pairs(contender, more);
  const load = startLoad();
  const connect = (from: number, to: number) =>
    load.connect({ url: contender.url, wire: contender.wire, clients: clients.slice(from, to), concurrency: 50 });
  await connect(0, fewer);
  const before = await settled(contender);
  await connect(fewer, more);
  const after = await settled(contender);
  await load.end();
  await contender.stop();
  return {
    name: contender.name,
    fewer: before.resident,
    more: after.resident,
    resident: (after.resident - before.resident) / (more - fewer),
    heap: (after.heap - before.heap) / (more - fewer),
  };
}

async function settled(contender: Contender): Promise<{ resident: number; heap: number }> {
  const inspector = await contender.inspector();
  await sleep(2_000);
  for (let i = 0; i < 3; i += 1) {
    await inspector.collectGarbage();
    await sleep(500);
  }
  const heap = await inspector.heapUsed();
  inspector.close();
  await sleep(1_000);
  return { resident: memoryOf(contender.pid).resident, heap };
}
