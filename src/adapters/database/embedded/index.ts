import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import type pg from 'pg';
import type { Migration } from '../../../engine/ports/database.ts';
import type { Publish } from '../../../engine/shared/events.ts';
import { createPool } from '../connections.ts';
import { migrate } from '../migrate.ts';
import { PoolDatabase } from '../pool-database.ts';
import { lockDirectory } from './directory-lock.ts';
import { Maintenance } from './maintenance.ts';
import { PortStream } from './port-stream.ts';
import { syncDirectory, syncDirectoryAndParents, syncTree } from './sync.ts';
import type { FromWorker, ToWorker } from './worker.ts';

export { DirectoryInUse } from './directory-lock.ts';

export interface EmbeddedOptions {
  /** The data directory of the installation; the database is in `database/` under it. */
  readonly dataDirectory: string;
  /** null: the schema stays as it is found. */
  readonly migrations: readonly Migration[] | null;
  readonly publish: Publish;
  /** The database's thread has ended by itself: nothing can be stored any more. */
  readonly onFatal: (error: Error) => void;
  /** How often the database is looked after; see {@link Maintenance}. */
  readonly maintainEverySeconds?: number;
}

/**
 * Opens PostgreSQL in WebAssembly, in a thread of its own, with its files in the data directory.
 *
 * Durable by fsync at each commit. One connection. Held by one process at a time.
 *
 * @throws DirectoryInUse, DatabaseTooNew
 */
export async function openEmbeddedDatabase(options: EmbeddedOptions): Promise<PoolDatabase> {
  mkdirSync(options.dataDirectory, { recursive: true, mode: 0o700 });
  const unlock = lockDirectory(options.dataDirectory);
  try {
    syncDirectoryAndParents(resolve(options.dataDirectory));
    const directory = join(options.dataDirectory, 'database');
    if (!existsSync(directory)) await initialize(directory);
    const backend = await Backend.start(directory, options.onFatal);
    const pool = createPool({
      max: 1,
      user: 'postgres',
      database: 'postgres',
      idleTimeoutMillis: 0,
      stream: () => backend.connect() as never,
      onConnect: reset,
    });
    const maintenance = new Maintenance(pool, options.maintainEverySeconds ?? 10);
    const close = async (): Promise<void> => {
      await backend.stop();
      unlock();
    };
    try {
      const client = await pool.connect();
      try {
        if (options.migrations) await migrate(client, options.migrations);
      } finally {
        client.release();
      }
    } catch (error) {
      await pool.end();
      await close();
      throw error;
    }
    maintenance.start();
    return new PoolDatabase(pool, options.publish, { before: () => maintenance.stop(), after: close });
  } catch (error) {
    unlock();
    throw error;
  }
}

/** There is one backend, and it outlives a connection: what the one before left open or prepared must be gone. */
async function reset(client: pg.ClientBase): Promise<void> {
  await client.query('rollback');
  await client.query('discard all');
}

/**
 * Makes a new database. initdb takes much memory, so it runs in a thread that then ends; and it does not sync, so
 * that is done here before the directory gets its name: a directory that has it is whole.
 */
async function initialize(directory: string): Promise<void> {
  const unfinished = `${directory}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  const backend = await Backend.start(unfinished, () => {});
  await backend.stop();
  syncTree(unfinished);
  renameSync(unfinished, directory);
  syncDirectory(dirname(directory));
}

/** The thread that runs PostgreSQL. */
class Backend {
  readonly #worker: Worker;
  #stopping = false;
  #ended = false;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  static async start(directory: string, onFatal: (error: Error) => void): Promise<Backend> {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { directory } });
    const backend = new Backend(worker);
    let failure: Error | undefined;
    let ready = false;
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        if (message.type === 'failed') failure = new Error(`The embedded database failed: ${message.message}`);
        else {
          ready = true;
          resolve();
        }
      });
      worker.on('error', (error: Error) => {
        failure = error;
      });
      worker.on('exit', () => {
        backend.#ended = true;
        if (!ready) reject(failure ?? new Error('The thread of the embedded database has ended.'));
        else if (failure || !backend.#stopping) {
          onFatal(failure ?? new Error('The thread of the embedded database has ended.'));
        }
      });
    });
    return backend;
  }

  /** A new connection. Only one may be in use at a time. */
  connect(): PortStream {
    const { port1, port2 } = new MessageChannel();
    // Nobody would answer, and the driver would wait for ever: it finds the connection closed.
    if (this.#ended) port2.close();
    else this.#worker.postMessage({ type: 'connect', port: port2 } satisfies ToWorker, [port2]);
    return new PortStream(port1);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#ended) return;
    const ended = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()));
    this.#worker.postMessage({ type: 'close' } satisfies ToWorker);
    await ended;
  }
}
