import { inject, TestRunner } from 'vitest';
import './provided.ts';

/**
 * Skips every test of a storage project whose database is not there, hooks included. A pattern that no name matches
 * does this at collection, before hooks and reports.
 */
export default class StorageRunner extends TestRunner {
  override onCollectStart(file: Parameters<TestRunner['onCollectStart']>[0]): void {
    if (inject('storage') === 'postgres' && inject('unavailable').postgres !== null) {
      this.config.testNamePattern = /(?!)/;
    }
    super.onCollectStart(file);
  }
}
