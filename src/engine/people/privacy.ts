import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { announceProfile } from './announce-profile.ts';
import { personNotFound } from './get-person.ts';
import type { PrivacyLevel } from './relations.ts';
import { findPerson, type PersonRow, updatePerson } from './store.ts';

/** Who may see or do what of me. `contacts` are the people in my address book. */
export interface PrivacyView {
  /** Who sees when I was last online, and whether I am. */
  readonly lastSeen: PrivacyLevel;
  readonly photo: PrivacyLevel;
  readonly about: PrivacyLevel;
  /** Who may add me to groups. */
  readonly groups: PrivacyLevel;
  /** Who finds me by my phone number. */
  readonly phone: PrivacyLevel;
  /** Whether others learn how far I have read. */
  readonly readReceipts: boolean;
}

export type PrivacyChange = { readonly [Setting in keyof PrivacyView]?: PrivacyView[Setting] | undefined };

const privacyView = (row: PersonRow): PrivacyView => ({
  lastSeen: row.privacy_last_seen,
  photo: row.privacy_photo,
  about: row.privacy_about,
  groups: row.privacy_groups,
  phone: row.privacy_phone,
  readReceipts: row.read_receipts,
});

/** The actor's own settings. */
export const getPrivacy =
  (deps: { database: Database }) =>
  async (actor: Actor): Promise<PrivacyView> => {
    const row = await deps.database.read((reader) => findPerson(reader, actor.personId));
    if (!row) throw personNotFound();
    return privacyView(row);
  };

/**
 * Changes the actor's own settings. Who may no longer see the presence, and watches it, is cut off at once.
 *
 * @returns all settings as they are now
 */
export const updatePrivacy =
  (deps: { database: Database }) =>
  async (actor: Actor, change: PrivacyChange): Promise<PrivacyView> =>
    deps.database.write(async (unit) => {
      const settings = {
        ...(change.lastSeen !== undefined && { privacy_last_seen: change.lastSeen }),
        ...(change.photo !== undefined && { privacy_photo: change.photo }),
        ...(change.about !== undefined && { privacy_about: change.about }),
        ...(change.groups !== undefined && { privacy_groups: change.groups }),
        ...(change.phone !== undefined && { privacy_phone: change.phone }),
        ...(change.readReceipts !== undefined && { read_receipts: change.readReceipts }),
      };
      const updated = await updatePerson(unit, actor.personId, settings);
      if (!updated) throw personNotFound();
      const { before, after } = updated;
      announceProfile(unit, after);
      if (after.privacy_last_seen !== before.privacy_last_seen && after.privacy_last_seen !== 'everyone') {
        const data = { personId: actor.personId, viewerId: null };
        unit.announce({ type: 'presence.audience_changed', audience: { kind: 'watchers', id: actor.personId }, data });
      }
      return privacyView(after);
    });
