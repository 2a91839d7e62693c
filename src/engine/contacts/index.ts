import './events.ts';
import type { Migration } from '../ports/database.ts';
import { addContact } from './add-contact.ts';
import { setBlocked } from './block-person.ts';
import { changeContact, removeContact } from './change-contact.ts';
import type { ContactsDeps } from './deps.ts';
import { listBlockedWith } from './list-blocked-with.ts';
import { listBlocks } from './list-blocks.ts';
import { getContact, listContacts, pageContacts } from './list-contacts.ts';
import { listKnown } from './list-known.ts';
import { matchContacts } from './match-contacts.ts';
import { contacts } from './migrations/0006-contacts.ts';
import { contactChanges } from './migrations/0031-contact-changes.ts';

export { maxContacts } from './add-contact.ts';
export type { KnownContacts, KnownQuery } from './list-known.ts';
export { maxMatches } from './match-contacts.ts';

export const contactMigrations: readonly Migration[] = [contacts, contactChanges];

/** Address books: whom a person knows, and whom they want to hear nothing of. */
export function createContacts(deps: ContactsDeps) {
  return {
    add: addContact(deps),
    change: changeContact(deps),
    remove: removeContact(deps),
    get: getContact(deps),
    list: listContacts(deps),
    page: pageContacts(deps),
    listed: listKnown(deps),
    match: matchContacts(deps),
    setBlocked: setBlocked(deps),
    listBlocks: listBlocks(deps),
    blockedWith: listBlockedWith(deps),
  };
}

export type Contacts = ReturnType<typeof createContacts>;
