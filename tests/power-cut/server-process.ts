import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { environmentOf } from '../harness/processes.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const recorder = new URL('./recorder.ts', import.meta.url).href;

/** A server in a process of its own, as an operator runs it. */
export class ServerProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  /**
   * Starts a server with the data directory `data` under `root`.
   *
   * @param journal where to write down what it does to files under `root`; not at all if absent
   * @param signal kills it, kill -9, if it is aborted before the server listens
   */
  static async start(root: string, journal?: string, signal?: AbortSignal): Promise<ServerProcess> {
    const preload = journal === undefined ? [] : ['--import', recorder];
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...preload, main], {
      env: environmentOf({
        HOST: '127.0.0.1',
        PORT: '0',
        PARLEY_DATA_DIR: join(root, 'data'),
        PARLEY_RATE_LIMIT_FACTOR: '0',
        ...(journal !== undefined && { POWER_CUT_ROOT: root, POWER_CUT_JOURNAL: journal }),
      }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    signal?.addEventListener('abort', () => child.kill('SIGKILL'), { once: true });
    const said: string[] = [];
    child.stderr?.on('data', (data) => said.push(String(data)));
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      said.push(line);
      const listening = /Parley listens at (http:\/\/\S+)/.exec(line);
      if (listening) resolve(listening[1] as string);
    });
    child.once('exit', (code, signal) => {
      reject(new Error(`The server ended (${code ?? signal}) before it listened:\n${said.slice(-20).join('\n')}`));
    });
    const patience = setTimeout(() => reject(new Error(`No start within 60 s:\n${said.join('\n')}`)), 60_000);
    try {
      return new ServerProcess(child, await promise);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    } finally {
      clearTimeout(patience);
    }
  }

  /** kill -9. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}
