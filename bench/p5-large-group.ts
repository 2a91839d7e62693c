import type { Benchmark } from './harness/benchmark.ts';
import { startBareSocketIo } from './harness/contenders.ts';
import { startLoad } from './harness/load.ts';
import type { SaturateRequest } from './harness/load-protocol.ts';
import { groupOf, roomOf } from './harness/people.ts';
import { connected, saturate, saturationRemarks, saturationTable } from './harness/saturation.ts';

const members = 10_000;

export const p5: Benchmark = {
  id: 'P5',
  title: `Group of ${members} members, a tenth of them online, 5 messages a second: CPU per delivery`,
  async run({ quick }) {
    const online = quick ? 200 : 1_000;
    const request: SaturateRequest = {
      inFlight: 1,
      senders: 1,
      pause: 200,
      recipients: online - 1,
      via: 'socket',
      markEvery: null,
    };
    const { parley, clients } = await groupOf(online, members - online);
    const bare = await startBareSocketIo();
    const [ofParley, ofBare] = [startLoad(), startLoad()];
    const both = [
      await connected(parley, ofParley, clients, request),
      await connected(bare, ofBare, roomOf(online), request),
    ];
    const results = await saturate(both, { rounds: 3, seconds: quick ? 5 : 10, warmUpSeconds: 5 });
    for (const { load, contender } of both) {
      await load.end();
      await contender.stop();
    }
    const [large, baseline] = results;
    if (!large || !baseline) throw new Error('A contender has no result.');
    return {
      findings: [
        {
          what: 'P5 CPU per delivery',
          figure: large.total,
          unit: 'us',
          baseline: baseline.total,
          baselineName: 'bare Socket.IO',
          target: 1,
        },
      ],
      details: [saturationTable(results), ...saturationRemarks(both, results)],
    };
  },
};
