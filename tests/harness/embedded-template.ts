import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedDatabase } from '../../src/adapters/database/embedded/index.ts';
import { migrations } from '../../src/engine/migrations.ts';

/** A data directory of a test, somewhere temporary. */
export function temporaryDirectory(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'parley-test-'));
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

/** Copies a template into a data directory. */
export function copyTemplate(template: string, directory: string): void {
  cpSync(template, directory, { recursive: true, filter: (path) => !path.includes('lock.sqlite') });
}
