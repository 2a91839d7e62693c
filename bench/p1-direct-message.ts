import type { Benchmark, Finding } from './harness/benchmark.ts';
import { startBareSocketIo, startNaiveInsert, startParley } from './harness/contenders.ts';
import { driven, profiled, saturate, saturationRemarks, saturationTable } from './harness/saturation.ts';

export const p1: Benchmark = {
  id: 'P1',
  title: 'Direct message on PostgreSQL, the full path: 100 pairs, both ways, 4 in flight each',
  async run({ quick, profile }) {
    const parley = await driven(await startParley({ storage: 'postgres', inspect: profile }), 200);
    const bare = await driven(await startBareSocketIo(), 200);
    const naive = await driven(await startNaiveInsert(), 200);
    const all = [parley, bare, naive];
    const results = await saturate(all, {
      rounds: quick ? 3 : 5,
      seconds: quick ? 3 : 8,
      warmUpSeconds: quick ? 3 : 10,
    });
    const [ofParley, ofBare, ofNaive] = results;
    const profileText = profile ? await profiled(parley, quick ? 5 : 15) : null;
    for (const { load, contender } of all) {
      await load.end();
      await contender.stop();
    }
    if (!ofParley || !ofBare || !ofNaive) throw new Error('A contender has no result.');
    const finding = (what: string, baseline: number, baselineName: string, target: number | null): Finding => ({
      what,
      figure: ofParley.total,
      unit: 'us',
      baseline,
      baselineName,
      target,
    });
    return {
      findings: [
        finding('P1 CPU per message', ofBare.total, 'bare Socket.IO', 1.5),
        finding('P1 CPU per message, in the end', ofBare.total, 'bare Socket.IO', 1),
        finding('P1 against naive INSERT', ofNaive.total, 'naive INSERT', null),
      ],
      details: [saturationTable(results), ...saturationRemarks(all, results), ...(profileText ? [profileText] : [])],
    };
  },
};
