import {
  type ContactRow,
  contactColumns,
  contactSearch,
  isBlocked,
  type PhoneIdentity,
  privacyAllows,
  type SeenRow,
  type VisiblePerson,
  visibleProfile,
} from '../people/index.ts';
import type { PreparedStatement, Reader, UnitOfWork } from '../ports/database.ts';
import { escapeLike } from '../shared/search-words.ts';

/** The version of a person's address book. Read it before its content: what is newer than its version is asked for again. */
export async function versionOf(reader: Reader, ownerId: string): Promise<number> {
  const row = await reader.sql
    .selectFrom('people')
    .select('contacts_version')
    .where('id', '=', ownerId)
    .executeTakeFirst();
  return row?.contacts_version ?? 0;
}

export interface NewContact {
  readonly id: string;
  readonly ownerId: string;
  readonly personId: string | null;
  readonly phone: string | null;
  readonly name: string | null;
  readonly favourite: boolean;
  readonly closeFriend: boolean;
  readonly at: Date;
}

export async function insertContact(unit: UnitOfWork, contact: NewContact): Promise<void> {
  await unit.sql
    .insertInto('contacts')
    .values({
      id: contact.id,
      owner_id: contact.ownerId,
      person_id: contact.personId,
      phone: contact.phone,
      name: contact.name,
      search: contactSearch(contact.name, contact.phone),
      favourite: contact.favourite,
      close_friend: contact.closeFriend,
      created_at: contact.at,
    })
    .execute();
}

const count: PreparedStatement = {
  name: 'contacts-count',
  text: 'select count(*) as n from (select from contacts where owner_id = $1 limit $2) counted',
};

/** How many contacts somebody has, counting no further than `most`. */
export async function countContacts(reader: Reader, ownerId: string, most: number): Promise<number> {
  const [row] = await reader.prepared<{ n: number }>(count, [ownerId, most]);
  return row?.n ?? 0;
}

/** What a change of a contact has to know of it. */
export interface StoredContact {
  readonly id: string;
  readonly person_id: string | null;
  readonly phone: string | null;
  readonly name: string | null;
  readonly favourite: boolean;
  readonly close_friend: boolean;
}

/** A contact of the owner by one of the keys that are unique in an address book. */
export function findContact(
  reader: Reader,
  ownerId: string,
  key: { readonly id: string } | { readonly person_id: string } | { readonly phone: string },
): Promise<StoredContact | undefined> {
  const [[column, value]] = Object.entries(key) as [['id' | 'person_id' | 'phone', string]];
  return reader.sql
    .selectFrom('contacts')
    .select(['id', 'person_id', 'phone', 'name', 'favourite', 'close_friend'])
    .where('owner_id', '=', ownerId)
    .where(column, '=', value)
    .executeTakeFirst();
}

export async function updateContact(
  unit: UnitOfWork,
  { id, name, phone, favourite, close_friend }: Omit<StoredContact, 'person_id'>,
  at: Date,
): Promise<void> {
  await unit.sql
    .updateTable('contacts')
    .set({ name, phone, favourite, close_friend, search: contactSearch(name, phone), changed_at: at })
    .where('id', '=', id)
    .execute();
}

export async function deleteContact(unit: UnitOfWork, id: string): Promise<void> {
  await unit.sql.deleteFrom('contacts').where('id', '=', id).execute();
}

const contactOf: PreparedStatement = {
  name: 'contact-of',
  text: `
    select ${contactColumns} from contacts c left join people p on p.id = c.person_id
    where c.owner_id = $1 and c.id = $2`,
};

export async function selectContact(reader: Reader, ownerId: string, id: string): Promise<ContactRow | undefined> {
  return (await reader.prepared<ContactRow>(contactOf, [ownerId, id]))[0];
}

/**
 * Sorted by the shown name, in the form in which names are compared. Its beginning is enough, and keeps cursors short. It
 * goes through the whole address book of the owner, because the people in it change their names without asking.
 */
const contactPage: PreparedStatement = {
  name: 'contact-page',
  text: `
    with page as materialized (
      select c.id, k.sort_key
      from contacts c
      left join lateral (select name, search from people where id = c.person_id limit 1) p on true
      cross join lateral (
        select left(case when c.name is not null or coalesce(p.name, '') = '' then c.search else p.search end, 48)
          collate "C" as sort_key
      ) k
      where c.owner_id = $1 and (c.favourite or not $2::boolean)
        and ($3::text is null or c.search like $3 or p.search like $3 or c.phone like $4)
        and ($5::text is null or (k.sort_key, c.id) > ($5, $6::uuid))
      order by k.sort_key, c.id limit $7
    )
    select ${contactColumns}, page.sort_key
    from page
    cross join lateral (select * from contacts where id = page.id limit 1) c
    left join lateral (select * from people where id = c.person_id limit 1) p on true
    order by page.sort_key, c.id`,
};

export interface ContactQuery {
  readonly favourites: boolean;
  /** Part of a name, made by `searchWords`; of a phone number, its digits. */
  readonly matching: { readonly words: string; readonly digits: string | null } | null;
  /** Sort key and id of the last row of the page before. */
  readonly after: { readonly key: string; readonly id: string } | null;
  readonly limit: number;
}

export function selectContacts(
  reader: Reader,
  ownerId: string,
  { favourites, matching, after, limit }: ContactQuery,
): Promise<(ContactRow & { readonly sort_key: string })[]> {
  const position = [after?.key ?? null, after?.id ?? null];
  return reader.prepared(contactPage, [ownerId, favourites, ...patterns(matching), ...position, limit]);
}

/** Of LIKE: for names, and for numbers. */
function patterns(matching: ContactQuery['matching']): [string | null, string | null] {
  if (!matching) return [null, null];
  return [`%${escapeLike(matching.words)}%`, matching.digits === null ? null : `%${matching.digits}%`];
}

/** Those whose person is known, by numbered pages. It goes through the whole address book as {@link contactPage} does. */
const numberedPage: PreparedStatement = {
  name: 'contact-numbered-page',
  text: `
    with matched as materialized (
      select c.id, k.sort_key
      from contacts c
      cross join lateral (select name, search from people where id = c.person_id and deleted_at is null limit 1) p
      cross join lateral (
        select left(case when c.name is not null or p.name = '' then c.search else p.search end, 48)
          collate "C" as sort_key
      ) k
      where c.owner_id = $1 and ($2::text is null or c.search like $2 or p.search like $2 or c.phone like $3)
    )
    select t.total, page.*
    from (select count(*) as total from matched) t
    left join lateral (
      select ${contactColumns}
      from (select * from matched order by sort_key, id limit $4 offset $5) one
      cross join lateral (select * from contacts where id = one.id limit 1) c
      cross join lateral (select * from people where id = c.person_id limit 1) p
      order by one.sort_key, one.id
    ) page on true`,
};

/** @returns the contacts of one page, and how many there are in all */
export async function selectContactPage(
  reader: Reader,
  ownerId: string,
  { matching, offset, limit }: Pick<ContactQuery, 'matching' | 'limit'> & { readonly offset: number },
): Promise<{ rows: ContactRow[]; total: number }> {
  const values = [ownerId, ...patterns(matching), limit, offset];
  type Row = { readonly total: number } & (ContactRow | { readonly id: null });
  const rows = await reader.prepared<Row>(numberedPage, values);
  return { rows: rows.filter((row) => row.id !== null) as ContactRow[], total: rows[0]?.total ?? 0 };
}

/** In a set that is made once: there may be thousands of contacts. */
const blockedByMe = 'c.person_id in (select blocked_id from blocks where person_id = $1)';

/**
 * Those whose person is known, the last added first. Ids grow with time, and their index is there: it goes backwards through
 * the address book of the owner. The person is not JSON, which would take half of the time.
 */
const known: PreparedStatement = {
  name: 'contacts-known',
  text: `
    select c.id as contact_id, c.phone, c.name as given_name, c.favourite, c.close_friend, ${blockedByMe} as blocked,
      c.created_at, c.changed_at, ${visibleProfile('$1::uuid', 'p')},
      p.last_seen_at, p.availability, p.status_text, p.status_emoji, p.status_until, (
        ${privacyAllows('privacy_last_seen', '$1::uuid', 'p')} and not (${blockedByMe})
        and not (p.blocks_anyone and ${isBlocked('p.id', '$1::uuid')})
      ) as presence_shown
    from contacts c
    cross join lateral (select * from people where id = c.person_id and deleted_at is null limit 1) p
    where c.owner_id = $1 and (c.favourite or not $2::boolean) and ($3::boolean is null or $3 = (${blockedByMe}))
      and (not $4::boolean or (c.name is not null and c.search like $5) or p.search like $5 or c.phone = $6 or c.person_id = $7)
    order by c.id desc offset $8 limit $9`,
};

type KnownRow = Omit<ContactRow, 'id' | 'name' | 'person'> &
  VisiblePerson &
  SeenRow & { readonly contact_id: string; readonly given_name: string | null; readonly presence_shown: boolean };

/** A contact with what is known of the presence of its person; null where it may not be seen. */
export type KnownContactRow = ContactRow & { readonly seen: SeenRow | null };

export interface KnownContactQuery {
  /** null: whether or not. */
  readonly blocked: boolean | null;
  readonly favourites: boolean;
  /** Part of a name, made by `searchWords`, a number, or a person; any of them will do. */
  readonly matching: {
    readonly words: string | null;
    readonly phone: PhoneIdentity | undefined;
    readonly personId: string | null;
  } | null;
  readonly offset: number;
  readonly limit: number;
}

export async function selectKnownContacts(
  reader: Reader,
  ownerId: string,
  { blocked, favourites, matching, offset, limit }: KnownContactQuery,
): Promise<KnownContactRow[]> {
  const { words = null, phone, personId = null } = matching ?? {};
  const pattern = words === null ? null : `%${escapeLike(words)}%`;
  const shared = phone?.kind === 'phone' ? phone.value : null;
  const values = [ownerId, favourites, blocked, matching !== null, pattern, shared, personId, offset, limit];
  const rows = await reader.prepared<KnownRow>(known, values);
  return rows.map((row) => ({
    ...row,
    id: row.contact_id,
    name: row.given_name,
    person: row,
    seen: row.presence_shown ? row : null,
  }));
}

/** @returns false where it was there already */
export async function insertBlock(unit: UnitOfWork, personId: string, blockedId: string, at: Date): Promise<boolean> {
  const inserted = await unit.sql
    .insertInto('blocks')
    .values({ person_id: personId, blocked_id: blockedId, created_at: at })
    .onConflict((conflict) => conflict.columns(['person_id', 'blocked_id']).doNothing())
    .returning('person_id')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** @returns false where there was none */
export async function deleteBlock(unit: UnitOfWork, personId: string, blockedId: string): Promise<boolean> {
  const deleted = await unit.sql
    .deleteFrom('blocks')
    .where('person_id', '=', personId)
    .where('blocked_id', '=', blockedId)
    .returning('person_id')
    .executeTakeFirst();
  return deleted !== undefined;
}

export type BlockRow = VisiblePerson & { readonly blocked_at: Date };

/** The position has a value also on the first page: the index is entered at it, whatever the plan was made for. */
const blockPage: PreparedStatement = {
  name: 'block-page',
  text: `
    select b.created_at as blocked_at, ${visibleProfile('b.person_id', 'p')}
    from blocks b
    cross join lateral (select * from people where id = b.blocked_id limit 1) p
    where b.person_id = $1 and (b.created_at, b.blocked_id) < ($2::timestamptz, $3::uuid)
    order by b.created_at desc, b.blocked_id desc limit $4`,
};

/** Whom a person has blocked, the last first. */
export function selectBlocks(
  reader: Reader,
  personId: string,
  before: { readonly at: Date; readonly id: string } | null,
  limit: number,
): Promise<BlockRow[]> {
  const position = [before?.at ?? 'infinity', before?.id ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff'];
  return reader.prepared<BlockRow>(blockPage, [personId, ...position, limit]);
}

const blockedWith: PreparedStatement = {
  name: 'blocked-with',
  text: `
    (select blocked_id as id from blocks where person_id = $1 order by blocked_id limit $2)
    union
    (select person_id as id from blocks where blocked_id = $1 order by person_id limit $2)`,
};

/** Those between whom and a person there is a block, whoever of the two has made it. */
export async function selectBlockedWith(reader: Reader, personId: string, limit: number): Promise<string[]> {
  return (await reader.prepared<{ id: string }>(blockedWith, [personId, limit])).map(({ id }) => id);
}
