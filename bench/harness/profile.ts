import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { show, table } from './benchmark.ts';
import type { CpuProfile } from './inspector.ts';

const shown = 25;
/** Microseconds between two samples. */
export const samplingInterval = 1_000;

/**
 * Where a profile's time went: by function and by file or package, each by self time.
 *
 * @param perMessage CPU microseconds of the process for each message in the meantime. The samples give the shares only:
 *   on a busy core some come late and some not at all
 */
export function profileText(profile: CpuProfile, perMessage: number): string {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const byFunction = new Map<string, number>();
  const byPart = new Map<string, number>();
  let total = 0;
  profile.samples.forEach((id, i) => {
    // A sample that comes much later was waiting for the core, which the database shares: nothing was running meanwhile.
    const time = Math.min(profile.timeDeltas[i] ?? 0, 2 * samplingInterval);
    const frame = frames.get(id);
    if (!frame || frame.functionName === '(idle)') return;
    const { functionName, url, lineNumber } = frame;
    const place = url === '' ? '' : ` ${short(url)}:${lineNumber + 1}`;
    const name = `${functionName || '(anonymous)'}${place}`;
    byFunction.set(name, (byFunction.get(name) ?? 0) + time);
    const part = partOf(functionName, url);
    byPart.set(part, (byPart.get(part) ?? 0) + time);
    total += time;
  });
  const listing = (title: string, times: ReadonlyMap<string, number>): string =>
    table(
      [title, 'self', 'us/msg'],
      [...times]
        .sort(([, a], [, b]) => b - a)
        .slice(0, shown)
        .map(([name, time]) => [name, `${((time * 100) / total).toFixed(1)}%`, show((time * perMessage) / total)]),
    );
  return `${listing('function', byFunction)}\n\n${listing('part', byPart)}`;
}

/** Kept after the run: it is what was asked for. */
export function saveProfile(profile: CpuProfile): string {
  const path = join(mkdtempSync(join(tmpdir(), 'parley-profile-')), 'parley.cpuprofile');
  writeFileSync(path, JSON.stringify(profile));
  return path;
}

function short(url: string): string {
  return url
    .replace(/^file:\/\//, '')
    .replace(/^.*\/node_modules\//, '')
    .replace(/^.*\/src\//, 'src/');
}

function partOf(functionName: string, url: string): string {
  if (url === '') return functionName.startsWith('(') ? functionName : 'native functions';
  const [, dependency] = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
  if (dependency) return dependency;
  if (url.startsWith('node:')) return url.split('/').slice(0, 2).join('/');
  return short(url);
}
