import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/**
 * The secret of a development server: made at the first start and kept in the data directory, so that sessions survive
 * a restart. Of two processes that start together, both use the one that was written first.
 *
 * It gets its name when it is whole and synced: a crash in between must not leave an empty secret.
 */
export function developmentSecret(dataDirectory: string): string {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const path = join(dataDirectory, 'secret');
  const known = read(path);
  if (known) return known;
  const made = `${path}.${process.pid}`;
  writeFileSync(made, randomBytes(48).toString('base64url'), { mode: 0o600, flush: true });
  if (known === '') rmSync(path); // left by a version that could be interrupted
  try {
    linkSync(made, path);
  } catch (error) {
    // Where the file system has no links, at least no half secret can be left.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') renameSync(made, path);
  }
  rmSync(made, { force: true });
  syncNames(dataDirectory);
  return readFileSync(path, 'utf8').trim();
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return null;
  }
}

/** Makes the names in a directory durable. Windows has no such call. */
function syncNames(directory: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(directory, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
