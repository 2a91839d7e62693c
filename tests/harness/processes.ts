import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const nodeOptions = ['--disable-warning=ExperimentalWarning'];

type Environment = Record<string, string>;

/**
 * The environment of a process: only what is given, and what it cannot do without. The settings of who runs the tests
 * stay out. What Node has compiled once it keeps, or each of these processes would spend a second on it.
 */
export const environmentOf = (given: Environment = {}): Environment => ({
  PATH: process.env.PATH ?? '',
  HOME: process.env.HOME ?? '',
  NODE_COMPILE_CACHE: `${root}node_modules/.cache/parley-tests`,
  ...given,
});

export interface Finished {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/**
 * Runs a file of the server to its end, as an operator would.
 *
 * @param input its standard input
 * @param onStart gets the process, to send it signals
 */
export async function runFile(
  file: string,
  args: readonly string[],
  environment: Environment,
  input = '',
  onStart: (child: ChildProcess) => void = () => {},
): Promise<Finished> {
  const child = spawn(process.execPath, [...nodeOptions, file, ...args], {
    cwd: root,
    env: environmentOf(environment),
  });
  const [output, errors] = [collect(child.stdout), collect(child.stderr)];
  onStart(child);
  child.stdin.on('error', () => {}); // it may end without reading
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: output(), errors: errors() };
}

export const parley = (args: readonly string[], environment: Environment, input?: string): Promise<Finished> =>
  runFile('src/cli/parley.ts', args, environment, input);

export interface ServerProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Everything on standard output so far, and what the console SMS adapter printed of it. */
  readonly output: () => string;
  readonly printed: readonly string[];
  /** Ends it and returns its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts the server as a process of its own, at a free port. */
export async function startServer(environment: Environment): Promise<ServerProcess> {
  const child = spawn(process.execPath, [...nodeOptions, 'src/main.ts'], {
    cwd: root,
    env: environmentOf({ PORT: '0', HOST: '127.0.0.1', PARLEY_RATE_LIMIT_FACTOR: '0', ...environment }),
  });
  const [output, errors] = [collect(child.stdout), collect(child.stderr)];
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      const found = /Parley listens at (http:\/\/[^\s"]+)/.exec(output())?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('close', (code) => reject(new Error(`The server ended with ${code}.\n${errors()}`)));
  });
  return {
    url,
    child,
    output,
    get printed() {
      return output()
        .split('\n')
        .filter((line) => line.startsWith('OTP for '));
    },
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const closed = once(child, 'close');
      child.kill(signal);
      await closed;
      return child.exitCode;
    },
  };
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}
