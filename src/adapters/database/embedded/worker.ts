/**
 * The thread in which PostgreSQL runs, as WebAssembly. It speaks PostgreSQL's wire protocol over message ports: each
 * port is one client connection, but there is a single backend behind them, so the pool on the other side has one.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { DurableFileSystem } from './durable-file-system.ts';
import { createFatalErrorFinder } from './fatal-errors.ts';

/** What the main thread says to this one. */
export type ToWorker = { readonly type: 'connect'; readonly port: MessagePort } | { readonly type: 'close' };
/** What this thread says to the main one. */
export type FromWorker = { readonly type: 'ready' } | { readonly type: 'failed'; readonly message: string };

const terminate = 0x58; // 'X', the last message of a client (PostgreSQL protocol 3.0, "Termination")

const startParams = [
  ...(PGlite as unknown as { defaultStartParams: string[] }).defaultStartParams.filter((param) => param !== '-F'),
  ...[
    'fsync=on',
    'synchronous_commit=on',
    'wal_sync_method=fsync',
    'full_page_writes=on',
    'shared_buffers=32MB',
  ].flatMap((setting) => ['-c', setting]),
];

const { directory } = workerData as { directory: string };
const main = parentPort;
if (!main) throw new Error('This file is the entry of a worker thread.');
const say = (message: FromWorker): void => main.postMessage(message);

const database = new PGlite({ fs: new DurableFileSystem(directory), extensions: { pg_trgm }, startParams });

function serve(port: MessagePort): void {
  let pending: Uint8Array[] = [];
  let running = false;
  const fatalErrorIn = createFatalErrorFinder();
  const answer = (data: Uint8Array): void => {
    if (failed) return;
    port.postMessage(data.slice());
    const fatal = fatalErrorIn(data);
    if (fatal !== null) fail(new Error(fatal));
  };

  const run = async (): Promise<void> => {
    running = true;
    while (pending.length > 0 && !failed) {
      const input = pending.length === 1 ? (pending[0] as Uint8Array) : Buffer.concat(pending);
      pending = [];
      if (input[0] === terminate) {
        if (database.isInTransaction()) await database.exec('ROLLBACK');
        port.close();
        break;
      }
      await database.execProtocolRawStream(input, { onRawData: answer });
    }
    running = false;
  };

  port.on('message', (data: Uint8Array) => {
    pending.push(data);
    if (!running) run().catch((error: unknown) => fail(error));
  });
}

/** Set by the first failure: from then on, nothing is run and nothing is answered, an ack least of all. */
let failed = false;

function fail(error: unknown): void {
  if (failed) return;
  failed = true;
  say({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  setImmediate(() => process.exit(1));
}

main.on('message', (message: ToWorker) => {
  if (message.type === 'connect') serve(message.port);
  else database.close().then(() => process.exit(0), fail);
});

database.waitReady.then(() => say({ type: 'ready' }), fail);
