import { type Ffmpeg, probeNextTo } from './recordings.ts';
import { runProgram } from './run-program.ts';

const limits = { time: 5_000, memory: 512 * 1024 * 1024, output: 64 * 1024 };

/** The version of ffmpeg, such as `6.1.1`; null where it, or the ffprobe next to it, is not there or does not run. */
export async function findFfmpeg({ program, searchPath }: Ffmpeg): Promise<string | null> {
  const stopping = AbortSignal.timeout(limits.time);
  const said: string[] = [];
  for (const one of [probeNextTo(program), program]) {
    said.length = 0;
    const onOutput = (piece: Buffer): void => void said.push(piece.toString());
    if (!(await runProgram({ program: one, args: ['-version'], searchPath, limits, onOutput, stopping }))) return null;
  }
  return /^ffmpeg version (\S+)/.exec(said.join(''))?.[1] ?? 'of an unknown version';
}
