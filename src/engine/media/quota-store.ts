import type { PreparedStatement, UnitOfWork } from '../ports/database.ts';

const lock: PreparedStatement = {
  name: 'media-quota-lock',
  text: `select pg_advisory_xact_lock(hashtextextended('media quota ' || $1, 0))`,
};

const sum: PreparedStatement = {
  name: 'media-kept-bytes',
  text: `
    select coalesce(sum(size), 0)::bigint as bytes from media
    where uploader_id = $1 and status <> 'refused' and id <> $2`,
};

/**
 * How many bytes are kept for a person, beside one file. Until the end of the transaction nobody else is told of this person:
 * of two files at once, one sees the other.
 */
export async function lockKeptBytes(unit: UnitOfWork, uploaderId: string, beside: string): Promise<number> {
  await unit.prepared(lock, [uploaderId]);
  return Number((await unit.prepared<{ bytes: number }>(sum, [uploaderId, beside]))[0]?.bytes ?? 0);
}

/** So large is a file whose bytes are all here. */
export async function setSize(unit: UnitOfWork, id: string, size: number): Promise<void> {
  await unit.sql.updateTable('media').set({ size }).where('id', '=', id).where('status', '=', 'processing').execute();
}
