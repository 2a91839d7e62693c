import { parseArgs } from 'node:util';
import { createDatabase } from '../harness/database.ts';
import { createEmbeddedTemplate } from '../harness/embedded-template.ts';
import { type ChaosOptions, runChaos } from './chaos.ts';

const usage = `npm run chaos -- [--rounds 10] [--storage embedded|postgres] [--seed N] [--clients 20] [--kills 5] [--acks 200]`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    storage: { type: 'string', default: 'embedded' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    clients: { type: 'string', default: '20' },
    kills: { type: 'string', default: '5' },
    acks: { type: 'string', default: '200' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help || !['embedded', 'postgres'].includes(values.storage)) {
  console.log(usage);
  process.exit(values.help ? 0 : 2);
}

const template = values.storage === 'embedded' ? await createEmbeddedTemplate() : null;
try {
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const seed = Number(values.seed) + round;
    const database = values.storage === 'postgres' ? await createDatabase() : null;
    const options: ChaosOptions = {
      storage: database ?? 'embedded',
      ...(template && { template: template.path }),
      seed,
      clients: Number(values.clients),
      kills: Number(values.kills),
      acksPerKill: Number(values.acks),
    };
    try {
      const { messages, acked, kills, cuts, deaths, milliseconds } = await runChaos(options);
      console.log(
        `round ${round + 1} seed ${seed}: ${messages} messages, ${acked} acknowledged, ${kills} kills, ` +
          `${cuts} cuts, ${deaths} clients died, ${(milliseconds / 1_000).toFixed(1)} s: all well`,
      );
    } finally {
      await database?.drop();
    }
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  template?.remove();
}
// Timers of closed clients need not be waited for.
process.exit();
