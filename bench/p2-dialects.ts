import type { Benchmark } from './harness/benchmark.ts';
import { startParley } from './harness/contenders.ts';
import { startLoad } from './harness/load.ts';
import { pairs } from './harness/people.ts';
import {
  bothWays,
  connected,
  driven,
  profiled,
  saturate,
  saturationRemarks,
  saturationTable,
} from './harness/saturation.ts';

export const p2: Benchmark = {
  id: 'P2',
  title:
    'Direct message through a dialect against the native door, on PostgreSQL: 100 pairs, both ways, 4 in flight each',
  async run({ quick, profile }) {
    const native = await driven(await startParley({ storage: 'postgres' }), 200, bothWays, 'native door');
    const server = await startParley({ storage: 'postgres' });
    const people = await pairs(server, 200);
    const chatapp = await connected(server, startLoad(), people, bothWays, 'chatapp', 'chatapp');
    const other = await startParley({ storage: 'postgres', inspect: profile });
    const convospace = await connected(
      other,
      startLoad(),
      await pairs(other, 200),
      bothWays,
      'convospace',
      'convospace',
    );
    const all = [native, chatapp, convospace];
    const results = await saturate(all, {
      rounds: quick ? 3 : 5,
      seconds: quick ? 3 : 8,
      warmUpSeconds: quick ? 3 : 10,
    });
    const profileText = profile ? await profiled(convospace, quick ? 5 : 15) : null;
    for (const { load, contender } of all) {
      await load.end();
      await contender.stop();
    }
    const [ofNative, ofChatapp, ofConvospace] = results;
    if (!ofNative || !ofChatapp || !ofConvospace) throw new Error('A door has no result.');
    return {
      findings: [
        {
          what: 'P2 CPU per message through chatapp',
          figure: ofChatapp.total,
          unit: 'us',
          baseline: ofNative.total,
          baselineName: 'native door',
          target: 1.3,
        },
        {
          what: 'P2 CPU per message through convospace',
          figure: ofConvospace.total,
          unit: 'us',
          baseline: ofNative.total,
          baselineName: 'native door',
          target: 1.3,
        },
      ],
      details: [
        saturationTable(results),
        'Through chatapp the sender gets the whole message twice, as its clients expect: as an event and as a ' +
          'confirmation. A message has some 1,100 bytes there, natively 400.',
        'Through convospace each message gets a number of its own, and its server marks each one as delivered, which its ' +
          'sender is told; natively clients mark several at once, four times a second. A message has some 1,300 bytes there.',
        ...saturationRemarks(all, results),
        ...(profileText ? [profileText] : []),
      ],
    };
  },
};
