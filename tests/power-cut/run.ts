/**
 * The long form of the power-cut simulation:
 *
 *     npm run power-cut -- [--rounds 100] [--seed 1] [--messages 4000]
 *
 * One round is one power cut; a new recording is made every 25 rounds. Every third cut under load is followed by a second one,
 * while the server recovers from the first or serves again. Ends with 1 where anything that was acked is not there.
 */
import { parseArgs } from 'node:util';
import { Lab, type Recording } from './lab.ts';
import { planCut } from './plan.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    messages: { type: 'string', default: '4000' },
  },
});
const [rounds, first, messages] = [values.rounds, values.seed, values.messages].map(Number) as [number, number, number];
console.log(`${rounds} power cuts from seed ${first}; repeat with --rounds ${rounds} --seed ${first}`);

const lab = new Lab();
let failures = 0;
let cuts = 0;
let recording: Recording | undefined;

async function round(seed: number): Promise<void> {
  if ((seed - first) % 25 === 0) {
    recording = await lab.record({ name: `load${seed}`, messages, length: 4_000 });
    console.log(`recorded ${recording.entries.length} operations of a first start and ${messages} messages`);
    report(`recording ${seed}`, recording.differences);
  }
  if (!recording) return;
  const cut = planCut(recording, seed);
  const notes = lab.notes(recording, cut.at);
  const root = lab.cut(recording, cut.at, cut.loss);
  if (seed % 3 === 0 && cut.phase === 'load') {
    const recovery = await lab.record({ name: `again${seed}`, messages: 100, length: 400 }, root, notes);
    const second = planCut(recovery, seed + 1_000_000);
    const left = lab.cut(recovery, second.at, second.loss);
    cuts += 1;
    const result = await lab.check(left, lab.notes(recovery, second.at));
    report(`${cut.title}, then ${second.title}, ${result.acked} acked`, [...recovery.differences, ...result.wrong]);
    lab.discard(left);
  } else {
    const result = await lab.check(root, notes);
    report(`${cut.title}, ${result.acked} acked`, result.wrong);
  }
  cuts += 1;
  lab.discard(root);
}

function report(title: string, wrong: readonly string[]): void {
  if (wrong.length > 0) failures += 1;
  console.log(`${wrong.length === 0 ? 'ok  ' : 'FAIL'} ${title}${wrong.map((line) => `\n     ${line}`).join('')}`);
}

try {
  for (let seed = first; seed < first + rounds; seed += 1) await round(seed);
} finally {
  lab.close();
}
console.log(`${cuts} power cuts, ${failures} failures`);
process.exitCode = failures > 0 ? 1 : 0;
