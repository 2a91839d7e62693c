import type { PreparedStatement, Reader } from '../ports/database.ts';
import { searchWords } from '../shared/search-words.ts';
import { type PersonView, personView } from './views.ts';
import { isBlocked, type VisiblePerson, visiblePerson } from './visible-profile.ts';

/** An entry of an address book, as its owner sees it. */
export interface ContactView {
  readonly id: string;
  /** null while nobody is known by the phone number. */
  readonly person: PersonView | null;
  /** As the owner knows it; null where they added the person without a number. */
  readonly phone: string | null;
  /** The name that the owner gave; null where the person's own is shown. */
  readonly name: string | null;
  readonly favourite: boolean;
  /** Among those with whom the owner shares more. */
  readonly closeFriend: boolean;
  /** Whether the owner has blocked the person. A `block.changed` tells when it changes. */
  readonly blocked: boolean;
  readonly createdAt: Date;
  /** When the owner last changed what is written here; when they added it, where they never did. */
  readonly changedAt: Date;
}

/** A contact with the person as JSON. */
export interface ContactRow {
  readonly id: string;
  readonly phone: string | null;
  readonly name: string | null;
  readonly favourite: boolean;
  readonly close_friend: boolean;
  readonly blocked: boolean;
  readonly created_at: Date;
  /** null where it is as it was made. */
  readonly changed_at: Date | null;
  readonly person: VisiblePerson | null;
}

/** SQL: the columns of a {@link ContactRow}, of contacts `c` and people `p`. */
export const contactColumns = `
  c.id, c.phone, c.name, c.favourite, c.close_friend, c.created_at, c.changed_at,
  p.id is not null and ${isBlocked('c.owner_id', 'p.id')} as blocked,
  case when p.id is not null then ${visiblePerson('c.owner_id', 'p')} end as person`;

export function contactView(row: ContactRow): ContactView {
  return {
    id: row.id,
    person: row.person && personView(row.person),
    phone: row.phone,
    name: row.name,
    favourite: row.favourite,
    closeFriend: row.close_friend,
    blocked: row.blocked,
    createdAt: row.created_at,
    changedAt: row.changed_at ?? row.created_at,
  };
}

/** What a contact is sorted and searched by, unless the name of its person counts. */
export const contactSearch = (name: string | null, phone: string | null): string =>
  ` ${name === null ? (phone ?? '') : searchWords(name)}`;

const contactsById: PreparedStatement = {
  name: 'contacts-by-id',
  text: `
    select c.owner_id, ${contactColumns} from contacts c left join people p on p.id = c.person_id
    where c.id = any ($1::uuid[])`,
};

/** Contacts of anybody, in no order. */
export function contactsByIds(reader: Reader, ids: readonly string[]): Promise<(ContactRow & { owner_id: string })[]> {
  return reader.prepared(contactsById, [ids]);
}
