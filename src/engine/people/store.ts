import { sql } from 'kysely';
import type { Reader, UnitOfWork } from '../ports/database.ts';
import type { Role } from '../shared/actor.ts';
import type { Identity, IdentityKind } from './identity.ts';
import { searchWords, startsUnspaced } from './search-words.ts';

declare module '../ports/database.ts' {
  interface Tables {
    people: PeopleTable;
    identities: IdentitiesTable;
  }
}

export interface PeopleTable {
  id: string;
  name: string;
  username: string | null;
  about: string;
  search: string;
  role: Role;
  version: number;
  created_at: Date;
  last_seen_at: Date | null;
  deleted_at: Date | null;
}

interface IdentitiesTable {
  kind: IdentityKind;
  value: string;
  person_id: string;
  verified_at: Date | null;
  created_at: Date;
}

export type PersonRow = PeopleTable;
export type IdentityRow = IdentitiesTable;

/**
 * An entry of an index has at most 2,704 bytes, and the normal form of one character may be 18 characters long. What is
 * cut off of a name that no person has is not found.
 */
const maxSearchText = 600;

const searchText = (name: string, username: string | null): string =>
  [...` ${searchWords(`${name} ${username ?? ''}`)}`].slice(0, maxSearchText).join('');

export async function insertPerson(
  unit: UnitOfWork,
  person: Pick<PersonRow, 'id' | 'name' | 'username' | 'role' | 'created_at'>,
): Promise<PersonRow> {
  return unit.sql
    .insertInto('people')
    .values({ ...person, about: '', search: searchText(person.name, person.username), version: 1 })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export function findPerson(reader: Reader, id: string): Promise<PersonRow | undefined> {
  return reader.sql.selectFrom('people').selectAll().where('id', '=', id).executeTakeFirst();
}

/**
 * Locks an account until the unit of work ends: no other one deletes it, or locks it `alone`.
 *
 * @param how `shared` with others who only need it to stay as it is, or `alone`
 * @returns false where it is deleted
 */
export async function lockPerson(unit: UnitOfWork, id: string, how: 'shared' | 'alone'): Promise<boolean> {
  const found = unit.sql.selectFrom('people').select('id').where('id', '=', id).where('deleted_at', 'is', null);
  const locked = await (how === 'shared' ? found.forShare() : found.forNoKeyUpdate()).executeTakeFirst();
  return locked !== undefined;
}

export async function updateProfile(
  unit: UnitOfWork,
  id: string,
  change: { name?: string; username?: string | null; about?: string },
): Promise<PersonRow | undefined> {
  const before = await unit.sql
    .selectFrom('people')
    .selectAll()
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!before) return undefined;
  const after = { ...before, ...change };
  return unit.sql
    .updateTable('people')
    .set({
      name: after.name,
      username: after.username,
      about: after.about,
      search: searchText(after.name, after.username),
      version: before.version + 1,
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Empties what others could see. The row stays: conversations and messages of others refer to it. */
export async function erasePerson(unit: UnitOfWork, id: string, at: Date): Promise<boolean> {
  const erased = await unit.sql
    .updateTable('people')
    .set({
      name: '',
      username: null,
      about: '',
      search: '',
      role: 'user',
      deleted_at: at,
      last_seen_at: null,
      version: sql`version + 1`,
    })
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (erased) await unit.sql.deleteFrom('identities').where('person_id', '=', id).execute();
  return erased !== undefined;
}

/** @returns false where the identity belongs to somebody already */
export async function insertIdentity(
  unit: UnitOfWork,
  identity: Identity & { personId: string; verifiedAt: Date | null; createdAt: Date },
): Promise<boolean> {
  const inserted = await unit.sql
    .insertInto('identities')
    .values({
      kind: identity.kind,
      value: identity.value,
      person_id: identity.personId,
      verified_at: identity.verifiedAt,
      created_at: identity.createdAt,
    })
    .onConflict((conflict) => conflict.columns(['kind', 'value']).doNothing())
    .returning('value')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** Gives back a person's identities of one kind, but for one. */
export async function deleteIdentitiesOfKind(
  unit: UnitOfWork,
  personId: string,
  kind: IdentityKind,
  except = '',
): Promise<void> {
  await unit.sql
    .deleteFrom('identities')
    .where('person_id', '=', personId)
    .where('kind', '=', kind)
    .where('value', '!=', except)
    .execute();
}

export function findIdentity(reader: Reader, identity: Identity): Promise<IdentityRow | undefined> {
  return reader.sql
    .selectFrom('identities')
    .selectAll()
    .where('kind', '=', identity.kind)
    .where('value', '=', identity.value)
    .executeTakeFirst();
}

export function identitiesOf(reader: Reader, personId: string): Promise<IdentityRow[]> {
  return reader.sql.selectFrom('identities').selectAll().where('person_id', '=', personId).orderBy('kind').execute();
}

export async function markVerified(unit: UnitOfWork, identity: Identity, at: Date): Promise<void> {
  await unit.sql
    .updateTable('identities')
    .set({ verified_at: at })
    .where('kind', '=', identity.kind)
    .where('value', '=', identity.value)
    .where('verified_at', 'is', null)
    .execute();
}

export async function anyAdmin(reader: Reader): Promise<boolean> {
  const found = await reader.sql
    .selectFrom('people')
    .select('id')
    .where('role', '=', 'admin')
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

/** More candidates than this are not ranked: who searches for "a" has to say more. It bounds the cost of a search. */
const candidates = 500;

/**
 * People whose name or username contains `key`: those that start with it first, then the shortest. Two characters match
 * at the beginning of a word only, and one, or signs without a letter, at the very beginning, because no index could find
 * them elsewhere.
 *
 * @param query.key made by {@link searchWords}
 */
export async function searchPeople(
  reader: Reader,
  query: { key: string; except: string; limit: number },
): Promise<PersonRow[]> {
  const start = ` ${query.key}`;
  const [inside, wordStart] = [`%${escapeLike(query.key)}%`, `%${escapeLike(start)}%`];
  const characters = [...query.key.replaceAll(' ', '')].length;
  const hasLetters = /[\p{L}\p{N}]/u.test(query.key);
  let matches = sql`search like ${inside}`;
  if (startsUnspaced(query.key)) matches = sql`search like ${wordStart}`;
  // Nothing that the index of trigrams knows. A range and not LIKE, whose plan, made before the pattern is known, cannot
  // use the other index. ~>=~ compares by bytes.
  else if (characters === 1 || !hasLetters) matches = sql`search ~>=~ ${start} and search ~<~ ${afterPrefix(start)}`;
  else if (characters === 2) matches = sql`search like ${wordStart}`;
  const { rows } = await sql<PersonRow>`
    with found as materialized (
      select * from people where ${matches} and deleted_at is null and id <> ${query.except} limit ${candidates}
    )
    select * from found order by starts_with(search, ${start}) desc, length(search), id limit ${query.limit}
  `.execute(reader.sql);
  return rows;
}

/** The least text after all that start with `prefix`, for comparison by bytes: in UTF-8 that is by code points. */
function afterPrefix(prefix: string): string {
  const points = [...prefix].map((character) => character.codePointAt(0) as number);
  const last = points.pop() ?? 0;
  // The code points of surrogates are no characters.
  const next = last + 1 === 0xd800 ? 0xe000 : last + 1;
  return next > 0x10ffff ? `${afterPrefix(String.fromCodePoint(...points))}` : String.fromCodePoint(...points, next);
}

/** Sets last seen, never backwards. */
export async function setLastSeen(unit: UnitOfWork, ids: readonly string[], at: readonly Date[]): Promise<void> {
  await sql`
    update people set last_seen_at = greatest(people.last_seen_at, seen.at)
    from unnest(${ids}::uuid[], ${at}::timestamptz[]) as seen (id, at)
    where people.id = seen.id and people.deleted_at is null
  `.execute(unit.sql);
}

/** Last seen of those of the given people who have an account. */
export async function lastSeenOf(reader: Reader, ids: readonly string[]): Promise<Map<string, Date | null>> {
  if (ids.length === 0) return new Map();
  const rows = await reader.sql
    .selectFrom('people')
    .select(['id', 'last_seen_at'])
    .where('id', 'in', ids)
    .where('deleted_at', 'is', null)
    .execute();
  return new Map(rows.map((row) => [row.id, row.last_seen_at]));
}
