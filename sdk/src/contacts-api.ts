import type { Contact, Person } from './generated/protocol.ts';
import type { Input, Output, Request } from './request.ts';

/** My address book. Changes on any device come as the events `contact` and `contactRemoved`. */
export class ContactsApi {
  readonly #request: Request;

  constructor(request: Request) {
    this.#request = request;
  }

  /** A page of my contacts by their names. */
  list(input: Input<'contacts.list'> = {}): Promise<Output<'contacts.list'>> {
    return this.#request('contacts.list', input);
  }

  /** Adds a person, or a phone number that somebody may join with later. Who is there already stays as they are. */
  async add(input: Input<'contacts.add'>): Promise<Contact> {
    return (await this.#request('contacts.add', input)).contact;
  }

  /** Renames a contact, or makes it a favourite. */
  async update(contactId: string, change: Omit<Input<'contacts.update'>, 'contactId'>): Promise<Contact> {
    return (await this.#request('contacts.update', { contactId, ...change })).contact;
  }

  async remove(contactId: string): Promise<void> {
    await this.#request('contacts.remove', { contactId });
  }

  /** Finds the people of a phone's address book, by numbers in international form. */
  async match(phones: readonly string[]): Promise<{ phone: string; person: Person }[]> {
    return (await this.#request('contacts.match', { phones: [...phones] })).matches;
  }
}
