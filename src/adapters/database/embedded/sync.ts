import { closeSync, fsyncSync, openSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Makes a file's content durable. */
export function syncFile(path: string): void {
  const descriptor = openSync(path, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Makes the names in a directory durable. Windows has no such call. */
export function syncDirectory(path: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Makes everything under a directory durable, but not its own name. */
export function syncTree(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) syncTree(path);
    else if (entry.isFile()) syncFile(path);
  }
  syncDirectory(directory);
}

/**
 * Makes the names in a directory durable, and its own name and those of its parents: whoever made them may not have.
 * Parents that this user may not read were not made by Parley.
 */
export function syncDirectoryAndParents(directory: string): void {
  syncDirectory(directory);
  for (let path = dirname(directory); path !== dirname(path); path = dirname(path)) {
    try {
      syncDirectory(path);
    } catch {
      return;
    }
  }
}
