import type { Benchmark } from './harness/benchmark.ts';
import { startBareSocketIo, startParley } from './harness/contenders.ts';
import { driven, profiled, saturate, saturationRemarks, saturationTable } from './harness/saturation.ts';

export const p3: Benchmark = {
  id: 'P3',
  title: 'Direct message on the embedded database: as P1',
  async run({ quick, profile }) {
    const parley = await driven(await startParley({ storage: 'embedded', inspect: profile }), 200);
    const bare = await driven(await startBareSocketIo(), 200);
    const all = [parley, bare];
    const results = await saturate(all, {
      rounds: quick ? 3 : 5,
      seconds: quick ? 3 : 8,
      warmUpSeconds: quick ? 3 : 10,
    });
    const [ofParley, ofBare] = results;
    const profileText = profile ? await profiled(parley, quick ? 5 : 15) : null;
    for (const { load, contender } of all) {
      await load.end();
      await contender.stop();
    }
    if (!ofParley || !ofBare) throw new Error('A contender has no result.');
    return {
      findings: [
        {
          what: 'P3 CPU per message, embedded',
          figure: ofParley.total,
          unit: 'us',
          baseline: ofBare.total,
          baselineName: 'bare Socket.IO',
          target: 4,
        },
      ],
      details: [saturationTable(results), ...saturationRemarks(all, results), ...(profileText ? [profileText] : [])],
    };
  },
};
