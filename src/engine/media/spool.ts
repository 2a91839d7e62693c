import { mkdir, mkdtemp, readdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StorageFull } from '../ports/blobs.ts';
import { day } from '../shared/clock.ts';
import { isId } from '../shared/ids.ts';

/**
 * Where files are while they arrive and are looked into: a directory of this machine, one file an upload, named by its id.
 * They outlive the process, so an upload goes on after a restart.
 */
export class Spool {
  readonly directory: string;
  readonly #reserveBytes: number;
  #expected = 0;

  constructor(directory: string, reserveBytes: number) {
    this.directory = directory;
    this.#reserveBytes = reserveBytes;
  }

  /**
   * Makes the directory, and removes what the work of processes that have died left in it. Other nodes may use it too.
   *
   * @param now milliseconds
   */
  async open(now: number): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.directory)) {
      if (!name.startsWith(workPrefix)) continue;
      const path = join(this.directory, name);
      const made = (await stat(path).catch(() => null))?.mtimeMs ?? now;
      if (now - made > day) await rm(path, { recursive: true, force: true });
    }
  }

  /** Where the bytes of an upload are, or will be. */
  path(id: string): string {
    return join(this.directory, id);
  }

  /** Makes the empty file of an upload that comes in pieces. */
  async create(id: string): Promise<void> {
    await writeFile(this.path(id), '', { flag: 'wx', mode: 0o600 });
  }

  /** Ids of all uploads that have a file here. */
  async ids(): Promise<string[]> {
    return (await readdir(this.directory)).filter(isId);
  }

  /** Bytes of an upload that are here, or null where there are none. */
  async size(id: string): Promise<number | null> {
    return (await stat(this.path(id)).catch(() => null))?.size ?? null;
  }

  async remove(id: string): Promise<void> {
    await rm(this.path(id), { force: true });
  }

  /** A directory for files that are made while one is looked into; it goes with the work. */
  async withDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
    const directory = await mkdtemp(join(this.directory, workPrefix));
    try {
      return await work(directory);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  /**
   * Keeps room for bytes that are on their way, so that many uploads at once do not fill the disk that messages need.
   *
   * @returns gives the room back: call it when they are here, or will not come
   * @throws StorageFull
   */
  async reserve(bytes: number): Promise<() => void> {
    this.#expected += bytes;
    let held = true;
    const release = (): void => {
      if (held) this.#expected -= bytes;
      held = false;
    };
    try {
      const { bavail, bsize } = await statfs(this.directory);
      if (bavail * bsize - this.#expected < this.#reserveBytes) throw new StorageFull();
      return release;
    } catch (error) {
      release();
      throw error;
    }
  }
}

const workPrefix = 'work-';
