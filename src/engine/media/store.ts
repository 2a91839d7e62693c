import type { Generated, Selectable } from 'kysely';
import type { PreparedStatement, Reader, UnitOfWork } from '../ports/database.ts';
import { deleteLoose, insertCheck } from './collection-store.ts';

declare module '../ports/database.ts' {
  interface Tables {
    media: MediaTable;
    blobs: BlobsTable;
    renditions: RenditionsTable;
  }
}

/** What a file is for. */
export type MediaPurpose = 'message' | 'avatar' | 'story';
/** `uploading`: its bytes are still coming; `processing`: they are looked into; then `ready` or `refused`. */
export type MediaStatus = 'uploading' | 'processing' | 'ready' | 'refused';
/** The file itself, or a small picture of it. */
export type RenditionName = 'original' | 'thumbnail';

/** What was found in a file. */
export interface StoredFacts {
  readonly width?: number;
  readonly height?: number;
  readonly durationSeconds?: number;
  readonly blurhash?: string;
  readonly waveform?: readonly number[];
}

interface MediaTable {
  id: string;
  uploader_id: string;
  purpose: MediaPurpose;
  status: MediaStatus;
  refusal: string | null;
  file_name: string;
  mime_type: string | null;
  size: number | null;
  facts: StoredFacts | null;
  photo_key: string | null;
  created_at: Date;
  keep_until: Date;
  claimed_until: Date | null;
  released: Generated<boolean>;
}

interface BlobsTable {
  hash: Buffer;
  key: string;
  size: number;
}

interface RenditionsTable {
  media_id: string;
  name: RenditionName;
  hash: Buffer;
  mime_type: string;
  width: number | null;
  height: number | null;
}

/** A file, with its thumbnail where it has one. */
export type MediaRow = Selectable<MediaTable> & {
  readonly thumbnail?: { readonly width: number; readonly height: number } | null;
};

const columns = `
  m.*, (
    select jsonb_build_object('width', r.width, 'height', r.height) from renditions r
    where r.media_id = m.id and r.name = 'thumbnail' limit 1
  ) as thumbnail`;

/** Notes a new file, and that somebody must look at it when it need not be kept any more. */
export async function insertMedia(
  unit: UnitOfWork,
  row: Pick<MediaRow, 'id' | 'uploader_id' | 'purpose' | 'file_name' | 'size' | 'created_at' | 'keep_until'>,
): Promise<void> {
  await unit.sql
    .insertInto('media')
    .values({
      ...row,
      status: 'uploading',
      refusal: null,
      mime_type: null,
      facts: null,
      photo_key: null,
      claimed_until: null,
    })
    .execute();
  await insertCheck(unit, row.id, row.keep_until);
}

const byIds: PreparedStatement = {
  name: 'media-by-ids',
  text: `select ${columns} from media m where m.id = any ($1::uuid[])`,
};

/** Files, whoever asks: the caller has to judge. */
export function findMedia(reader: Reader, ids: readonly string[]): Promise<MediaRow[]> {
  return reader.prepared<MediaRow>(byIds, [ids]);
}

const claim: PreparedStatement = {
  name: 'claim-media',
  text: `
    update media set status = 'processing', claimed_until = $3, keep_until = greatest(keep_until, $4)
    where id = $1 and (status = 'uploading' or (status = 'processing' and claimed_until <= $2))
    returning *`,
};

/** Takes a file whose bytes are all there, for this node; another may take it at `until`, where this one has died. */
export async function claimMedia(
  unit: UnitOfWork,
  id: string,
  now: Date,
  until: Date,
  keepUntil: Date,
): Promise<MediaRow | undefined> {
  return (await unit.prepared<MediaRow>(claim, [id, now, until, keepUntil]))[0];
}

const abandoned: PreparedStatement = {
  name: 'abandoned-media',
  text: `
    select * from media where status = 'processing' and claimed_until <= $1 order by claimed_until limit $2`,
};

/** Files that a node had begun to look into and is late with. */
export function selectAbandoned(reader: Reader, now: Date, limit: number): Promise<MediaRow[]> {
  return reader.prepared<MediaRow>(abandoned, [now, limit]);
}

/** Lets another try come sooner or later. */
export async function setClaim(unit: UnitOfWork, id: string, until: Date): Promise<void> {
  await unit.sql
    .updateTable('media')
    .set({ claimed_until: until })
    .where('id', '=', id)
    .where('status', '=', 'processing')
    .execute();
}

/** A file is not accepted. Nothing of it is kept but the reason. */
export async function refuseMedia(unit: UnitOfWork, id: string, refusal: string): Promise<void> {
  await unit.sql
    .updateTable('media')
    .set({ status: 'refused', refusal, claimed_until: null })
    .where('id', '=', id)
    .where('status', 'in', ['uploading', 'processing'])
    .execute();
}

/** A blob that was put, and what it shows of a file. */
export interface NewRendition {
  readonly name: RenditionName;
  readonly key: string;
  readonly hash: Buffer;
  readonly size: number;
  readonly mimeType: string;
  readonly width?: number;
  readonly height?: number;
}

const keepBlob: PreparedStatement = {
  name: 'keep-blob',
  // The update changes nothing but holds the row, so that nobody takes the blob for unused before this commits.
  text: `
    insert into blobs (hash, key, size) values ($1, $2, $3)
    on conflict (hash) do update set size = excluded.size returning key`,
};

/**
 * Makes a file ready.
 *
 * @returns keys of blobs that were put in vain: their bytes were there already
 */
export async function readyMedia(
  unit: UnitOfWork,
  media: {
    readonly id: string;
    readonly mimeType: string;
    readonly size: number;
    readonly facts: StoredFacts;
    readonly photoKey: string | null;
  },
  renditions: readonly NewRendition[],
): Promise<string[]> {
  const updated = await unit.sql
    .updateTable('media')
    .set({
      status: 'ready',
      mime_type: media.mimeType,
      size: media.size,
      facts: JSON.stringify(media.facts) as unknown as StoredFacts,
      photo_key: media.photoKey,
      claimed_until: null,
    })
    .where('id', '=', media.id)
    .where('status', '=', 'processing')
    .executeTakeFirst();
  const keys = renditions.map(({ key }) => key);
  if (updated.numUpdatedRows === 0n) return keys;
  const vain: string[] = [];
  // In one order, so that two files with the same parts do not wait for each other.
  for (const rendition of [...renditions].sort((a, b) => Buffer.compare(a.hash, b.hash))) {
    const { name, hash, key, size, mimeType, width = null, height = null } = rendition;
    const kept = (await unit.prepared<{ key: string }>(keepBlob, [hash, key, size]))[0]?.key;
    if (kept !== key) vain.push(key);
    await unit.sql
      .insertInto('renditions')
      .values({ media_id: media.id, name, hash, mime_type: mimeType, width, height })
      .execute();
  }
  const needed = keys.filter((key) => !vain.includes(key));
  await deleteLoose(unit, needed);
  return vain;
}

const lease: PreparedStatement = {
  name: 'lease-media',
  text: `
    with held as materialized (select id from media where id = any ($1::uuid[]) order by id for no key update)
    update media m set keep_until = greatest(m.keep_until, $2) from held where m.id = held.id
    returning ${columns}`,
};

/** Keeps files until a time, and returns those that are there. */
export function leaseMedia(unit: UnitOfWork, ids: readonly string[], until: Date): Promise<MediaRow[]> {
  return unit.prepared<MediaRow>(lease, [ids, until]);
}

/**
 * Its uploader does not want a file any more: nothing new can use it.
 *
 * @param until a message that is being stored may still show it; after that it goes, unless one does
 */
export async function releaseMedia(unit: UnitOfWork, id: string, uploaderId: string, until: Date): Promise<boolean> {
  const { numUpdatedRows } = await unit.sql
    .updateTable('media')
    .set({ released: true, keep_until: until })
    .where('id', '=', id)
    .where('uploader_id', '=', uploaderId)
    .where('released', '=', false)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await insertCheck(unit, id, until);
  return true;
}

const releaseAll: PreparedStatement = {
  name: 'release-media-of',
  text: `
    with held as materialized (
      select id from media where uploader_id = $1 and not released order by id for no key update
    ), released as (
      update media m set released = true, keep_until = $2 from held where m.id = held.id returning m.id
    )
    insert into media_checks (media_id, due) select id, $2 from released`,
};

/** All that a person has brought goes at `until`, unless something shows it. */
export async function releaseMediaOf(unit: UnitOfWork, uploaderId: string, until: Date): Promise<void> {
  await unit.prepared(releaseAll, [uploaderId, until]);
}

const mediaOf: PreparedStatement = {
  name: 'media-of-person',
  text: `select ${columns} from media m where m.uploader_id = $1 and m.id > $2 order by m.id limit $3`,
};

/** A page of what a person has brought, in the order of their ids. */
export function selectMediaOf(
  reader: Reader,
  uploaderId: string,
  after: string | undefined,
  limit: number,
): Promise<MediaRow[]> {
  return reader.prepared<MediaRow>(mediaOf, [uploaderId, after ?? '00000000-0000-0000-0000-000000000000', limit]);
}
