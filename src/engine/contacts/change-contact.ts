import { contactView, lockPeople, type PersonRow, visibleAmong } from '../people/index.ts';
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
  readonly closeFriend?: boolean | undefined;
}

/** Names a contact of the actor: by its id, or by its person. */
export type ContactKey = string | { readonly personId: string };

/** The owner's row is locked: an address book is changed by one at a time, so that each change has a version of its own. */
async function lockContact(
  unit: UnitOfWork,
  actor: Actor,
  key: ContactKey,
): Promise<{ owner: PersonRow; contact: StoredContact }> {
  const [owner] = await lockPeople(unit, [actor.personId], 'alone');
  const by = typeof key === 'string' ? { id: key } : { person_id: key.personId };
  const contact = owner && (await findContact(unit, owner.id, by));
  if (!contact) throw contactNotFound();
  return { owner, contact };
}

function assertKey(key: ContactKey): void {
  if (!isId(typeof key === 'string' ? key : key.personId)) throw contactNotFound();
}

/**
 * Renames a contact of the actor, or marks it as a favourite or a close friend.
 *
 * @throws EngineError `contact_not_found`, `invalid_request`
 */
export const changeContact =
  (deps: ContactsDeps) =>
  async (actor: Actor, key: ContactKey, change: ContactChange): Promise<ContactAnswer> => {
    const name = change.name === undefined ? undefined : givenName(change.name);
    assertKey(key);
    return deps.database.write(async (unit) => {
      const { contact: before } = await lockContact(unit, actor, key);
      const after = {
        ...before,
        ...(name !== undefined && { name }),
        ...(change.favourite !== undefined && { favourite: change.favourite }),
        ...(change.closeFriend !== undefined && { close_friend: change.closeFriend }),
      };
      const marked = after.favourite !== before.favourite || after.close_friend !== before.close_friend;
      if (after.name === before.name && !marked) {
        const row = await selectContact(unit, actor.personId, before.id);
        if (!row) throw contactNotFound();
        return { contact: contactView(row), version: await versionOf(unit, actor.personId) };
      }
      await updateContact(unit, after, new Date(deps.clock.now()));
      return announceContact(unit, actor.personId, before.id, 'looks');
    });
  };

/**
 * Removes a contact of the actor. What the two saw of each other because of it ends at once.
 *
 * @throws EngineError `contact_not_found`
 */
export const removeContact =
  (deps: ContactsDeps) =>
  async (actor: Actor, key: ContactKey): Promise<{ version: number }> => {
    assertKey(key);
    return deps.database.write(async (unit) => {
      const { owner, contact } = await lockContact(unit, actor, key);
      const { id: contactId, person_id: personId } = contact;
      await deleteContact(unit, contactId);
      if (personId !== null) {
        // Only where it ends what they see: it would tell them that they were removed.
        const [seen] = await visibleAmong(unit, [{ viewerId: personId, personId: owner.id }]);
        if (!seen) announceAudienceChange(unit, owner.id, personId);
        announceAudienceChange(unit, personId, actor.personId);
      }
      const version = await countChange(unit, actor.personId, personId === null ? 'looks' : 'contacts');
      const own = { kind: 'people', ids: [actor.personId] } as const;
      unit.announce({ type: 'contact.removed', audience: own, data: { contactId, version } });
      return { version };
    });
  };
