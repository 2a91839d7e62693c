import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** The processors that this process may use, such as `[0, 1]`. */
function allowedCores(): number[] {
  try {
    const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
    return list.split(',').flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
  } catch {
    return Array.from({ length: availableParallelism() }, (_, i) => i);
  }
}

const cores = allowedCores();
const taskset = spawnSync('taskset', ['--version']).status === 0;
const pinned = taskset && cores.length > 1;

export const serverCore = pinned ? (cores[0] as number) : null;
export const loadCore = pinned ? (cores[1] as number) : null;

/** How processes were placed, in a sentence for the report. */
export const placement = pinned
  ? `Server and database backends on core ${serverCore}, load on core ${loadCore}.`
  : taskset
    ? 'NOT PINNED: there is one core only. Server and load share it; latencies and msg/s mean little.'
    : 'NOT PINNED: there is no taskset. Server and load share the cores; latencies and msg/s mean little.';

/** The command line that runs something on a core. */
export function commandOn(core: number | null, command: string, args: readonly string[]): [string, string[]] {
  return core === null ? [command, [...args]] : ['taskset', ['-c', String(core), command, ...args]];
}

/**
 * Moves a running process with its threads to a core.
 *
 * @returns whether that was possible
 */
export function moveTo(core: number | null, pid: number): boolean {
  if (core === null) return false;
  return spawnSync('taskset', ['-a', '-c', '-p', String(core), String(pid)]).status === 0;
}
