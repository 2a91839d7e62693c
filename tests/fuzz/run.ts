/** `npm run fuzz -- [--inputs 10000] [--seed N] [--storage embedded|postgres]`: the long campaign, for each operation. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    storage: { type: 'string', default: 'postgres' },
  },
});
const { status } = spawnSync('vitest', ['run', '--project', values.storage, 'tests/fuzz'], {
  stdio: 'inherit',
  env: { ...process.env, PARLEY_FUZZ_INPUTS: values.inputs, PARLEY_FUZZ_SEED: values.seed },
});
process.exit(status ?? 1);
