import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { describe } from 'vitest';
import { servicesRequired } from './service-urls.ts';

/** As the server finds it. */
export const ffmpeg = { program: 'ffmpeg', searchPath: process.env.PATH ?? '' };

const found = ((): boolean => {
  try {
    execFileSync('ffprobe', ['-version'], { stdio: 'ignore' });
    execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** Runs ffmpeg to make a file. */
export const runFfmpeg = async (...args: string[]): Promise<void> => {
  await promisify(execFile)('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args]);
};

/** What needs ffmpeg is left out where there is none, but not in the whole verification. */
export function describeWithFfmpeg(name: string, body: () => void): void {
  if (found || servicesRequired) describe(name, body);
  else describe.skip(`${name} (ffmpeg is not on this machine)`, body);
}
