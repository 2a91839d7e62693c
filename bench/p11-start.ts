import { type Benchmark, type Finding, median, show, sleep, table } from './harness/benchmark.ts';
import { freshInstallation, type Installation, type Storage, startParley } from './harness/contenders.ts';
import { cpuOf, memoryOf } from './harness/cpu.ts';

interface Start {
  readonly seconds: number;
  /** CPU seconds until it was ready: what the start costs where nobody else wants the core. */
  readonly cpu: number;
  readonly resident: number;
  readonly peak: number;
}

const goals: Record<Storage, { name: string; first: number | null; later: number | null; megabytes: number }> = {
  embedded: { name: 'embedded', first: 6, later: 2, megabytes: 400 },
  postgres: { name: 'PostgreSQL', first: null, later: null, megabytes: 150 },
};

export const p11: Benchmark = {
  id: 'P11',
  title: 'From start to ready, and memory after it',
  async run({ quick }) {
    const findings: Finding[] = [];
    const rows: string[][] = [];
    for (const storage of ['embedded', 'postgres'] as const) {
      const { name, first, later, megabytes } = goals[storage];
      const firsts: Start[] = [];
      const laters: Start[] = [];
      for (let round = 0; round < (quick ? 1 : 3); round += 1) {
        const installation = await freshInstallation(storage);
        firsts.push(await start(storage, installation));
        laters.push(await start(storage, installation));
      }
      const of = (starts: readonly Start[], key: keyof Start): number => median(starts.map((one) => one[key]));
      const common = { baseline: null, baselineName: '' };
      findings.push(
        { what: `P11 first start, ${name}`, figure: of(firsts, 'seconds'), unit: 's', target: first, ...common },
        { what: `P11 later start, ${name}`, figure: of(laters, 'seconds'), unit: 's', target: later, ...common },
      );
      for (const [when, starts] of [
        ['first', firsts],
        ['later', laters],
      ] as const) {
        findings.push({
          what: `P11 memory after ${when} start, ${name}`,
          figure: of(starts, 'resident') / 1e6,
          unit: 'MB',
          target: megabytes,
          ...common,
        });
        rows.push([
          `${name}, ${when}`,
          show(of(starts, 'seconds')),
          show(of(starts, 'cpu')),
          show(of(starts, 'resident') / 1e6),
          show(of(starts, 'peak') / 1e6),
        ]);
      }
    }
    return {
      findings,
      details: [
        table(['start', 'seconds to ready', 'CPU seconds', 'RSS MB 5 s later', 'highest RSS MB'], rows),
        'Of the server process, on one core; PostgreSQL is a process of its own and not in it.',
      ],
    };
  },
};

async function start(storage: Storage, installation: Installation): Promise<Start> {
  const begin = performance.now();
  const server = await startParley({ storage, installation, measured: false });
  const seconds = (performance.now() - begin) / 1_000;
  const cpu = (cpuOf(server.pid) ?? 0) / 1_000;
  await sleep(5_000);
  const memory = memoryOf(server.pid);
  await server.stop();
  return { seconds, cpu, ...memory };
}
