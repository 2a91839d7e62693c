import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Undo = () => Promise<void> | void;

const undos = new Set<Undo>();
let ending: Promise<void> | undefined;
let wasInterrupted = false;

/** Whether somebody has asked the run to end. What fails from then on fails because of that. */
export const interrupted = (): boolean => wasInterrupted;

/**
 * Registers what must be undone when the run ends, however it ends.
 *
 * @returns undoes it now
 */
export function onEnd(undo: Undo): () => Promise<void> {
  undos.add(undo);
  // What a benchmark has started while the run was already ending.
  if (wasInterrupted) cleanUp();
  return async () => {
    if (undos.delete(undo)) await undo();
  };
}

/** Undoes everything that is left, the latest first. */
export function cleanUp(): Promise<void> {
  ending ??= (async () => {
    for (let undo = [...undos].at(-1); undo; undo = [...undos].at(-1)) {
      undos.delete(undo);
      try {
        await undo();
      } catch (error) {
        console.error('Cleaning up failed:', error);
      }
    }
  })().finally(() => {
    ending = undefined;
  });
  return ending;
}

/** Cleans up on Ctrl-C and on termination. */
export function cleanUpOnSignals(): void {
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.on(signal, () => {
      wasInterrupted = true;
      cleanUp().finally(() => process.exit(status));
    });
  }
}

/** A directory that goes when the run ends. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  onEnd(() => rmSync(path, { recursive: true, force: true, maxRetries: 3 }));
  return path;
}
