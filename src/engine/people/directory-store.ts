import { sql } from 'kysely';
import type { PreparedStatement, Reader } from '../ports/database.ts';
import { escapeLike } from '../shared/search-words.ts';
import { candidatesOf } from './search-candidates.ts';
import type { SeenRow } from './store.ts';
import { blockBetween, privacyAllows, publicProfile, type VisiblePerson, visibleProfile } from './visible-profile.ts';

/** So many of the newest accounts are in the directory; who is older is searched for. It bounds what a page costs. */
export const maxDirectory = 10_000;

/** Among so many of the newest accounts every part of a name is found, older ones by what an index knows. */
const window = 5_000;
/** What so many of the newest are called is not looked for among the others: an index would go through all who are. */
const common = 250;
/** Of those that an index finds, no more are sorted. */
const candidates = 1_000;

/** Somebody in the directory, as the viewer sees them. */
export type DirectoryEntry = VisiblePerson &
  SeenRow & {
    readonly created_at: Date;
    /** Whether their privacy lets the viewer see their presence, and no block is between them. */
    readonly presence_shown: boolean;
  };

export interface DirectoryPage {
  readonly entries: readonly DirectoryEntry[];
  /** On all pages, at most {@link maxDirectory}. */
  readonly total: number;
}

export interface DirectoryQuery {
  /** null: as everybody may see them. */
  readonly viewerId: string | null;
  /** Part of a name or username, made by `searchWords`; or somebody who was found by other means. null: everybody. */
  readonly matching: { readonly words: string | null; readonly personId: string | null } | null;
  readonly offset: number;
  readonly limit: number;
  /** People who are suspended then are left out. */
  readonly now: Date;
}

const seen = 'p.last_seen_at, p.availability, p.status_text, p.status_emoji, p.status_until, p.created_at';

/** SQL: the columns of a {@link DirectoryEntry}. Who has blocked somebody shows no more than all may see to who has no name. */
const entryColumns = (viewer: string | null): string =>
  viewer === null
    ? `${publicProfile('p')}, ${seen}, p.privacy_last_seen = 'everyone' and not p.blocks_anyone as presence_shown`
    : `${visibleProfile(viewer, 'p')}, ${seen},
       p.id = ${viewer} or (${privacyAllows('privacy_last_seen', viewer, 'p')}
         and not ${blockBetween('p.id', viewer)}) as presence_shown`;

const listed = (now: string): string => `deleted_at is null and (suspended_at is null or suspended_until <= ${now})`;

const page = (isPublic: boolean): PreparedStatement => ({
  name: isPublic ? 'directory-page-public' : 'directory-page',
  text: `
    with page as materialized (
      select id, created_at from people where ${listed('$1')} order by created_at desc, id desc offset $2 limit $3
    )
    select ${entryColumns(isPublic ? null : '$4::uuid')}
    from page cross join lateral (select * from people where id = page.id limit 1) p
    order by page.created_at desc, page.id desc`,
});
const [publicPage, visiblePage] = [page(true), page(false)];

const count: PreparedStatement = {
  name: 'directory-count',
  text: `select count(*) as total from (
    select from people where ${listed('$1')} order by created_at desc, id desc limit ${maxDirectory}
  ) counted`,
};

/** Accounts, the newest first; those who match, where something is looked for. */
export async function listDirectory(reader: Reader, query: DirectoryQuery): Promise<DirectoryPage> {
  if (query.matching) return searchDirectory(reader, query);
  const { viewerId, now } = query;
  const offset = Math.min(query.offset, maxDirectory);
  const position = [now, offset, Math.min(query.limit, maxDirectory - offset)];
  const [counted] = await reader.prepared<{ total: number }>(count, [now]);
  const entries =
    viewerId === null
      ? await reader.prepared<DirectoryEntry>(publicPage, position)
      : await reader.prepared<DirectoryEntry>(visiblePage, [...position, viewerId]);
  return { entries, total: counted?.total ?? 0 };
}

type FoundEntry = { readonly total: number } & (DirectoryEntry | { readonly id: null });

async function searchDirectory(reader: Reader, query: DirectoryQuery): Promise<DirectoryPage> {
  const { viewerId, matching, offset, limit, now } = query;
  const { words = null, personId = null } = matching ?? {};
  const isListed = sql`deleted_at is null and (suspended_at is null or suspended_until <= ${now})`;
  const one = sql`(select id, created_at from people where id = ${personId}::uuid and ${isListed})`;
  const recent = sql`
    select id, created_at from (
      select * from people where ${isListed} order by created_at desc, id desc limit ${sql.lit(window)}
    ) newest
    where search like ${`%${escapeLike(words ?? '')}%`}`;
  const older = candidatesOf(
    words ?? '',
    (matches) => sql`(
      select id, created_at from people
      where (select count(*) from recent) < ${sql.lit(common)} and ${matches} and ${isListed}
      limit ${sql.lit(candidates)}
    )`,
  );
  const found = words === null ? one : sql`${one} union select * from recent union ${older}`;
  const named = words === null ? sql`` : sql`recent as materialized (${recent}),`;
  const columns = sql.raw(entryColumns(viewerId === null ? null : 'viewer.id'));
  const { rows } = await sql<FoundEntry>`
    with ${named} found as materialized (${found})
    select t.total, entry.*
    from (select count(*) as total from found) t
    left join lateral (
      select ${columns}
      from (select ${viewerId}::uuid as id) viewer
      cross join (select * from found order by created_at desc, id desc offset ${offset} limit ${limit}) page
      cross join lateral (select * from people where id = page.id limit 1) p
      order by page.created_at desc, page.id desc
    ) entry on true
  `.execute(reader.sql);
  return { entries: rows.filter((row) => row.id !== null) as DirectoryEntry[], total: Number(rows[0]?.total ?? 0) };
}
