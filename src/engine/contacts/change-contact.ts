import { contactView, lockPeople, type PersonRow } from '../people/index.ts';
import type { UnitOfWork } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { isId } from '../shared/ids.ts';
import {
  announceAudienceChange,
  announceContact,
  type ContactAnswer,
  contactNotFound,
  countChange,
  givenName,
} from './announce-contact.ts';
import type { ContactsDeps } from './deps.ts';
import { deleteContact, findContact, type StoredContact, selectContact, updateContact, versionOf } from './store.ts';

export interface ContactChange {
  /** null shows the person's own name again. */
  readonly name?: string | null | undefined;
  readonly favourite?: boolean | undefined;
}

/** The owner's row is locked: an address book is changed by one at a time, so that each change has a version of its own. */
async function lockContact(
  unit: UnitOfWork,
  actor: Actor,
  id: string,
): Promise<{ owner: PersonRow; contact: StoredContact }> {
  const [owner] = await lockPeople(unit, [actor.personId], 'alone');
  const contact = owner && (await findContact(unit, owner.id, { id }));
  if (!contact) throw contactNotFound();
  return { owner, contact };
}

/**
 * Renames a contact of the actor, or makes it a favourite.
 *
 * @throws EngineError `contact_not_found`, `invalid_request`
 */
export const changeContact =
  (deps: ContactsDeps) =>
  async (actor: Actor, contactId: string, change: ContactChange): Promise<ContactAnswer> => {
    const name = change.name === undefined ? undefined : givenName(change.name);
    if (!isId(contactId)) throw contactNotFound();
    return deps.database.write(async (unit) => {
      const { contact: before } = await lockContact(unit, actor, contactId);
      const after = {
        ...before,
        ...(name !== undefined && { name }),
        ...(change.favourite !== undefined && { favourite: change.favourite }),
      };
      if (after.name === before.name && after.favourite === before.favourite) {
        const row = await selectContact(unit, actor.personId, contactId);
        if (!row) throw contactNotFound();
        return { contact: contactView(row), version: await versionOf(unit, actor.personId) };
      }
      await updateContact(unit, after);
      return announceContact(unit, actor.personId, contactId, 'looks');
    });
  };

/**
 * Removes a contact of the actor. What the two saw of each other because of it ends at once.
 *
 * @throws EngineError `contact_not_found`
 */
export const removeContact =
  (deps: ContactsDeps) =>
  async (actor: Actor, contactId: string): Promise<{ version: number }> => {
    if (!isId(contactId)) throw contactNotFound();
    return deps.database.write(async (unit) => {
      const { owner, contact } = await lockContact(unit, actor, contactId);
      const { person_id: personId } = contact;
      await deleteContact(unit, contactId);
      if (personId !== null) {
        // Only where it changes what they see: it would tell them that they were removed.
        if (owner.privacy_last_seen === 'contacts') announceAudienceChange(unit, actor.personId, personId);
        announceAudienceChange(unit, personId, actor.personId);
      }
      const version = await countChange(unit, actor.personId, personId === null ? 'looks' : 'contacts');
      const own = { kind: 'people', ids: [actor.personId] } as const;
      unit.announce({ type: 'contact.removed', audience: own, data: { contactId, version } });
      return { version };
    });
  };
