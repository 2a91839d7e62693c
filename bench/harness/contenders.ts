import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createDatabase } from '../../tests/harness/database.ts';
import { onEnd, temporaryDirectory } from './cleanup.ts';
import { commandOn, serverCore } from './cores.ts';
import { BackendCpu, cpuOf } from './cpu.ts';
import { Inspector } from './inspector.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export type Storage = 'postgres' | 'embedded';

/** CPU time in milliseconds that a contender has used so far. */
export interface CpuReading {
  readonly server: number;
  readonly database: number;
}

/** A server under test: Parley or a baseline, as processes of its own. */
export class Contender {
  readonly name: string;
  readonly url: string;
  /** Wire of the load generator: Parley's native door, or a plain Socket.IO server's. */
  readonly wire: 'parley' | 'plain';
  readonly pid: number;
  readonly databaseUrl: string | null;
  readonly #child: ChildProcess;
  readonly #inspectorUrl: Promise<string>;
  readonly #backends: BackendCpu | null;
  readonly #codes = new Map<string, string>();
  readonly #stop: () => Promise<void>;

  private constructor(given: {
    name: string;
    url: string;
    wire: 'parley' | 'plain';
    databaseUrl: string | null;
    child: ChildProcess;
    backends: BackendCpu | null;
  }) {
    this.name = given.name;
    this.url = given.url;
    this.wire = given.wire;
    this.databaseUrl = given.databaseUrl;
    this.#child = given.child;
    this.#backends = given.backends;
    this.pid = given.child.pid as number;
    let printed = 0;
    const print = (line: string): void => {
      printed += 1;
      if (printed <= 3) console.error(`${given.name}: ${line.slice(0, 400)}`);
      else if (printed === 4) console.error(`${given.name}: and more of it.`);
    };
    this.#inspectorUrl = new Promise((resolve) => {
      lines(given.child, 'stderr', (line) => {
        const url = /Debugger listening on (ws:\S+)/.exec(line)?.[1];
        if (url) resolve(url);
        else if (!/^For help|^Debugger (attached|ending)|ExperimentalWarning|^\(Use `/.test(line)) print(line);
      });
    });
    lines(given.child, 'stdout', (line) => {
      const [, phone, code] = /^OTP for (\S+): (\d{6})$/.exec(line) ?? [];
      if (phone && code) this.#codes.set(phone, code);
      else if (line) print(line);
    });
    this.#stop = onEnd(() => end(given.child));
  }

  /**
   * Starts a server and waits until it serves.
   *
   * @param options.measured false where only its start or its memory is looked at, without counting CPU
   */
  static async start(options: {
    name: string;
    wire: 'parley' | 'plain';
    script: string;
    ready: string;
    databaseUrl?: string;
    environment?: Record<string, string>;
    inspect?: boolean;
    measured?: boolean;
  }): Promise<Contender> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const flags = ['--disable-warning=ExperimentalWarning', ...(options.inspect ? ['--inspect=127.0.0.1:0'] : [])];
    const [command, args] = commandOn(serverCore, process.execPath, [...flags, options.script]);
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...environmentWithoutSettings(),
        PORT: String(port),
        HOST: '127.0.0.1',
        ...(options.databaseUrl !== undefined && { DATABASE_URL: options.databaseUrl }),
        ...options.environment,
      },
    });
    const backends =
      options.databaseUrl !== undefined && (options.measured ?? true)
        ? await BackendCpu.watch(options.databaseUrl)
        : null;
    const { name, wire } = options;
    const contender = new Contender({ name, url, wire, databaseUrl: options.databaseUrl ?? null, child, backends });
    await contender.#ready(options.ready);
    return contender;
  }

  /** CPU time so far, of the server's process with its threads and of its database backends. */
  async cpu(): Promise<CpuReading> {
    const server = cpuOf(this.pid);
    if (server === null) throw new Error('CPU time needs /proc, as Linux has it.');
    return { server, database: (await this.#backends?.read()) ?? 0 };
  }

  /** What the CPU figures lack. */
  get problem(): string | null {
    return this.#backends?.problem ?? null;
  }

  /** Takes the one-time code that the server printed last for a phone. */
  takeCode(phone: string): string | undefined {
    const code = this.#codes.get(phone);
    this.#codes.delete(phone);
    return code;
  }

  /** Only where it was started with `inspect`. */
  async inspector(): Promise<Inspector> {
    return Inspector.open(await this.#inspectorUrl);
  }

  async stop(): Promise<void> {
    await this.#stop();
    await this.#backends?.stop();
  }

  async #ready(path: string): Promise<void> {
    const deadline = Date.now() + 120_000;
    while (Date.now() < deadline) {
      if (this.#child.exitCode !== null) throw new Error(`${this.name} ended before it was ready.`);
      const answer = await fetch(this.url + path).catch(() => null);
      if (answer?.ok) return;
      await sleep(10);
    }
    throw new Error(`${this.name} was not ready within two minutes.`);
  }
}

/** A fresh PostgreSQL database that goes when the run ends. */
export async function freshDatabase(): Promise<string> {
  const database = await createDatabase();
  onEnd(() => database.drop());
  return database.url;
}

export interface ParleyOptions {
  readonly storage: Storage;
  readonly inspect?: boolean;
  readonly measured?: boolean;
  /** An installation to start on; a fresh one if not given. */
  readonly installation?: Installation;
}

/** Where a Parley keeps its data. */
export interface Installation {
  readonly dataDirectory: string;
  readonly databaseUrl: string | null;
}

export async function freshInstallation(storage: Storage): Promise<Installation> {
  return {
    dataDirectory: temporaryDirectory(),
    databaseUrl: storage === 'postgres' ? await freshDatabase() : null,
  };
}

export async function startParley(options: ParleyOptions): Promise<Contender> {
  const { dataDirectory, databaseUrl } = options.installation ?? (await freshInstallation(options.storage));
  return Contender.start({
    name: options.storage === 'postgres' ? 'Parley on PostgreSQL' : 'Parley, embedded',
    wire: 'parley',
    script: 'src/start.js',
    ready: '/ready',
    ...(databaseUrl !== null && { databaseUrl }),
    environment: {
      PARLEY_DATA_DIR: dataDirectory,
      PARLEY_RATE_LIMIT_FACTOR: '0',
      PARLEY_LOG_LEVEL: 'warn',
      PARLEY_DRAIN_SECONDS: '1',
    },
    ...(options.inspect !== undefined && { inspect: options.inspect }),
    ...(options.measured !== undefined && { measured: options.measured }),
  });
}

export function startBareSocketIo(options: { inspect?: boolean } = {}): Promise<Contender> {
  return Contender.start({
    name: 'bare Socket.IO',
    wire: 'plain',
    script: 'bench/baselines/bare-socket-io.ts',
    ready: '/',
    ...options,
  });
}

export async function startNaiveInsert(): Promise<Contender> {
  return Contender.start({
    name: 'naive INSERT',
    wire: 'plain',
    script: 'bench/baselines/naive-insert.ts',
    ready: '/',
    databaseUrl: await freshDatabase(),
  });
}

/** The settings of whoever runs the benchmark must not change what is measured. */
function environmentWithoutSettings(): NodeJS.ProcessEnv {
  const settings =
    /^(PARLEY_|JWT_SECRET|REDIS_URL|DATABASE_URL|CLIENT_URL|CORS_ORIGIN|FRONTEND_URL|SERVER_URL|LOG_LEVEL|NODE_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !settings.test(name)));
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function lines(child: ChildProcess, stream: 'stdout' | 'stderr', take: (line: string) => void): void {
  let rest = '';
  child[stream]?.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) take(line);
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 8_000);
  await ended;
  clearTimeout(timer);
}
