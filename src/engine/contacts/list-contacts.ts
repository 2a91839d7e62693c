import { type ContactView, contactView } from '../people/index.ts';
import type { Actor } from '../shared/actor.ts';
import { EngineError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import { decodeCursor, encodeCursor, type Page } from '../shared/page.ts';
import { searchWords } from '../shared/search-words.ts';
import { type ContactAnswer, contactNotFound } from './announce-contact.ts';
import type { ContactsDeps } from './deps.ts';
import { type ContactQuery, selectContact, selectContactPage, selectContacts, versionOf } from './store.ts';

/** A page of an address book. What it shows is at least as new as `version`. */
export type AddressBookPage<T> = Page<T> & { readonly version: number };

/** @throws EngineError `invalid_request` where there is nothing to search for */
function matching(text: string): ContactQuery['matching'] {
  const words = searchWords(text);
  if (words === '') throw new EngineError('invalid_request', 'Say what to search for.', { path: '/q' });
  const digits = /^[+\d\s().-]+$/.test(text) ? text.replace(/\D/g, '') : '';
  return { words, digits: digits === '' ? null : digits };
}

/**
 * The actor's contacts by their shown names. The search finds any part of a given name, of the person's name and username,
 * and of the phone number: it is the actor's own address book.
 *
 * @throws EngineError `invalid_request`
 */
export const listContacts =
  (deps: Pick<ContactsDeps, 'database'>) =>
  async (
    actor: Actor,
    query: { text?: string | undefined; favourites: boolean; cursor?: string | undefined; limit: number },
  ): Promise<AddressBookPage<ContactView>> => {
    const [key, id] = query.cursor === undefined ? [] : decodeCursor(query.cursor, ['text', 'id']);
    const wanted: ContactQuery = {
      favourites: query.favourites,
      matching: query.text === undefined ? null : matching(query.text),
      after: id === undefined ? null : { key: String(key), id: String(id) },
      limit: query.limit + 1,
    };
    return deps.database.read(async (reader) => {
      const version = await versionOf(reader, actor.personId);
      const rows = await selectContacts(reader, actor.personId, wanted);
      const page = rows.slice(0, query.limit);
      const last = rows.length > query.limit ? page.at(-1) : undefined;
      return { items: page.map(contactView), next: last ? encodeCursor([last.sort_key, last.id]) : null, version };
    });
  };

/**
 * A numbered page of the actor's contacts whose person is known, by their shown names, for doors that count pages.
 *
 * @throws EngineError `invalid_request`
 */
export const pageContacts =
  (deps: Pick<ContactsDeps, 'database'>) =>
  async (
    actor: Actor,
    query: { text?: string | undefined; offset: number; limit: number },
  ): Promise<{ items: ContactView[]; total: number }> => {
    const { offset, limit } = query;
    const wanted = { matching: query.text === undefined ? null : matching(query.text), offset, limit };
    const { rows, total } = await deps.database.read((reader) => selectContactPage(reader, actor.personId, wanted));
    return { items: rows.map(contactView), total };
  };

/**
 * One contact of the actor.
 *
 * @throws EngineError `contact_not_found`
 */
export const getContact =
  (deps: Pick<ContactsDeps, 'database'>) =>
  async (actor: Actor, contactId: string): Promise<ContactAnswer> => {
    if (!isId(contactId)) throw contactNotFound();
    return deps.database.read(async (reader) => {
      const version = await versionOf(reader, actor.personId);
      const row = await selectContact(reader, actor.personId, contactId);
      if (!row) throw contactNotFound();
      return { contact: contactView(row), version };
    });
  };
