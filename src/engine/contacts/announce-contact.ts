import {
  type AddressBookChange,
  type ContactView,
  changeAddressBooks,
  contactView,
  personNotFound,
} from '../people/index.ts';
import type { UnitOfWork } from '../ports/database.ts';
import { EngineError } from '../shared/errors.ts';
import { selectContact } from './store.ts';

/** A contact, and the version of the address book that it is from. */
export interface ContactAnswer {
  readonly contact: ContactView;
  readonly version: number;
}

export const contactNotFound = (): EngineError =>
  new EngineError('contact_not_found', 'There is no such contact in your address book.');

/** A given name without space around it. null stays: the person's own name is shown. */
export function givenName(name: string | null): string | null {
  const trimmed = name === null ? null : name.trim();
  if (trimmed === '')
    throw new EngineError('invalid_request', 'A name cannot be empty; null is none.', { path: '/name' });
  return trimmed;
}

/** Counts a change of the owner's address book. */
export async function countChange(unit: UnitOfWork, ownerId: string, change: AddressBookChange): Promise<number> {
  const version = (await changeAddressBooks(unit, [ownerId], change)).get(ownerId);
  if (version === undefined) throw personNotFound();
  return version;
}

/** Counts a change of a contact that was made, and tells the owner's devices. */
export async function announceContact(
  unit: UnitOfWork,
  ownerId: string,
  contactId: string,
  change: AddressBookChange,
): Promise<ContactAnswer> {
  const version = await countChange(unit, ownerId, change);
  const row = await selectContact(unit, ownerId, contactId);
  if (!row) throw new Error('A contact that has just been written is not there.');
  const data = { contact: contactView(row), version };
  unit.announce({ type: 'contact.updated', audience: { kind: 'people', ids: [ownerId] }, data });
  if (change === 'contacts' && row.person) {
    const seen = { personId: ownerId };
    unit.announce({ type: 'presence.revealed', audience: { kind: 'people', ids: [row.person.id] }, data: seen });
  }
  return data;
}

/** Tells one viewer that they have to ask again whether they may see a person's presence. */
export function announceAudienceChange(unit: UnitOfWork, personId: string, viewerId: string): void {
  const data = { personId, viewerId };
  unit.announce({ type: 'presence.audience_changed', audience: { kind: 'watchers', id: personId }, data });
}
