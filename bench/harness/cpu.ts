import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { postgresUrl } from '../../tests/harness/service-urls.ts';
import { onEnd } from './cleanup.ts';
import { moveTo, serverCore } from './cores.ts';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** User and system time of a process with all its threads, in milliseconds; null where it cannot be read. */
export function cpuOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may contain spaces. After it: field 3 (state) and so on; 14 and 15 are utime and stime.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticksPerSecond;
  } catch {
    return null;
  }
}

/** Resident memory of a process now and at its highest, in bytes. */
export function memoryOf(pid: number): { resident: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1_024;
  return { resident: field('VmRSS'), peak: field('VmHWM') };
}

/** CPU time of the backends that serve one PostgreSQL database. */
export class BackendCpu {
  readonly #database: string;
  readonly #client: pg.Client;
  readonly #seen = new Map<number, { first: number; last: number }>();
  #timer: NodeJS.Timeout | undefined;
  #started = false;
  /** Why the figures lack something; null where they are whole. */
  problem: string | null = null;

  private constructor(database: string, client: pg.Client) {
    this.#database = database;
    this.#client = client;
  }

  static async watch(databaseUrl: string): Promise<BackendCpu> {
    const client = new pg.Client({ connectionString: postgresUrl });
    client.on('error', () => {});
    await client.connect();
    const watch = new BackendCpu(new URL(databaseUrl).pathname.slice(1), client);
    await watch.#look();
    watch.#started = true;
    // A backend that ends takes its figures with it, so they are read more often than they are asked for.
    watch.#timer = setInterval(() => watch.#look().catch(() => {}), 500);
    onEnd(() => watch.stop());
    return watch;
  }

  /** Milliseconds since the watch began. */
  async read(): Promise<number> {
    await this.#look();
    return [...this.#seen.values()].reduce((sum, { first, last }) => sum + last - first, 0);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#client.end().catch(() => {});
  }

  async #look(): Promise<void> {
    const { rows } = await this.#client.query<{ pid: number }>(
      'select pid from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
      [this.#database],
    );
    for (const { pid } of rows) {
      const cpu = cpuOf(pid);
      const known = this.#seen.get(pid);
      if (cpu === null) this.problem ??= 'PostgreSQL runs elsewhere: its CPU time is not counted.';
      else if (known) known.last = cpu;
      else {
        this.#seen.set(pid, { first: this.#started ? 0 : cpu, last: cpu });
        if (serverCore !== null && !moveTo(serverCore, pid)) {
          this.problem ??= 'PostgreSQL backends could not be pinned (run as root or as its user).';
        }
      }
    }
  }
}
