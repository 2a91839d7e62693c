import { copyFileSync, linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedDatabase } from '../../src/adapters/database/embedded/index.ts';
import { migrations } from '../../src/app/migrations.ts';

const memory = '/dev/shm';
const enough = 4 * 2 ** 30;

/**
 * In memory where Linux has room there, unless TMPDIR says otherwise: on a disk, tests would mostly wait for the fsync of
 * each commit. That it is called, and where, is what `tests/power-cut` looks at.
 */
function temporaryPlace(): string {
  if (process.env.TMPDIR !== undefined) return tmpdir();
  try {
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize >= enough ? memory : tmpdir();
  } catch {
    return tmpdir();
  }
}

/** A data directory of a test, somewhere temporary. */
export function temporaryDirectory(): { path: string; remove(): void } {
  const path = mkdtempSync(join(temporaryPlace(), 'parley-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Makes a data directory with an empty, migrated database. Making one takes seconds; copying it does not. */
export async function createEmbeddedTemplate(): Promise<{ path: string; remove(): void }> {
  const template = temporaryDirectory();
  const onFatal = (error: Error): never => {
    throw error;
  };
  const database = await openEmbeddedDatabase({ dataDirectory: template.path, migrations, publish: () => {}, onFatal });
  await database.close();
  return template;
}

/** `template1` and `template0` by their numbers. Nobody connects to them, so nothing is written to their files. */
const untouched = /[\\/]base[\\/][14]$/;

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to); // another file system, or one without links
  }
}

/** Copies a template into a data directory: what is never written to, which is most of it, as hard links. */
export function copyTemplate(template: string, directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const put = untouched.test(template) ? linkOrCopy : copyFileSync;
  for (const entry of readdirSync(template, { withFileTypes: true })) {
    const [from, to] = [join(template, entry.name), join(directory, entry.name)];
    if (entry.isDirectory()) copyTemplate(from, to);
    else if (entry.name !== 'lock.sqlite') put(from, to);
  }
}
