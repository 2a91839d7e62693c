import { findByPhone, type PersonView, personView, phoneIdentity, phoneLookups } from '../people/index.ts';
import type { Actor } from '../shared/actor.ts';
import type { ContactsDeps } from './deps.ts';

/** The most phone numbers of one call. */
export const maxMatches = 1_000;

export interface ContactMatch {
  /** As it was asked about. */
  readonly phone: string;
  readonly person: PersonView;
}

/**
 * Finds the people behind the phone numbers of an address book. Only matches are told: a number that is missing has no
 * account, or one whose person is not to be found by the actor, or is no number.
 *
 * @throws EngineError `rate_limited` after too many numbers
 */
export const matchContacts =
  (deps: ContactsDeps) =>
  async (actor: Actor, phones: readonly string[]): Promise<ContactMatch[]> => {
    const asked = new Map<string, string>();
    for (const phone of phones) {
      const value = normalForm(phone);
      if (value !== null && !asked.has(value)) asked.set(value, phone);
    }
    if (asked.size === 0) return [];
    await deps.limiter.consume(phoneLookups, actor.personId, asked.size);
    const now = new Date(deps.clock.now());
    const rows = await deps.database.read((reader) => findByPhone(reader, actor.personId, [...asked.keys()], now));
    return rows.map((row) => ({ phone: asked.get(row.phone) ?? row.phone, person: personView(row) }));
  };

function normalForm(phone: string): string | null {
  try {
    return phoneIdentity(phone).value;
  } catch {
    return null;
  }
}
