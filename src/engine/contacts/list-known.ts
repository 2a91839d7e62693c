import {
  type ContactView,
  contactView,
  findByNumber,
  type PhoneIdentity,
  phoneLookups,
  type SeenRow,
} from '../people/index.ts';
import type { Actor } from '../shared/actor.ts';
import { searchWords } from '../shared/search-words.ts';
import { maxContacts } from './add-contact.ts';
import type { ContactsDeps } from './deps.ts';
import { selectKnownContacts } from './store.ts';

/** Which contacts are listed. What is left out does not matter. */
export interface KnownQuery {
  /** Only those whom the actor has blocked, or only the others. */
  readonly blocked?: boolean | undefined;
  /** Only favourites. */
  readonly favourites?: boolean | undefined;
  /** Part of the given name, or of the person's name or username. */
  readonly text?: string | undefined;
  /**
   * A whole number: of a contact that the actor has added by it, or whose person lets the actor find them by it. Together with
   * `text`, either will do. Counts as a look-up.
   */
  readonly phone?: PhoneIdentity | undefined;
  /** So many are passed over. */
  readonly offset?: number | undefined;
  /** As many as there are, where it is left out. */
  readonly limit?: number | undefined;
}

/** A contact whose person is known. */
export type KnownContact = ContactView & {
  /** What is known of their presence, for `presence.of`; null where it may not be seen. */
  readonly seen: SeenRow | null;
};

export interface KnownContacts {
  readonly items: KnownContact[];
  /** There are others behind these. */
  readonly more: boolean;
}

/**
 * The actor's contacts whose person is known, the last added first, for doors whose clients read them all at once or count
 * pages.
 *
 * @throws EngineError `rate_limited` after too many phone numbers
 */
export const listKnown =
  (deps: ContactsDeps) =>
  async ({ personId }: Actor, query: KnownQuery = {}): Promise<KnownContacts> => {
    const { blocked, favourites = false, phone, offset = 0, limit = maxContacts } = query;
    if (phone) await deps.limiter.consume(phoneLookups, personId);
    const words = query.text === undefined ? '' : searchWords(query.text);
    const now = new Date(deps.clock.now());
    const rows = await deps.database.read(async (reader) => {
      const found = phone ? await findByNumber(reader, personId, phone, now) : null;
      const matching = words === '' && !phone ? null : { words: words === '' ? null : words, phone, personId: found };
      const page = { offset: Math.min(offset, maxContacts), limit: Math.min(limit, maxContacts) + 1 };
      return selectKnownContacts(reader, personId, { blocked: blocked ?? null, favourites, matching, ...page });
    });
    const items = rows.slice(0, limit).map((row) => ({ ...contactView(row), seen: row.seen }));
    return { items, more: rows.length > limit };
  };
