import type { Generated } from 'kysely';
import type { PreparedStatement, Reader, UnitOfWork } from '../ports/database.ts';

declare module '../ports/database.ts' {
  interface Tables {
    loose_blobs: { key: string; remove_after: Date };
    media_checks: { id: Generated<number>; media_id: string; due: Date };
  }
}

/** Has somebody look, at `due`, whether a file is still used. */
export async function insertCheck(unit: UnitOfWork, mediaId: string, due: Date): Promise<void> {
  await unit.sql.insertInto('media_checks').values({ media_id: mediaId, due }).execute();
}

/** Notes what is about to be put, or is not needed any more. */
export async function insertLoose(unit: UnitOfWork, keys: readonly string[], removeAfter: Date): Promise<void> {
  if (keys.length === 0) return;
  await unit.sql
    .insertInto('loose_blobs')
    .values(keys.map((key) => ({ key, remove_after: removeAfter })))
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ remove_after: removeAfter }))
    .execute();
}

/** Blobs to remove, those first that have waited longest. */
export function selectLoose(reader: Reader, now: Date, limit: number): Promise<{ key: string }[]> {
  return reader.sql
    .selectFrom('loose_blobs')
    .select('key')
    .where('remove_after', '<=', now)
    .orderBy('remove_after')
    .limit(limit)
    .execute();
}

/** They are removed. */
export async function deleteLoose(unit: UnitOfWork, keys: readonly string[]): Promise<void> {
  if (keys.length > 0) await unit.sql.deleteFrom('loose_blobs').where('key', 'in', keys).execute();
}

const dueChecks: PreparedStatement = {
  name: 'due-media-checks',
  text: 'select id, media_id from media_checks where due <= $1 order by due, id limit $2 for update skip locked',
};

/** Takes files to look at, for this transaction. */
export function takeChecks(unit: UnitOfWork, now: Date, limit: number): Promise<{ id: number; media_id: string }[]> {
  return unit.prepared(dueChecks, [now, limit]);
}

/** They were looked at. */
export async function deleteChecks(unit: UnitOfWork, ids: readonly number[]): Promise<void> {
  await unit.sql.deleteFrom('media_checks').where('id', 'in', ids).execute();
}

const lockMedia: PreparedStatement = {
  name: 'lock-media',
  text: 'select id, keep_until from media where id = any ($1::uuid[]) order by id for update',
};

/** A file that is looked at. */
export interface LockedMedia {
  readonly id: string;
  readonly keep_until: Date;
}

/** Locks files: until the end of the transaction nothing begins to use them. */
export function lockMediaRows(unit: UnitOfWork, ids: readonly string[]): Promise<LockedMedia[]> {
  return unit.prepared<LockedMedia>(lockMedia, [ids]);
}

const used: PreparedStatement = {
  name: 'used-media',
  text: `
    select id from unnest($1::uuid[]) id
    where exists (select from media_uses u where u.media_id = id)`,
};

/** Which of them something shows. */
export async function findUsed(unit: UnitOfWork, ids: readonly string[]): Promise<Set<string>> {
  return new Set((await unit.prepared<{ id: string }>(used, [ids])).map(({ id }) => id));
}

const removeMedia: PreparedStatement = {
  name: 'remove-media',
  text: `
    with gone as (delete from media where id = any ($1::uuid[]) returning id)
    select distinct r.hash from renditions r join gone on gone.id = r.media_id order by r.hash`,
};
const lockBlobs: PreparedStatement = {
  name: 'lock-blobs',
  text: 'select from blobs where hash = any ($1::bytea[]) order by hash for update',
};
const removeBlobs: PreparedStatement = {
  name: 'remove-blobs',
  text: `
    delete from blobs b
    where b.hash = any ($1::bytea[]) and not exists (select from renditions r where r.hash = b.hash)
    returning key, size`,
};

/**
 * Removes files that are locked and unused, and the blobs that no other file has.
 *
 * @returns the blobs, which have to be removed from the store
 */
export async function deleteMedia(unit: UnitOfWork, ids: readonly string[]): Promise<{ key: string; size: number }[]> {
  const hashes = (await unit.prepared<{ hash: Buffer }>(removeMedia, [ids])).map(({ hash }) => hash);
  if (hashes.length === 0) return [];
  // Locked first: whether another file has them is then seen by a snapshot that is not older than the lock.
  await unit.prepared(lockBlobs, [hashes]);
  return unit.prepared(removeBlobs, [hashes]);
}
