import type { Benchmark, Finding } from './harness/benchmark.ts';
import { startBareSocketIo } from './harness/contenders.ts';
import { startLoad } from './harness/load.ts';
import type { SaturateRequest } from './harness/load-protocol.ts';
import { groupOf, roomOf } from './harness/people.ts';
import {
  connected,
  profiled,
  type Saturated,
  saturate,
  saturationRemarks,
  saturationTable,
} from './harness/saturation.ts';

const online = 100;
const everybody = { recipients: online - 1, via: 'socket' } as const;
/** About 50 messages a second: each message is alone in its turn of the event loop. */
const gentle: SaturateRequest = { ...everybody, inFlight: 1, senders: 10, pause: 200, markEvery: null };
const saturated: SaturateRequest = { ...everybody, inFlight: 4, senders: 20, markEvery: null };
/** Everybody also marks what was delivered, which all others are told: about as many events again. */
const marked: SaturateRequest = { ...gentle, markEvery: 5_000 };

export const p4: Benchmark = {
  id: 'P4',
  title: `Group of ${online} online on PostgreSQL: CPU per delivery, at 50 messages a second and at saturation`,
  async run({ quick, profile }) {
    const { parley, clients } = await groupOf(online, 0);
    const bare = await startBareSocketIo();
    const [ofParley, ofBare] = [startLoad(), startLoad()];
    const both = (request: SaturateRequest) =>
      Promise.all([
        { load: ofParley, contender: parley, request, name: parley.name },
        { load: ofBare, contender: bare, request, name: bare.name },
      ]);
    await connected(parley, ofParley, clients, gentle);
    await connected(bare, ofBare, roomOf(online), gentle);
    const options = { rounds: quick ? 3 : 5, seconds: quick ? 3 : 8, warmUpSeconds: quick ? 2 : 5 };
    const calm = await saturate(await both(gentle), options);
    const withMarks = await saturate((await both(marked)).slice(0, 1), options);
    const full = await saturate(await both(saturated), options);
    const [one] = await both(saturated);
    const profileText = profile && one ? await profiled(one, 8) : null;
    const remarks = saturationRemarks(await both(saturated), full);
    for (const load of [ofParley, ofBare]) await load.end();
    for (const contender of [parley, bare]) await contender.stop();
    return {
      findings: [
        finding('P4 CPU per delivery, 50 msg/s', calm, 1),
        finding('P4 CPU per delivery, at saturation', full, 0.4),
        finding('P4 with receipts, 50 msg/s', [...withMarks, ...calm.slice(1)], null),
      ],
      details: [
        saturationTable([...calm, ...withMarks]),
        saturationTable(full),
        ...remarks,
        ...(profileText ? [profileText] : []),
      ],
    };
  },
};

function finding(what: string, [parley, bare]: readonly Saturated[], target: number | null): Finding {
  if (!parley || !bare) throw new Error('A contender has no result.');
  return { what, figure: parley.total, unit: 'us', baseline: bare.total, baselineName: 'bare Socket.IO', target };
}
