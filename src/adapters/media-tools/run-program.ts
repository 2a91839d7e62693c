import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';

export interface ProgramLimits {
  /** In milliseconds. */
  readonly time: number;
  /** In bytes; kept where the system tells what a process takes, which Linux does. */
  readonly memory: number;
  /** Of its standard output, in bytes. */
  readonly output: number;
}

export interface ProgramCall {
  readonly program: string;
  readonly args: readonly string[];
  /** Folders in which programs are looked for, as in PATH. The program knows nothing else of the environment. */
  readonly searchPath: string;
  readonly limits: ProgramLimits;
  /** Gets its standard output, piece by piece. */
  readonly onOutput?: (piece: Buffer) => void;
  /** Ends it. */
  readonly stopping: AbortSignal;
}

const lookEvery = 100;
const pageBytes = 4096;

/** Runs a program to its end. Tells whether it has done its work: it was found, and ended well and within its limits. */
export function runProgram({ program, args, searchPath, limits, onOutput, stopping }: ProgramCall): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env: { PATH: searchPath },
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: limits.time,
      killSignal: 'SIGKILL',
      signal: stopping,
      windowsHide: true,
    });
    child.once('spawn', () => standBack(child));
    let [bytes, failed] = [0, false];
    const fail = (): void => {
      failed = true;
      child.kill('SIGKILL');
    };
    child.stdout.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > limits.output) fail();
      else onOutput?.(piece);
    });
    const watch = setInterval(() => {
      memoryOf(child).then((used) => used > limits.memory && fail(), fail);
    }, lookEvery);
    const finish = (well: boolean): void => {
      clearInterval(watch);
      resolve(well && !failed);
    };
    child.once('close', (code) => finish(code === 0));
    child.once('error', () => {
      // It was not found, or is being ended: then it closes.
      failed = true;
      if (child.pid === undefined) finish(false);
    });
  });
}

/** Messages are more urgent than files. */
function standBack({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {} // it has ended
}

/** Resolves to 0 where the system does not say. */
async function memoryOf({ pid }: ChildProcess): Promise<number> {
  const pages = await readFile(`/proc/${pid}/statm`, 'latin1').catch(() => '');
  return Number(pages.split(' ')[1] ?? 0) * pageBytes;
}
