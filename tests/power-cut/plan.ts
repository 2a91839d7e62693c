import { Random } from '../harness/random.ts';
import type { Loss } from './disk.ts';
import type { Recording } from './lab.ts';

/** A power cut that a seed repeats. */
export interface Cut {
  readonly at: number;
  readonly loss: Loss;
  readonly phase: 'start' | 'load';
  readonly title: string;
}

/** Chooses a cut: a third of them while the server starts, and half of them with the torn model. */
export function planCut(recording: Recording, seed: number): Cut {
  const random = new Random(seed);
  const { listening, entries } = recording;
  const phase = random.integer(3) === 0 ? 'start' : 'load';
  const at =
    phase === 'start' ? random.integer(listening + 1) : listening + random.integer(entries.length - listening + 1);
  const model = random.pick(['strict', 'torn'] as const);
  const loss: Loss = model === 'strict' ? { model } : { model, random };
  return { at, loss, phase, title: `seed ${seed}: cut at ${at} of ${entries.length} (${phase}), ${model}` };
}

/** The numbers of the entries around which a start is most delicate: where files get their names. */
export function renames(recording: Recording): number[] {
  return recording.entries.slice(0, recording.listening).flatMap(({ operation }, index) => {
    return operation.kind === 'rename' ? [index] : [];
  });
}
