import type { Redis } from 'ioredis';
import { createMemoryBus } from '../adapters/bus/memory.ts';
import type { RedisConnectionOptions } from '../adapters/bus/redis.ts';
import { postCodes } from '../adapters/codes/post.ts';
import { printCodes } from '../adapters/codes/print.ts';
import { createLimiter } from '../adapters/limiter/index.ts';
import { createMemoryPresence } from '../adapters/presence/memory.ts';
import { createConsoleSms } from '../adapters/sms/console.ts';
import { createNoSms } from '../adapters/sms/none.ts';
import type { Config } from '../config/index.ts';
import type { BlobStore } from '../engine/ports/blobs.ts';
import type { Bus } from '../engine/ports/bus.ts';
import type { DeliverCode } from '../engine/ports/code-delivery.ts';
import type { Database } from '../engine/ports/database.ts';
import type { Limiter } from '../engine/ports/limiter.ts';
import type { MediaTools } from '../engine/ports/media-tools.ts';
import type { PresenceRegistry } from '../engine/ports/presence-registry.ts';
import type { SmsSender } from '../engine/ports/sms.ts';
import type { VirusScanner } from '../engine/ports/virus-scanner.ts';
import type { WebPages } from '../engine/ports/web-pages.ts';
import type { Publish } from '../engine/shared/events.ts';
import type { Logger } from '../transport/logger.ts';
import { version } from './version.ts';

/**
 * Opens the database that the configuration names.
 *
 * @param migrate whether to bring its schema up to date
 */
export async function openDatabase(
  config: Config,
  publish: Publish,
  onFatal: (error: Error) => void,
  migrate = true,
): Promise<Database> {
  const { databaseUrl: url, dataDirectory, databasePool: poolSize } = config;
  // Only what is used is loaded: it is memory and time at the start.
  const migrations = migrate ? (await import('./migrations.ts')).migrations : null;
  if (url === null) {
    const { openEmbeddedDatabase } = await import('../adapters/database/embedded/index.ts');
    return openEmbeddedDatabase({ dataDirectory, migrations, publish, onFatal });
  }
  const { openPostgresDatabase } = await import('../adapters/database/postgres/index.ts');
  return openPostgresDatabase({ url, migrations, publish, poolSize });
}

/** Opens the blob store that the configuration names. It is the caller's to close. */
export async function openBlobs({ blobs }: Config): Promise<BlobStore> {
  switch (blobs.store) {
    case 'disk': {
      const { createDiskBlobs } = await import('../adapters/blobs/disk.ts');
      return createDiskBlobs(blobs);
    }
    case 's3': {
      const { createS3Blobs } = await import('../adapters/blobs/s3.ts');
      return createS3Blobs(blobs);
    }
    case 'cloudinary': {
      const { createCloudinaryBlobs } = await import('../adapters/blobs/cloudinary.ts');
      return createCloudinaryBlobs(blobs);
    }
  }
}

/** Opens what fetches pages for link previews; null where the configuration wants none. */
export async function openWebPages({ linkPreviews }: Config): Promise<WebPages | null> {
  if (!linkPreviews.on) return null;
  const { createWebPages } = await import('../adapters/web-pages/index.ts');
  return createWebPages({ version, networks: linkPreviews.networks });
}

/** What brings one-time codes to people where they are not sent by SMS: they are posted to a URL, or printed. */
export const openCodeDelivery = (webhookUrl: string | null, print: (line: string) => void): DeliverCode =>
  webhookUrl === null ? printCodes(print) : postCodes(webhookUrl);

/** What nodes share, and what sends messages out. */
export interface Adapters {
  readonly bus: Bus;
  readonly presence: PresenceRegistry;
  readonly limiter: Limiter;
  readonly sms: SmsSender;
}

/** Opens all adapters but the database, each as the configuration chooses. */
export async function openAdapters(config: Config, logger: Logger, print: (line: string) => void): Promise<Adapters> {
  const sms = config.sms === 'console' ? createConsoleSms(print) : createNoSms();
  const { redisUrl, rateLimitFactor: factor } = config;
  if (redisUrl === null) {
    return { bus: createMemoryBus(), presence: createMemoryPresence(), limiter: createLimiter({ factor }), sms };
  }
  const [ioredis, { createRedisBus }, { createRedisPresence }] = await Promise.all([
    import('ioredis'),
    import('../adapters/bus/redis.ts'),
    import('../adapters/presence/redis.ts'),
  ]);
  const connect = (options: RedisConnectionOptions = {}): Redis => {
    const redis = new ioredis.Redis(redisUrl, { maxRetriesPerRequest: 1, enableAutoPipelining: true, ...options });
    redis.on('error', (error) => logger.warn({ err: error }, 'Redis cannot be reached'));
    return redis;
  };
  return {
    bus: createRedisBus(connect),
    presence: await createRedisPresence(connect()),
    limiter: createLimiter({ factor, redis: connect() }),
    sms,
  };
}

/** Opens what looks into files. Nothing that reads strangers' bytes is loaded into this process. */
export async function openMediaTools({ mediaMaxPixels: maxPixels, ffmpeg }: Config): Promise<MediaTools> {
  const { createMediaTools } = await import('../adapters/media-tools/index.ts');
  return createMediaTools({ maxPixels, ffmpeg });
}

/** The version of ffmpeg; null where it is not on the machine, or not used. */
export async function ffmpegVersion({ ffmpeg }: Config): Promise<string | null> {
  if (ffmpeg === null) return null;
  const { findFfmpeg } = await import('../adapters/media-tools/find-ffmpeg.ts');
  return findFfmpeg(ffmpeg);
}

/** Opens what looks for viruses; null where the configuration names nothing. */
export async function openScanner({ clamd: address }: Config): Promise<VirusScanner | null> {
  if (address === null) return null;
  const { createClamdScanner } = await import('../adapters/virus-scanner/clamd.ts');
  return createClamdScanner({ address });
}
