import { execFile } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { developmentSecret } from '../../src/app/secrets.ts';
import { temporaryDirectory } from '../harness/embedded-template.ts';

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

test('is made once and kept', () => {
  const secret = developmentSecret(directory.path);
  expect(secret.length).toBeGreaterThanOrEqual(64);
  expect(developmentSecret(directory.path)).toBe(secret);
  expect(readdirSync(directory.path)).toEqual(['secret']);
});

test('an empty one, as a crash may leave it, is never used', () => {
  writeFileSync(join(directory.path, 'secret'), '');
  expect(developmentSecret(directory.path).length).toBeGreaterThanOrEqual(64);
});

test('of processes that start together all use the same', async () => {
  const module = new URL('../../src/app/secrets.ts', import.meta.url).href;
  const code = `import { developmentSecret } from '${module}'; console.log(developmentSecret('${directory.path}'))`;
  const run = promisify(execFile);
  const made = await Promise.all(
    [1, 2, 3].map(() => run(process.execPath, ['--input-type=module', '--eval', code], { encoding: 'utf8' })),
  );
  expect(new Set(made.map(({ stdout }) => stdout.trim())).size).toBe(1);
  expect(readdirSync(directory.path)).toEqual(['secret']);
});
