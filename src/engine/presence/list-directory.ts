import {
  type DirectoryEntry,
  findByNumber,
  type PersonView,
  type PhoneIdentity,
  personView,
  phoneLookups,
  listDirectory as select,
} from '../people/index.ts';
import type { Reader } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { searchWords } from '../shared/search-words.ts';
import { readPresence } from './get-presence.ts';
import { type PresenceView, presenceView } from './presence-view.ts';
import type { PresenceDeps } from './track-presence.ts';

/** The most people of one page. */
const maxPage = 500;

export interface DirectoryQuery {
  /** Part of a name or a username. What many are called is looked for among the newest 5,000 only. */
  readonly text?: string | undefined;
  /**
   * A whole number, of who lets the actor find them by it. Together with `text`, either will do. Counts as a look-up. Finds
   * nobody without an actor.
   */
  readonly phone?: PhoneIdentity | undefined;
  /** Leave out the presence of who shares neither a conversation nor a contact with the actor. */
  readonly presenceOfAcquainted?: boolean | undefined;
  /** So many are passed over. */
  readonly offset: number;
  readonly limit: number;
}

/** Somebody who is listed, as the actor sees them. */
export interface ListedPerson {
  readonly person: PersonView;
  /** null where it may not be seen. */
  readonly presence: PresenceView | null;
  readonly createdAt: Date;
}

export interface DirectoryView {
  readonly items: readonly ListedPerson[];
  /** On all pages. Neither counted nor shown are more than 10,000: who is older is found by a search. */
  readonly total: number;
  /** There are others behind these. */
  readonly more: boolean;
}

/**
 * All accounts, the newest first, the actor's own among them; not those that are deleted or suspended. For installations
 * whose people all know each other, and doors that say so: it is up to the door who may read it. A search finds who has a
 * name.
 *
 * @param actor null: what everybody may see
 * @throws EngineError `rate_limited` after too many phone numbers
 */
export const listDirectory =
  (deps: PresenceDeps) =>
  async (actor: Actor | null, query: DirectoryQuery): Promise<DirectoryView> => {
    const viewerId = actor?.personId ?? null;
    const words = query.text === undefined ? '' : searchWords(query.text);
    const phone = actor ? query.phone : undefined;
    if (phone && viewerId !== null) await deps.limiter.consume(phoneLookups, viewerId);
    const [offset, limit] = [Math.max(0, query.offset), Math.min(query.limit, maxPage)];
    const now = new Date(deps.clock.now());
    const { entries, total, shown } = await deps.database.read(async (reader) => {
      const personId = phone && viewerId !== null ? await findByNumber(reader, viewerId, phone, now) : null;
      const matching = words === '' && !query.phone ? null : { words: words === '' ? null : words, personId };
      const page = await select(reader, { viewerId, matching, offset, limit, now });
      return { ...page, shown: await whosePresence(reader, actor, page.entries, query.presenceOfAcquainted ?? false) };
    });
    const connected = await deps.registry.online([...shown]);
    const items = entries.map((entry) => ({
      person: personView(entry),
      presence: shown.has(entry.id) ? presenceView(entry, connected.has(entry.id), now.getTime()) : null,
      createdAt: entry.created_at,
    }));
    return { items, total, more: offset + items.length < total && items.length > 0 };
  };

async function whosePresence(
  reader: Reader,
  actor: Actor | null,
  entries: readonly DirectoryEntry[],
  acquainted: boolean,
): Promise<ReadonlySet<string>> {
  const shown = entries.filter(({ presence_shown }) => presence_shown).map(({ id }) => id);
  if (!acquainted || shown.length === 0) return new Set(shown);
  return new Set(actor ? (await readPresence(reader, actor, shown)).map(({ id }) => id) : []);
}
