import type { Database } from '../ports/database.ts';
import type { Limiter } from '../ports/limiter.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { searchWords } from '../shared/search-words.ts';
import { findByPhone, phoneLookups } from './find-by-phone.ts';
import { searchPeople as select } from './store.ts';
import { type PersonView, personView } from './views.ts';

/** A person who was found. */
export interface SearchResult {
  readonly person: PersonView;
  readonly isContact: boolean;
  /** In E.164; of who was found by it. */
  readonly phone: string | null;
}

interface SearchDeps {
  readonly database: Database;
  readonly limiter: Limiter;
  readonly clock: Clock;
}

/**
 * Finds people by part of their name or username, or by their whole phone number, the best matches first. Part of a
 * number finds nobody, and of who was found by name no number is told: a directory must not be a way to collect them. Who
 * is blocked, or has blocked the actor, is not found, nor is a person who is suspended; and who has no name yet only by
 * their number.
 *
 * @param query.phones what the text may be as a number, in E.164; each counts as a look-up
 * @throws EngineError `invalid_request` where there is neither text nor number; `rate_limited` after too many phone numbers
 */
export const searchPeople =
  (deps: SearchDeps) =>
  async (actor: Actor, query: { text: string; phones?: readonly string[]; limit: number }): Promise<SearchResult[]> => {
    const key = searchWords(query.text);
    const phones = [...new Set(query.phones ?? [])];
    if (key === '' && phones.length === 0) {
      throw new EngineError('invalid_request', 'Say what to search for.', { path: '/q' });
    }
    if (phones.length > 0) await deps.limiter.consume(phoneLookups, actor.personId, phones.length);
    const { personId: viewerId } = actor;
    const now = new Date(deps.clock.now());
    return deps.database.read(async (reader) => {
      const byPhone = phones.length === 0 ? [] : await findByPhone(reader, viewerId, phones, now);
      const byName = key === '' ? [] : await select(reader, { key, viewerId, limit: query.limit, now });
      const found = [
        ...byPhone.map((row) => ({ person: personView(row), isContact: row.is_contact, phone: row.phone })),
        ...byName
          .filter(({ id }) => !byPhone.some((row) => row.id === id))
          .map((row) => ({ person: personView(row), isContact: row.is_contact, phone: null })),
      ];
      return found.slice(0, query.limit);
    });
  };
