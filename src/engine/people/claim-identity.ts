import type { UnitOfWork } from '../ports/database.ts';
import type { Identity } from './identity.ts';
import { linkContacts, lockNewPhone } from './link-contacts.ts';
import { insertIdentity } from './store.ts';

/**
 * Gives an identity to a person. With a phone number, those who have it in their address book get the person as a contact
 * in the same unit of work.
 *
 * @returns false where the identity belongs to somebody already
 */
export async function claimIdentity(
  unit: UnitOfWork,
  identity: Identity & { personId: string; verifiedAt: Date | null; createdAt: Date },
): Promise<boolean> {
  const { kind, value, personId } = identity;
  if (kind === 'phone') await lockNewPhone(unit, value, personId);
  if (!(await insertIdentity(unit, identity))) return false;
  if (kind === 'phone') await linkContacts(unit, value, personId);
  return true;
}
