import { setTimeout as sleep } from 'node:timers/promises';
import { DirectoryInUse } from '../adapters/database/embedded/index.ts';
import { createLimiter } from '../adapters/limiter/index.ts';
import { createNoSms } from '../adapters/sms/none.ts';
import type { Config } from '../config/index.ts';
import { type Auth, createAuth, deriveKeys } from '../engine/auth/index.ts';
import type { Database } from '../engine/ports/database.ts';
import { systemClock } from '../engine/shared/clock.ts';
import { openDatabase } from './adapters.ts';
import { callServer, NoServer } from './admin-socket.ts';
import { developmentSecret } from './secrets.ts';
import type { Task, TaskContext } from './tasks/task.ts';

/** How long a server may take to start or stop, or another command to end. */
const patience = 15_000;

/**
 * Does a task: on the database that the configuration names, or through the running server that holds it.
 *
 * @throws CommandError, DirectoryInUse, and what the task throws
 */
export async function runTask<Input, Result>(
  config: Config,
  task: Task<Input, Result>,
  input: Input,
  { print, signal }: Pick<TaskContext, 'print' | 'signal'>,
): Promise<Result> {
  const deadline = Date.now() + patience;
  for (;;) {
    let inUse: unknown;
    try {
      return await runHere(config, task, input, { print, signal });
    } catch (error) {
      if (!(error instanceof DirectoryInUse)) throw error;
      inUse = error;
    }
    try {
      return await callServer(config.dataDirectory, task, input, { print, signal });
    } catch (error) {
      if (!(error instanceof NoServer)) throw error;
    }
    if (Date.now() > deadline) throw inUse;
    await sleep(200, undefined, { signal });
  }
}

async function runHere<Input, Result>(
  config: Config,
  task: Task<Input, Result>,
  input: Input,
  io: Pick<TaskContext, 'print' | 'signal'>,
): Promise<Result> {
  let failure: Error | undefined;
  const onFatal = (error: Error): void => {
    failure = error;
  };
  const database = await openDatabase(config, () => {}, onFatal, task.migrates);
  try {
    let auth: Auth | undefined;
    return await task.run(
      {
        ...io,
        database,
        get auth() {
          auth ??= offlineAuth(config, database);
          return auth;
        },
      },
      input,
    );
  } catch (error) {
    throw failure ?? error;
  } finally {
    await database.close();
  }
}

/** Sign-in without guests: nobody to limit, nobody to send a code to. */
function offlineAuth(config: Config, database: Database): Auth {
  return createAuth({
    database,
    clock: systemClock,
    limiter: createLimiter({ factor: 0 }),
    sms: createNoSms(),
    erasures: [],
    keys: deriveKeys(config.secret ?? developmentSecret(config.dataDirectory)),
  });
}
