import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another process holds the data directory. */
export class DirectoryInUse extends Error {
  constructor(directory: string) {
    super(
      `The data directory ${directory} is in use by another Parley process. Stop that process, ` +
        'or set PARLEY_DATA_DIR to another directory.',
    );
    this.name = 'DirectoryInUse';
  }
}

/**
 * Takes the data directory for this process. Two PostgreSQL backends on one directory would destroy it.
 *
 * Node has no flock, and a file with a process id goes stale after a kill and means nothing in another container. SQLite,
 * which Node carries, locks its file with the operating system's own locks: exclusive across processes and containers,
 * and gone with the process however it ends.
 *
 * @returns releases the lock; safe to call twice
 * @throws DirectoryInUse
 */
export function lockDirectory(directory: string): () => void {
  const lock = new DatabaseSync(join(directory, 'lock.sqlite'), { timeout: 0 });
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    // SQLITE_BUSY is 5, https://www.sqlite.org/rescode.html#busy
    if ((error as { errcode?: number }).errcode === 5) throw new DirectoryInUse(directory);
    throw error;
  }
  return () => {
    if (lock.isOpen) lock.close();
  };
}
