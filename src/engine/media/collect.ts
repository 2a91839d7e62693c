import {
  deleteChecks,
  deleteLoose,
  deleteMedia,
  findUsed,
  insertCheck,
  insertLoose,
  lockMediaRows,
  selectLoose,
  takeChecks,
} from './collection-store.ts';
import type { MediaDeps } from './deps.ts';

const atOnce = 100;

/** What a collection has removed. */
export interface CollectionReport {
  /** Files that nothing showed any more. */
  readonly files: number;
  /** Of the blob store; fewer than files, where others have the same bytes. */
  readonly blobs: number;
  /** In bytes. */
  readonly freed: number;
}

/**
 * Removes files that nothing shows any more, and blobs that no file has. What it looks at was put on a list when it came,
 * and when something ceased to show it: the files that are kept cost nothing.
 */
export const collectMedia =
  (deps: MediaDeps) =>
  async (stopping?: AbortSignal): Promise<CollectionReport> => {
    const report = { files: 0, blobs: 0, freed: 0 };
    for (let more = true; more && !stopping?.aborted; ) more = await removeUnused(deps, report);
    for (let more = true; more && !stopping?.aborted; ) more = await removeLoose(deps, report);
    return report;
  };

async function removeUnused({ database, clock, spool }: MediaDeps, report: { files: number; freed: number }) {
  const now = new Date(clock.now());
  const { unused, sizes, looked } = await database.write(async (unit) => {
    const checks = await takeChecks(unit, now, atOnce);
    if (checks.length === 0) return { unused: [], sizes: [], looked: 0 };
    const rows = await lockMediaRows(unit, [...new Set(checks.map((check) => check.media_id))]);
    const used = await findUsed(
      unit,
      rows.map(({ id }) => id),
    );
    const free = rows.filter(({ id }) => !used.has(id));
    const kept = free.filter((row) => row.keep_until > now);
    for (const { id, keep_until } of kept) await insertCheck(unit, id, keep_until);
    await deleteChecks(
      unit,
      checks.map(({ id }) => id),
    );
    const ids = free.filter((row) => row.keep_until <= now).map(({ id }) => id);
    const blobs = ids.length > 0 ? await deleteMedia(unit, ids) : [];
    await insertLoose(
      unit,
      blobs.map(({ key }) => key),
      now,
    );
    return { unused: ids, sizes: blobs.map(({ size }) => Number(size)), looked: checks.length };
  });
  for (const id of unused) await spool.remove(id);
  report.files += unused.length;
  report.freed += sizes.reduce((sum, size) => sum + size, 0);
  return looked === atOnce;
}

async function removeLoose({ database, clock, blobs }: MediaDeps, report: { blobs: number }): Promise<boolean> {
  const keys = (await database.read((reader) => selectLoose(reader, new Date(clock.now()), atOnce))).map(
    ({ key }) => key,
  );
  for (const key of keys) await blobs.delete(key);
  await database.write((unit) => deleteLoose(unit, keys));
  report.blobs += keys.length;
  return keys.length === atOnce;
}
