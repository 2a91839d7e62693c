import { type Generated, type Selectable, sql } from 'kysely';
import type { Reader, UnitOfWork } from '../ports/database.ts';
import type { Role } from '../shared/actor.ts';
import { searchWords } from '../shared/search-words.ts';
import type { Identity, IdentityKind } from './identity.ts';
import type { PrivacyLevel } from './relations.ts';
import { candidatesOf } from './search-candidates.ts';
import type { Availability, StatusColumns } from './status.ts';
import { blockBetween, isContact, type PrivacyColumn, type VisiblePerson, visibleProfile } from './visible-profile.ts';

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
  photo_url: Generated<string | null>;
  photo_media_id: Generated<string | null>;
  privacy_last_seen: Generated<PrivacyLevel>;
  privacy_photo: Generated<PrivacyLevel>;
  privacy_about: Generated<PrivacyLevel>;
  privacy_groups: Generated<PrivacyLevel>;
  privacy_phone: Generated<PrivacyLevel>;
  read_receipts: Generated<boolean>;
  contacts_version: Generated<number>;
  suspended_at: Generated<Date | null>;
  suspended_until: Generated<Date | null>;
  suspension_reason: Generated<string | null>;
  blocks_anyone: Generated<boolean>;
  availability: Generated<Availability>;
  status_text: Generated<string | null>;
  status_emoji: Generated<string | null>;
  status_until: Generated<Date | null>;
  notified_kinds: Generated<string[] | null>;
}

interface IdentitiesTable {
  kind: IdentityKind;
  value: string;
  person_id: string;
  verified_at: Date | null;
  created_at: Date;
}

export type PersonRow = Selectable<PeopleTable>;
export type IdentityRow = IdentitiesTable;

/**
 * An entry of an index has at most 2,704 bytes, and the normal form of one character may be 18 characters long. What is
 * cut off of a name that no person has is not found.
 */
const maxSearchText = 600;

/** Nobody is found who has not said who they are. */
const searchText = (name: string, username: string | null): string =>
  name === '' ? '' : [...` ${searchWords(`${name} ${username ?? ''}`)}`].slice(0, maxSearchText).join('');

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

/**
 * Locks the rows of some people until the unit of work ends, in the order of their ids: whoever locks several does it here,
 * so that nobody waits for another in a circle.
 *
 * @param how `shared` with others who only need them to stay as they are, or `alone`
 * @returns those that exist, by id
 */
export function lockPeople(unit: UnitOfWork, ids: readonly string[], how: 'shared' | 'alone'): Promise<PersonRow[]> {
  const found = unit.sql.selectFrom('people').selectAll().where('id', 'in', ids).orderBy('id');
  return (how === 'shared' ? found.forShare() : found.forNoKeyUpdate()).execute();
}

type Changeable = 'name' | 'username' | 'about' | 'photo_url' | 'photo_media_id' | 'read_receipts' | PrivacyColumn;

/** Changes what a person says of themselves; `version` grows. Undefined where there is no such account. */
export async function updatePerson(
  unit: UnitOfWork,
  id: string,
  change: Partial<Pick<PersonRow, Changeable>>,
): Promise<{ before: PersonRow; after: PersonRow } | undefined> {
  const before = await unit.sql
    .selectFrom('people')
    .selectAll()
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!before) return undefined;
  const { name, username } = { ...before, ...change };
  const after = await unit.sql
    .updateTable('people')
    .set({ ...change, search: searchText(name, username), version: before.version + 1 })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return { before, after };
}

/** Suspends an account, or changes its suspension. Lock it first. */
export async function setSuspension(
  unit: UnitOfWork,
  id: string,
  suspension: { at: Date; until: Date | null; reason: string },
): Promise<void> {
  await unit.sql
    .updateTable('people')
    .set({ suspended_at: suspension.at, suspended_until: suspension.until, suspension_reason: suspension.reason })
    .where('id', '=', id)
    .execute();
}

/** @returns false where there was no suspension, nor one that has ended */
export async function clearSuspension(unit: UnitOfWork, id: string): Promise<boolean> {
  const cleared = await unit.sql
    .updateTable('people')
    .set({ suspended_at: null, suspended_until: null, suspension_reason: null })
    .where('id', '=', id)
    .where('suspended_at', 'is not', null)
    .returning('id')
    .executeTakeFirst();
  return cleared !== undefined;
}

/**
 * Empties what others could see, and the address book. The row stays: conversations, messages and contacts of others refer
 * to it.
 */
export async function erasePerson(unit: UnitOfWork, id: string, at: Date): Promise<boolean> {
  const erased = await unit.sql
    .updateTable('people')
    .set({
      name: '',
      username: null,
      about: '',
      photo_url: null,
      photo_media_id: null,
      search: '',
      role: 'user',
      deleted_at: at,
      last_seen_at: null,
      blocks_anyone: false,
      availability: 'online',
      status_text: null,
      status_emoji: null,
      status_until: null,
      privacy_last_seen: 'everyone',
      privacy_photo: 'everyone',
      privacy_about: 'everyone',
      privacy_groups: 'everyone',
      privacy_phone: 'everyone',
      version: sql`version + 1`,
    })
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (!erased) return false;
  await unit.sql.deleteFrom('identities').where('person_id', '=', id).execute();
  return true;
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
    // Not a parameter: the plan for any role could not use the index of admins.
    .where('role', '=', sql.lit('admin' as const))
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

/** A person who was found, and whether the viewer has them as a contact. */
export type FoundPerson = VisiblePerson & { readonly is_contact: boolean };

/** More candidates than this are not ranked: who searches for "a" has to say more. It bounds the cost of a search. */
const candidates = 500;

/**
 * People whose name or username contains `key`, as the viewer sees them; who is blocked or blocks is left out: those that
 * start with it first, then the shortest. One character, or signs without a letter, match at the very beginning only,
 * because no index could find them elsewhere.
 *
 * @param query.key made by {@link searchWords}
 * @param query.now people who are suspended then are not found
 */
export async function searchPeople(
  reader: Reader,
  query: { key: string; viewerId: string; limit: number; now: Date },
): Promise<FoundPerson[]> {
  const start = ` ${query.key}`;
  const found = candidatesOf(
    query.key,
    (matches) => sql`(
      select * from people
      where ${matches} and deleted_at is null and id <> ${query.viewerId}
        and (suspended_at is null or suspended_until <= ${query.now})
      limit ${candidates}
    )`,
  );
  const { rows } = await sql<FoundPerson>`
    with found as materialized (${found})
    select ${sql.raw(visibleProfile('viewer.id', 'found'))}, ${sql.raw(isContact('viewer.id', 'found.id'))} as is_contact
    from (select ${query.viewerId}::uuid as id) viewer cross join found
    where not ${sql.raw(blockBetween('viewer.id', 'found.id'))}
    order by starts_with(found.search, ${start}) desc, length(found.search), found.id limit ${query.limit}
  `.execute(reader.sql);
  return rows;
}

/** A person as their presence is told. */
export type SeenRow = StatusColumns & { readonly id: string; readonly last_seen_at: Date | null };

/** A person whose presence has moved, and who may see it. Who is deleted can only go. */
export type MovedRow = SeenRow & { readonly privacy_last_seen: PrivacyLevel; readonly deleted_at: Date | null };

/** Sets last seen, never backwards, and not that of who appears offline or is deleted. */
export async function setLastSeen(
  unit: UnitOfWork,
  ids: readonly string[],
  at: readonly Date[],
): Promise<readonly MovedRow[]> {
  const { rows } = await sql<MovedRow>`
    update people set last_seen_at = case
      when availability = 'offline' or deleted_at is not null then people.last_seen_at
      else greatest(people.last_seen_at, seen.at)
    end
    from unnest(${ids}::uuid[], ${at}::timestamptz[]) as seen (id, at)
    where people.id = seen.id
    returning people.id, last_seen_at, availability, status_text, status_emoji, status_until, privacy_last_seen, deleted_at
  `.execute(unit.sql);
  return rows;
}

/** Changes what a person chose to appear as. Undefined where there is no such account. Lock it first. */
export function setStatus(
  unit: UnitOfWork,
  id: string,
  status: Partial<StatusColumns> & { readonly last_seen_at?: Date },
): Promise<PersonRow | undefined> {
  return unit.sql.updateTable('people').set(status).where('id', '=', id).returningAll().executeTakeFirst();
}
