import type { Database } from '../ports/database.ts';
import type { Limiter } from '../ports/limiter.ts';
import type { Clock } from '../shared/clock.ts';
import type { DataPart } from '../shared/data-part.ts';
import { exportData } from './export-data.ts';

/**
 * What the installation holds of a person, for that person. Owns no table: each feature brings its part.
 *
 * @param deps.parts in the order of the document
 */
export function createMyData(deps: { database: Database; clock: Clock; limiter: Limiter; parts: readonly DataPart[] }) {
  return { export: exportData(deps) };
}

export type MyData = ReturnType<typeof createMyData>;
