import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ClientStorage } from '../storage.ts';

/**
 * Keeps state in a directory, a file for each key, readable by its owner only. Writes are synchronous and reach the
 * disk, so that a message that was handed to `send` is there whatever happens to the process afterwards.
 *
 * @param directory is made where it does not exist
 */
export function fileStorage(directory: string): ClientStorage {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const fileOf = (key: string): string => join(directory, `${encodeURIComponent(key)}.json`);
  return {
    get(key) {
      try {
        return readFileSync(fileOf(key), 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },
    set(key, value) {
      const file = fileOf(key);
      const part = `${file}.${process.pid}.part`;
      const descriptor = openSync(part, 'w', 0o600);
      try {
        writeSync(descriptor, value);
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
      renameSync(part, file);
    },
    remove: (key) => rmSync(fileOf(key), { force: true }),
    keys: (prefix) =>
      readdirSync(directory)
        .filter((file) => file.endsWith('.json'))
        .map((file) => decodeURIComponent(file.slice(0, -'.json'.length)))
        .filter((key) => key.startsWith(prefix)),
  };
}
