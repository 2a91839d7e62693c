import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { BlobNotFound, type BlobStore, StorageFull } from '../../engine/ports/blobs.ts';
import { assertKey } from './assert-key.ts';

export interface DiskBlobsOptions {
  /** Made where it is not there. Nodes may share it, over a file system that keeps fsync's promise. */
  readonly directory: string;
}

/** Copies on their way; not a name that a key could have. */
const incoming = '.incoming';
/** Nothing writes to a copy for so long without having died, in milliseconds. */
const abandonedAfter = 60 * 60 * 1_000;
const readAhead = 256 * 1024;

/** Where a file cannot be linked: on another file system, on one without links, or because it is somebody else's. */
const notLinked = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/**
 * {@link BlobStore} in a directory: one file a blob, in directories by the last two characters of the key, since the first
 * ones of a UUIDv7 are its time. A file of the same file system is linked, and costs no second copy.
 */
export async function createDiskBlobs(options: DiskBlobsOptions): Promise<BlobStore> {
  const directory = resolve(options.directory);
  await mkdir(join(directory, incoming), { recursive: true, mode: 0o700 });
  await syncWithParents(directory);
  await removeAbandoned(join(directory, incoming));
  /** Directories whose own names are durable. */
  const shards = new Set<string>();

  const shardOf = (key: string): string => join(directory, key.slice(-2));
  const pathOf = (key: string): string => {
    assertKey(key);
    return join(shardOf(key), key);
  };

  /** What is missing in a store that is missing, such as on a disk that is not mounted, may be there. */
  async function assertThere(): Promise<void> {
    await stat(join(directory, incoming)).catch((error) => {
      throw new Error(`The directory of blobs is not there: ${directory}`, { cause: error });
    });
  }

  /** Not with its parents: where the whole store is gone, no other is begun. */
  async function makeShard(shard: string): Promise<void> {
    if (shards.has(shard)) return;
    await mkdir(shard, { mode: 0o700 }).catch((error) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
    await syncDirectory(directory);
    shards.add(shard);
  }

  async function place(from: string, to: string): Promise<void> {
    try {
      await sync(from, 'r+');
      await link(from, to);
    } catch (error) {
      if (!notLinked.has(codeOf(error) ?? '')) throw error;
      await copyInto(from, to);
    }
    try {
      await syncDirectory(dirname(to));
    } catch (error) {
      await rm(to, { force: true });
      throw error;
    }
  }

  async function copyInto(from: string, to: string): Promise<void> {
    const copy = join(directory, incoming, randomUUID());
    try {
      await copyFile(from, copy, constants.COPYFILE_EXCL);
      await sync(copy, 'r+');
      await rename(copy, to);
    } catch (error) {
      await rm(copy, { force: true });
      throw error;
    }
  }

  return {
    async put(key, path, { size }) {
      const to = pathOf(key);
      try {
        const found = (await stat(path)).size;
        if (found !== size) throw new RangeError(`The file has ${found} bytes, not ${size}.`);
        await makeShard(dirname(to));
        await place(path, to);
      } catch (error) {
        if (codeOf(error) === 'ENOENT') shards.delete(dirname(to));
        throw isFull(error) ? new StorageFull({ cause: error }) : error;
      }
    },
    async read(key, range) {
      const file = await open(pathOf(key), 'r').catch(async (error) => {
        if (codeOf(error) !== 'ENOENT') throw error;
        await assertThere();
        throw new BlobNotFound(key);
      });
      return file.createReadStream({
        highWaterMark: readAhead,
        start: range?.first ?? 0,
        end: range?.last ?? Infinity,
      });
    },
    async size(key) {
      try {
        return (await stat(pathOf(key))).size;
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') throw error;
        await assertThere();
        return null;
      }
    },
    async delete(key) {
      const path = pathOf(key);
      try {
        await unlink(path);
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') throw error;
        return assertThere();
      }
      // Or a power cut would bring it back, and nobody would know of it any more.
      await syncDirectory(dirname(path));
    },
    async ping() {
      const probe = join(directory, incoming, randomUUID());
      try {
        await writeFile(probe, 'parley', { flag: 'wx', mode: 0o600 });
      } finally {
        await rm(probe, { force: true });
      }
    },
    async close() {},
  };
}

const isFull = (error: unknown): boolean => codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT';

/** Makes what a file holds durable, or the names in a directory. */
async function sync(path: string, flags: 'r' | 'r+'): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Windows has no such call. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform !== 'win32') await sync(path, 'r');
}

/** Makes the names in a directory durable, its own name and those of its parents. Parents that this user may not read were not made by Parley. */
async function syncWithParents(directory: string): Promise<void> {
  await syncDirectory(directory);
  try {
    for (let path = dirname(directory); path !== dirname(path); path = dirname(path)) await syncDirectory(path);
  } catch {
    return;
  }
}

/** Removes what processes that have died left behind; another node may be at the rest. */
async function removeAbandoned(path: string): Promise<void> {
  const before = Date.now() - abandonedAfter;
  for (const name of await readdir(path)) {
    const file = join(path, name);
    const facts = await stat(file).catch(() => null);
    if (facts && facts.mtimeMs < before) await rm(file, { force: true });
  }
}
