import type { PreparedStatement, UnitOfWork } from '../ports/database.ts';
import { changeAddressBooks } from './change-address-books.ts';
import { contactsByIds, contactView } from './contact-view.ts';
import { lockPeople } from './store.ts';
import { blockBetween, privacyAllows } from './visible-profile.ts';

/**
 * Keeps a phone number's contacts and its owner together: while one unit of work gives the number an owner, none adds it
 * to an address book, so neither overlooks the other.
 */
const phoneLock = (shared: boolean): PreparedStatement => ({
  name: shared ? 'phone-lock-shared' : 'phone-lock',
  text: `select pg_advisory_xact_lock${shared ? '_shared' : ''}(hashtextextended('phone:' || $1, 0))`,
});
const [lockShared, lockAlone] = [phoneLock(true), phoneLock(false)];

/** Holds off whoever gives the number an owner. Call it before rows of people are locked. */
export async function lockPhone(unit: UnitOfWork, phone: string): Promise<void> {
  await unit.prepared(lockShared, [phone]);
}

/**
 * Locks what giving a number to a person changes: the number, the person, and everybody in whose address book it is, in
 * the order of their ids.
 *
 * @returns false where the person's account is deleted
 */
export async function lockNewPhone(unit: UnitOfWork, phone: string, personId: string): Promise<boolean> {
  await unit.prepared(lockAlone, [phone]);
  const owners = await unit.sql.selectFrom('contacts').select('owner_id').where('phone', '=', phone).execute();
  const locked = await lockPeople(unit, [personId, ...owners.map(({ owner_id }) => owner_id)], 'alone');
  return locked.some(({ id, deleted_at }) => id === personId && deleted_at === null);
}

/** A contact that gets a person. `kept` is the owner's contact with that person, if there is one already. */
interface WaitingRow {
  readonly id: string;
  readonly owner_id: string;
  readonly name: string | null;
  readonly search: string;
  readonly favourite: boolean;
  readonly close_friend: boolean;
  readonly kept: string | null;
}

/** The contact of a deleted account waits again: the number may have a new owner. */
const waiting: PreparedStatement = {
  name: 'contacts-waiting',
  text: `
    select c.id, c.owner_id, c.name, c.search, c.favourite, c.close_friend, kept.id as kept
    from contacts c
    cross join lateral (select * from people where id = $2 limit 1) p
    left join lateral (select id from contacts where owner_id = c.owner_id and person_id = $2 limit 1) kept on true
    where c.phone = $1 and ($3::uuid is null or c.owner_id = $3)
      and (c.person_id is null or (select deleted_at is not null from people where id = c.person_id limit 1))
      and (c.owner_id = p.id or (${privacyAllows('privacy_phone', 'c.owner_id', 'p')} and not ${blockBetween('c.owner_id', 'p.id')}))`,
};

const merge: PreparedStatement = {
  name: 'contacts-merge',
  text: `
    update contacts c set
      phone = coalesce(c.phone, $5), name = coalesce(c.name, m.name), favourite = c.favourite or m.favourite,
      close_friend = c.close_friend or m.close_friend,
      search = case when c.name is null then m.search else c.search end
    from unnest($1::uuid[], $2::text[], $3::text[], $4::boolean[], $6::boolean[]) as m (id, name, search, favourite, close_friend)
    where c.id = m.id`,
};

/**
 * Gives the contacts that wait for a phone number its person, and tells their owners. Who has the person as a contact
 * already keeps that one, with what the other knew. Nobody becomes their own contact. The owners must be locked.
 *
 * @param ownerId the only address book to look at; all if not given
 */
export async function linkContacts(
  unit: UnitOfWork,
  phone: string,
  personId: string,
  ownerId: string | null = null,
): Promise<void> {
  const rows = await unit.prepared<WaitingRow>(waiting, [phone, personId, ownerId]);
  if (rows.length === 0) return;
  const merged = rows.filter(({ kept }) => kept !== null);
  const doomed = rows.filter(({ kept, owner_id }) => kept !== null || owner_id === personId);
  const linked = rows.filter((row) => !doomed.includes(row));
  const idsOf = (some: readonly WaitingRow[]): string[] => some.map(({ id }) => id);
  // Deleted first: the number is unique in an address book.
  if (doomed.length > 0) await unit.sql.deleteFrom('contacts').where('id', 'in', idsOf(doomed)).execute();
  if (merged.length > 0) {
    await unit.prepared(merge, [
      merged.map(({ kept }) => kept),
      merged.map(({ name }) => name),
      merged.map(({ search }) => search),
      merged.map(({ favourite }) => favourite),
      phone,
      merged.map(({ close_friend }) => close_friend),
    ]);
  }
  if (linked.length > 0) {
    await unit.sql.updateTable('contacts').set({ person_id: personId }).where('id', 'in', idsOf(linked)).execute();
  }
  const owners = rows.map(({ owner_id }) => owner_id);
  const versions = await changeAddressBooks(unit, owners, 'contacts');
  const versionOf = (owner: string): number => versions.get(owner) ?? 0;
  for (const { id, owner_id } of doomed) {
    const data = { contactId: id, version: versionOf(owner_id) };
    unit.announce({ type: 'contact.removed', audience: { kind: 'people', ids: [owner_id] }, data });
  }
  const changed = [...merged.map(({ kept }) => kept as string), ...idsOf(linked)];
  for (const row of await contactsByIds(unit, changed)) {
    const data = { contact: contactView(row), version: versionOf(row.owner_id) };
    unit.announce({ type: 'contact.updated', audience: { kind: 'people', ids: [row.owner_id] }, data });
  }
}
