import {
  contactView,
  findByPhone,
  findIdentity,
  findPerson,
  isBlockBetween,
  linkContacts,
  lockPeople,
  lockPhone,
  personNotFound,
  phoneIdentity,
  phoneLookups,
} from '../people/index.ts';
import type { UnitOfWork } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { EngineError } from '../shared/errors.ts';
import { isId, newId } from '../shared/ids.ts';
import { announceContact, type ContactAnswer, givenName } from './announce-contact.ts';
import type { ContactsDeps } from './deps.ts';
import {
  countContacts,
  findContact,
  insertContact,
  type StoredContact,
  selectContact,
  updateContact,
  versionOf,
} from './store.ts';

/** The most contacts of one person. Their address book is gone through as a whole to sort and to search it. */
export const maxContacts = 10_000;

export interface NewContact {
  /** One of the two. */
  readonly personId?: string | undefined;
  /** Also of somebody who has not joined yet: they are linked when they do. */
  readonly phone?: string | undefined;
  readonly name?: string | null | undefined;
  readonly favourite?: boolean | undefined;
  readonly closeFriend?: boolean | undefined;
  /** Refuse a person where one of the two has blocked the other. It tells the actor that they are blocked. */
  readonly refuseBlocked?: boolean | undefined;
}

export type AddedContact = ContactAnswer & { readonly created: boolean };

/**
 * Adds a person, or a phone number, to the actor's address book. What is there already stays as it is, but for what it did
 * not know: its person, or its number.
 *
 * @throws EngineError `invalid_request`, `invalid_phone`, `person_not_found`, `contact_with_self`, `limit_reached`;
 *   `rate_limited` after too many numbers; `recipient_unavailable` where `refuseBlocked` says so
 */
export const addContact =
  (deps: ContactsDeps) =>
  async (actor: Actor, contact: NewContact): Promise<AddedContact> => {
    const { personId, phone, name = null, favourite = false, closeFriend = false } = contact;
    if ((personId === undefined) === (phone === undefined)) {
      throw new EngineError('invalid_request', 'Give a person or a phone number, and not both.', { path: '/personId' });
    }
    const looks = { name: givenName(name), favourite, closeFriend };
    if (phone !== undefined) {
      const { value } = phoneIdentity(phone);
      await deps.limiter.consume(phoneLookups, actor.personId);
      return deps.database.write((unit) => addPhone(deps, unit, actor, value, looks));
    }
    if (personId === actor.personId) throw withSelf('/personId');
    if (personId === undefined || !isId(personId)) throw personNotFound();
    return deps.database.write(async (unit) => {
      await lockPeople(unit, [actor.personId], 'alone');
      const person = await findPerson(unit, personId);
      if (!person || person.deleted_at !== null) throw personNotFound();
      if (contact.refuseBlocked && (await isBlockBetween(unit, actor.personId, personId))) {
        throw new EngineError('recipient_unavailable', 'This person cannot be added.', { path: '/personId' });
      }
      const known = await findContact(unit, actor.personId, { person_id: personId });
      if (known) return unchanged(unit, actor, known);
      return insert(deps, unit, actor, { personId, phone: null, ...looks });
    });
  };

const withSelf = (path: string): EngineError =>
  new EngineError('contact_with_self', 'You cannot be in your own address book.', { path });

interface Looks {
  readonly name: string | null;
  readonly favourite: boolean;
  readonly closeFriend: boolean;
}

async function addPhone(
  deps: ContactsDeps,
  unit: UnitOfWork,
  actor: Actor,
  phone: string,
  looks: Looks,
): Promise<AddedContact> {
  await lockPhone(unit, phone);
  await lockPeople(unit, [actor.personId], 'alone');
  const identity = await findIdentity(unit, { kind: 'phone', value: phone });
  if (identity?.person_id === actor.personId) throw withSelf('/phone');
  const [found] = await findByPhone(unit, actor.personId, [phone], new Date(deps.clock.now()));
  const known = await findContact(unit, actor.personId, { phone });
  if (known) {
    // Its person may have joined without letting themselves be found, and does so now.
    if (found && known.person_id !== found.id) await linkContacts(unit, phone, found.id, actor.personId);
    const now = found && (await findContact(unit, actor.personId, { person_id: found.id }));
    return unchanged(unit, actor, now ?? known);
  }
  const same = found && (await findContact(unit, actor.personId, { person_id: found.id }));
  if (!same) return insert(deps, unit, actor, { personId: found?.id ?? null, phone, ...looks });
  if (same.phone !== null) return unchanged(unit, actor, same);
  await updateContact(unit, { ...same, phone }, new Date(deps.clock.now()));
  return { ...(await announceContact(unit, actor.personId, same.id, 'looks')), created: false };
}

async function unchanged(unit: UnitOfWork, actor: Actor, contact: StoredContact): Promise<AddedContact> {
  const row = await selectContact(unit, actor.personId, contact.id);
  if (!row) throw new Error('A contact vanished from an address book that is locked.');
  return { contact: contactView(row), version: await versionOf(unit, actor.personId), created: false };
}

async function insert(
  deps: ContactsDeps,
  unit: UnitOfWork,
  actor: Actor,
  contact: Looks & { readonly personId: string | null; readonly phone: string | null },
): Promise<AddedContact> {
  if ((await countContacts(unit, actor.personId, maxContacts)) >= maxContacts) {
    throw new EngineError('limit_reached', `An address book has at most ${maxContacts} contacts.`);
  }
  const id = newId(deps.clock);
  await insertContact(unit, { ...contact, id, ownerId: actor.personId, at: new Date(deps.clock.now()) });
  const change = contact.personId === null ? 'looks' : 'contacts';
  return { ...(await announceContact(unit, actor.personId, id, change)), created: true };
}
