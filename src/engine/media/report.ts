import type { PreparedStatement, Reader } from '../ports/database.ts';

/** What an installation keeps of files. Sizes in bytes. */
export interface MediaReport {
  /** Files by status. */
  readonly uploading: number;
  readonly processing: number;
  readonly ready: number;
  readonly refused: number;
  /** Files that nothing shows: they wait for a message, or for the collector. */
  readonly unused: number;
  /** What the files would take if each were stored by itself. */
  readonly fileBytes: number;
  readonly blobs: number;
  /** What they take. */
  readonly blobBytes: number;
  /** Blobs that wait to be removed from the store. */
  readonly loose: number;
}

const statement: PreparedStatement = {
  name: 'media-report',
  text: `
    select
      count(*) filter (where status = 'uploading') as uploading,
      count(*) filter (where status = 'processing') as processing,
      count(*) filter (where status = 'ready') as ready,
      count(*) filter (where status = 'refused') as refused,
      count(*) filter (where not exists (select from media_uses u where u.media_id = m.id)) as unused,
      coalesce(sum(size) filter (where status = 'ready'), 0)::bigint as "fileBytes",
      (select count(*) from blobs) as blobs,
      (select coalesce(sum(size), 0)::bigint from blobs) as "blobBytes",
      (select count(*) from loose_blobs) as loose
    from media m`,
};

/** Counts all files: for operators, since it reads all of them. */
export async function reportMedia(reader: Reader): Promise<MediaReport> {
  const [row] = await reader.prepared<MediaReport>(statement, []);
  return row as MediaReport;
}
