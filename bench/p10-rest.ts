import type { Benchmark } from './harness/benchmark.ts';
import { startParley } from './harness/contenders.ts';
import { bothWays, driven, saturate, saturationRemarks, saturationTable } from './harness/saturation.ts';

export const p10: Benchmark = {
  id: 'P10',
  title: 'Sending over REST with keep-alive against the socket, on PostgreSQL',
  async run({ quick }) {
    const socket = await driven(await startParley({ storage: 'postgres' }), 200, bothWays, 'socket');
    const all = [socket, { ...socket, request: { ...bothWays, via: 'rest' as const }, name: 'REST' }];
    const results = await saturate(all, { rounds: quick ? 3 : 5, seconds: quick ? 3 : 8, warmUpSeconds: 3 });
    await socket.load.end();
    await socket.contender.stop();
    const [ofSocket, ofRest] = results;
    if (!ofSocket || !ofRest) throw new Error('A way of sending has no result.');
    return {
      findings: [
        {
          what: 'P10 CPU per message over REST',
          figure: ofRest.total,
          unit: 'us',
          baseline: ofSocket.total,
          baselineName: 'the socket',
          target: 2.5,
        },
      ],
      details: [
        saturationTable(results),
        'Recipients are live on sockets in both. Over REST the sender has a live socket too, which gets the event.',
        'Requests in flight at the same time have no order among them: that is disorder of the clients.',
        ...saturationRemarks(all, results),
      ],
    };
  },
};
