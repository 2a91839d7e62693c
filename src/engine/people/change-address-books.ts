import type { PreparedStatement, UnitOfWork } from '../ports/database.ts';
import { announceProfile } from './announce-profile.ts';
import type { PersonRow } from './store.ts';

/**
 * What was changed of an address book: only how it `looks` to its owner, who is among the `contacts`, or who is among the
 * blocked people.
 */
export type AddressBookChange = 'looks' | 'contacts' | 'blocks';

/** Whether others may see another profile of the owner after the change: privacy asks who is a contact, and who is blocked. */
const seen: Record<AddressBookChange, string> = {
  looks: 'false',
  contacts: `((privacy_about = 'contacts' and about <> '') or (privacy_photo = 'contacts' and photo_url is not null))`,
  blocks: `(about <> '' or photo_url is not null)`,
};

const statement = (change: AddressBookChange): PreparedStatement => ({
  name: `address-books-${change}`,
  text: `
    update people set
      contacts_version = contacts_version + 1, version = version + ${seen[change]}::int
      ${change === 'blocks' ? ', blocks_anyone = (select count(*) > 0 from (select from blocks where person_id = people.id limit 1) b)' : ''}
    where id = any ($1::uuid[])
    returning people.*, ${seen[change]} as seen`,
});

const statements = { looks: statement('looks'), contacts: statement('contacts'), blocks: statement('blocks') };

/**
 * Counts a change of the address books of some people, after it was made, and tells of what others see differently now.
 * Their rows must be locked already.
 *
 * @returns the new versions by owner
 */
export async function changeAddressBooks(
  unit: UnitOfWork,
  ownerIds: readonly string[],
  change: AddressBookChange,
): Promise<Map<string, number>> {
  const rows = await unit.prepared<PersonRow & { seen: boolean }>(statements[change], [ownerIds]);
  for (const row of rows) if (row.seen) announceProfile(unit, row);
  return new Map(rows.map((row) => [row.id, row.contacts_version]));
}
