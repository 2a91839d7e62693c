/**
 * How commands reach a running server whose embedded database they cannot open: HTTP over a Unix socket in the data
 * directory. Whoever can open the socket can do everything, so nobody but its owner can: the socket has mode 0600 from
 * its first moment. That nobody else listens there is what the lock of the data directory guarantees.
 *
 * `POST /commands/<name>` takes the input as JSON and answers with lines of JSON, each sent when it is known:
 * `{ line }` any number of times, then `{ result }` or `{ error }`.
 */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Logger } from '../transport/logger.ts';
import { tasks } from './tasks/index.ts';
import { CommandError, operatorMessage, type Task, type TaskContext } from './tasks/task.ts';
import { version } from './version.ts';

const fileName = 'admin.sock';
/** The least that systems allow is 104 bytes, with the zero at the end (macOS). */
const longestPath = 100;

/** Windows has no such sockets; a command has to wait there until the server is stopped. */
export const adminSocketSupported: boolean = process.platform !== 'win32';

interface Reply {
  readonly line?: string;
  readonly result?: unknown;
  readonly error?: { readonly message: string; readonly expected: boolean };
}

/** Uses the path of the socket, through a short link where the directory's own path is too long for one. */
async function withSocketPath<T>(dataDirectory: string, use: (path: string) => Promise<T>): Promise<T> {
  const path = join(dataDirectory, fileName);
  if (Buffer.byteLength(path) <= longestPath) return use(path);
  const links = mkdtempSync(join(tmpdir(), 'parley-'));
  try {
    symlinkSync(dataDirectory, join(links, 'd'));
    return await use(join(links, 'd', fileName));
  } finally {
    rmSync(links, { recursive: true, force: true });
  }
}

export interface AdminSocketOptions {
  readonly dataDirectory: string;
  readonly context: Pick<TaskContext, 'database' | 'auth'>;
  readonly logger: Logger;
}

/**
 * Opens the socket.
 *
 * @returns closes it: running tasks are told to stop, and waited for
 */
export async function openAdminSocket(options: AdminSocketOptions): Promise<() => Promise<void>> {
  const { dataDirectory, logger } = options;
  const path = join(dataDirectory, fileName);
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const server = createServer((incoming, response) => {
    const done = serve(incoming, response, options, stopping.signal).catch((error: unknown) => {
      logger.error({ err: error }, 'command failed');
      response.destroy();
    });
    running.add(done);
    done.finally(() => running.delete(done));
  });
  rmSync(path, { force: true });
  await withSocketPath(dataDirectory, (usable) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject);
    // The file is made inside `listen`, before it returns.
    const usual = process.umask(0o177);
    try {
      server.listen(usable, resolve);
    } finally {
      process.umask(usual);
    }
    return promise;
  });
  return async () => {
    stopping.abort();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await Promise.all(running);
    server.closeAllConnections();
    await closed;
    rmSync(path, { force: true });
  };
}

async function serve(
  incoming: IncomingMessage,
  response: ServerResponse,
  { context, logger }: AdminSocketOptions,
  stopping: AbortSignal,
): Promise<void> {
  const name = /^\/commands\/([a-z-]+)$/.exec(incoming.url ?? '')?.[1];
  const task = tasks.find((candidate) => candidate.name === name) as Task<unknown, unknown> | undefined;
  const reply = (value: Reply): void => void response.write(`${JSON.stringify(value)}\n`);
  const left = new AbortController();
  response.on('close', () => left.abort());
  const signal = AbortSignal.any([stopping, left.signal]);

  let text = '';
  for await (const chunk of incoming) text += String(chunk);
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const theirs = incoming.headers['parley-version'];
  if (!task || theirs !== version) {
    const message = `The server runs version ${version}, this command is of version ${theirs}. Restart the server first.`;
    reply({ error: { message, expected: true } });
  } else {
    try {
      const print = (line: string): void => reply({ line });
      const result = await task.run({ ...context, print, signal }, JSON.parse(text));
      logger.info({ command: name }, 'command done');
      reply({ result });
    } catch (error) {
      const message = operatorMessage(error);
      if (message === null) logger.error({ err: error, command: name }, 'command failed');
      reply({ error: { message: message ?? 'The server failed. See its log.', expected: message !== null } });
    }
  }
  response.end();
}

/** No server listens on the socket of the data directory. */
export class NoServer extends Error {}

/**
 * Has the running server do a task.
 *
 * @throws NoServer, CommandError
 */
export function callServer<Input, Result>(
  dataDirectory: string,
  task: Task<Input, Result>,
  input: Input,
  { print, signal }: Pick<TaskContext, 'print' | 'signal'>,
): Promise<Result> {
  return withSocketPath(dataDirectory, async (socketPath) => {
    const answer = await post(socketPath, `/commands/${task.name}`, JSON.stringify(input), signal);
    for await (const line of createInterface({ input: answer })) {
      const reply = JSON.parse(line) as Reply;
      if (reply.line !== undefined) print(reply.line);
      else if (reply.error) throw new CommandError(reply.error.message);
      else return reply.result as Result;
    }
    throw new CommandError(
      'The server stopped before the command was done. Look whether it had an effect, then try again.',
    );
  });
}

function post(socketPath: string, path: string, body: string, signal: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = request(
    {
      socketPath,
      path,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'parley-version': version },
      signal,
    },
    resolve,
  );
  outgoing.on('error', (error: NodeJS.ErrnoException) => {
    const nobody = error.code === 'ENOENT' || error.code === 'ECONNREFUSED';
    reject(nobody ? new NoServer('No server listens.', { cause: error }) : error);
  });
  outgoing.end(body);
  return promise;
}
