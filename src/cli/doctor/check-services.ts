import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ffmpegVersion, openBlobs, openScanner } from '../../app/adapters.ts';
import { type Finding, ok, problem, warning } from '../../app/finding.ts';
import { operatorMessage } from '../../app/tasks/task.ts';
import type { Config } from '../../config/index.ts';

const messageOf = (error: unknown): string =>
  operatorMessage(error) ?? (error instanceof Error ? error.message : String(error));

export async function checkDatabase(config: Config, signal: AbortSignal): Promise<readonly Finding[]> {
  const embedded = config.databaseUrl === null;
  if (embedded && !existsSync(join(config.dataDirectory, 'database'))) {
    return [ok('database', 'embedded; the first start makes it')];
  }
  try {
    const { runTask } = await import('../../app/run-task.ts');
    const { inspectDatabase } = await import('../../app/tasks/inspect-database.ts');
    const input = { embedded, poolSize: config.databasePool };
    return await runTask(config, inspectDatabase, input, { print: () => {}, signal });
  } catch (error) {
    const remedy = embedded
      ? 'See the log of the server; a backup of the data folder may be needed.'
      : 'Check DATABASE_URL, and that the server runs and lets this machine in.';
    return [problem('database', messageOf(error), remedy)];
  }
}

const oldestRedis = 6;

export async function checkRedis({ redisUrl }: Config): Promise<Finding> {
  if (redisUrl === null) return ok('Redis', 'not used: this is the only node');
  const { Redis } = await import('ioredis');
  const redis = new Redis(redisUrl, { lazyConnect: true, connectTimeout: 3_000, retryStrategy: () => null });
  let cause: unknown;
  redis.on('error', (error) => {
    cause ??= error;
  });
  try {
    await redis.connect();
    const version = /redis_version:(\S+)/.exec(await redis.info('server'))?.[1] ?? 'unknown';
    return Number.parseInt(version, 10) < oldestRedis
      ? problem('Redis', version, `Use Redis ${oldestRedis} or newer.`)
      : ok('Redis', version);
  } catch (error) {
    return problem(
      'Redis',
      messageOf(cause ?? error),
      'Check REDIS_URL, and that Redis runs and lets this machine in.',
    );
  } finally {
    redis.disconnect();
  }
}

function placeOf(blobs: Config['blobs']): { text: string; remedy: string } {
  switch (blobs.store) {
    case 'disk':
      return {
        text: blobs.directory,
        remedy: 'Check PARLEY_BLOB_DIR, that its disk is mounted and has room, and its owner.',
      };
    case 's3':
      return {
        text: `bucket ${blobs.bucket}${blobs.endpoint ? ` at ${blobs.endpoint}` : ' of S3'}`,
        remedy: 'Check the settings of S3, and what its key may do: see docs/how-to/keep-files.md.',
      };
    case 'cloudinary':
      return { text: `cloud ${blobs.cloudName} of Cloudinary`, remedy: 'Check the settings of Cloudinary.' };
  }
}

/** Whether the store of files answers, and takes them. */
export async function checkBlobs(config: Config): Promise<Finding> {
  const { blobs } = config;
  const { text, remedy } = placeOf(blobs);
  if (blobs.store === 'disk' && !existsSync(blobs.directory))
    return ok('files', `${text} will be made by the first start`);
  try {
    const store = await openBlobs(config);
    try {
      await store.ping();
    } finally {
      await store.close();
    }
    return ok('files', text);
  } catch (error) {
    return problem('files', `${text}: ${messageOf(error)}`, remedy);
  }
}

/** Whether the virus scanner answers. */
export async function checkScanner(config: Config): Promise<Finding> {
  const scanner = await openScanner(config);
  if (scanner === null || config.clamd === null) return ok('virus scanner', 'not used: files are not scanned');
  const { clamd } = config;
  const place = 'path' in clamd ? clamd.path : `${clamd.host}:${clamd.port}`;
  try {
    await scanner.ping();
    return ok('virus scanner', `clamd at ${place}`);
  } catch (error) {
    const remedy = 'Check PARLEY_CLAMD, and that clamd runs. Files that are uploaded wait until it answers.';
    return problem('virus scanner', `clamd at ${place}: ${messageOf(error)}`, remedy);
  }
}

/** Whether films and recordings can be looked into. */
export async function checkFfmpeg(config: Config): Promise<Finding> {
  const { ffmpeg } = config;
  const without = 'films and recordings are taken as they are, also with the place where they were made';
  if (ffmpeg === null) return ok('ffmpeg', `not used: ${without}`);
  const version = await ffmpegVersion(config);
  if (version !== null) return ok('ffmpeg', version);
  return ffmpeg.named
    ? problem('ffmpeg', `${ffmpeg.program} is not there, or has no ffprobe next to it`, 'Check PARLEY_FFMPEG.')
    : warning('ffmpeg', `not on this machine: ${without}`, 'Install it, or set PARLEY_FFMPEG=none if that is meant.');
}

/** Whether a server answers at the configured port. */
export async function checkServer({ host, port, production }: Config): Promise<Finding> {
  const local = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const url = `http://${local.includes(':') ? `[${local}]` : local}:${port}`;
  try {
    const response = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(5_000) });
    const { status } = (await response.json()) as { status?: string };
    if (status === undefined) throw new Error('no answer of Parley');
    return response.ok ? ok('server', `ready at ${url}`) : problem('server', `${status} at ${url}`, 'See its log.');
  } catch (error) {
    const nobody = (error as { cause?: { code?: string } }).cause?.code === 'ECONNREFUSED';
    if (nobody) return ok('server', `does not run: nobody listens at ${url}`);
    const text = `something that is not Parley answers at ${url}`;
    return production ? problem('server', text, 'Set PORT.') : warning('server', text, 'Set PORT.');
  }
}
