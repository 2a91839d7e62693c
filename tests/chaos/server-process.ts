import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { environmentOf } from '../harness/processes.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** The real server in a process of its own, which can be killed and started again on the same data and port. */
export class ServerProcess {
  readonly #environment: Record<string, string>;
  readonly #codes = new Map<string, string>();
  readonly #log: string[] = [];
  #child: ChildProcess | null = null;
  #port = 0;

  /** @param environment variables of the server */
  constructor(environment: Record<string, string>) {
    this.#environment = environment;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The last lines that the server wrote. */
  get tail(): string {
    return this.#log.slice(-20).join('\n');
  }

  /** Resolves when it listens. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
      env: environmentOf({
        HOST: '127.0.0.1',
        PORT: String(this.#port),
        PARLEY_RATE_LIMIT_FACTOR: '0',
        PARLEY_LOG_LEVEL: 'info',
        ...this.#environment,
      }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
    child.once('exit', (code, signal) => reject(new Error(`The server ended (${code ?? signal}).\n${this.tail}`)));
    createInterface({ input: child.stderr }).on('line', (line) => this.#log.push(line));
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.#log.push(line);
      if (this.#log.length > 1_000) this.#log.splice(0, 500);
      const code = /^OTP for (\S+): (\d{6})$/.exec(line);
      if (code) this.#codes.set(code[1] as string, code[2] as string);
      const port = /"port":(\d+).*Parley listens/.exec(line);
      if (!port) return;
      this.#port = Number(port[1]);
      resolve();
    });
    await listening;
  }

  /** The code that was printed last for a phone, where there is one. */
  codeFor(phone: string): string | undefined {
    return this.#codes.get(phone);
  }

  /** Ends it without warning, as a crash of the machine's process would. Resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
}
