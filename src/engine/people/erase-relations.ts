import type { UnitOfWork } from '../ports/database.ts';
import { changeAddressBooks } from './change-address-books.ts';
import { contactsByIds, contactView } from './contact-view.ts';
import { lockPeople } from './store.ts';

/** Deletes a person's address book and whom they have blocked. Who has blocked them keeps that. */
export async function eraseRelations(unit: UnitOfWork, personId: string): Promise<void> {
  await unit.sql.deleteFrom('contacts').where('owner_id', '=', personId).execute();
  await unit.sql.deleteFrom('blocks').where('person_id', '=', personId).execute();
}

/**
 * Takes a person whose account is deleted out of the address books of others, some at a time: what the owner wrote there, a
 * number and a name, stays.
 *
 * @returns whether there may be more
 */
export async function detachContacts(unit: UnitOfWork, personId: string, limit: number): Promise<boolean> {
  const known = unit.sql.selectFrom('contacts').where('person_id', '=', personId).orderBy('owner_id').limit(limit);
  const found = await known.select('owner_id').execute();
  if (found.length === 0) return false;
  const owners = found.map(({ owner_id }) => owner_id);
  // Before the contacts, as everybody does who changes an address book; only then are they as they are.
  await lockPeople(unit, owners, 'alone');
  const rows = await unit.sql
    .selectFrom('contacts')
    .select(['id', 'owner_id', 'phone'])
    .where('person_id', '=', personId)
    .where('owner_id', 'in', owners)
    .execute();
  const [kept, removed] = [rows.filter(({ phone }) => phone !== null), rows.filter(({ phone }) => phone === null)];
  const idsOf = (some: typeof rows): string[] => some.map(({ id }) => id);
  if (removed.length > 0) await unit.sql.deleteFrom('contacts').where('id', 'in', idsOf(removed)).execute();
  if (kept.length > 0) {
    await unit.sql.updateTable('contacts').set({ person_id: null }).where('id', 'in', idsOf(kept)).execute();
  }
  const changed = rows.map(({ owner_id }) => owner_id);
  const versions = await changeAddressBooks(unit, changed, 'contacts');
  const versionOf = (owner: string): number => versions.get(owner) ?? 0;
  for (const { id, owner_id } of removed) {
    const data = { contactId: id, version: versionOf(owner_id) };
    unit.announce({ type: 'contact.removed', audience: { kind: 'people', ids: [owner_id] }, data });
  }
  for (const row of await contactsByIds(unit, idsOf(kept))) {
    const data = { contact: contactView(row), version: versionOf(row.owner_id) };
    unit.announce({ type: 'contact.updated', audience: { kind: 'people', ids: [row.owner_id] }, data });
  }
  return found.length === limit;
}
