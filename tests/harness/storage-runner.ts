import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { inject, TestRunner } from 'vitest';
import './provided.ts';

/**
 * Holds the embedded database compiled. V8 compiles and optimises the same bytes once for all threads of a process, for
 * as long as something holds the result; else each server that a test starts would pay for it again.
 */
const held: { compiled?: object } = {};

/** Left out of the types of Node. */
const { WebAssembly } = globalThis as unknown as { WebAssembly: { Module: new (bytes: Uint8Array) => object } };

function holdCompiledDatabase(): void {
  const script = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  held.compiled ??= new WebAssembly.Module(readFileSync(new URL('pglite.wasm', pathToFileURL(script))));
}

/**
 * Skips every test of a storage project whose database is not there, hooks included. A pattern that no name matches
 * does this at collection, before hooks and reports.
 */
export default class StorageRunner extends TestRunner {
  override onCollectStart(file: Parameters<TestRunner['onCollectStart']>[0]): void {
    if (inject('storage') === 'postgres' && inject('unavailable').postgres !== null) {
      this.config.testNamePattern = /(?!)/;
    }
    if (inject('storage') === 'embedded') holdCompiledDatabase();
    super.onCollectStart(file);
  }
}
