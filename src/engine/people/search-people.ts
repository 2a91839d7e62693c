import type { Database } from '../ports/database.ts';
import type { Limiter } from '../ports/limiter.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { searchWords } from '../shared/search-words.ts';
import { findByPhone, phoneLookups } from './find-by-phone.ts';
import { phoneIdentity } from './identity.ts';
import { searchPeople as select } from './store.ts';
import { type PersonView, personView } from './views.ts';

interface SearchDeps {
  readonly database: Database;
  readonly limiter: Limiter;
  readonly clock: Clock;
}

/**
 * Finds people by part of their name or username, or by their whole phone number, the best matches first. Part of a
 * number finds nobody, and no result tells a number: a directory must not be a way to collect them. Who is blocked, or has
 * blocked the actor, is not found, and nobody finds a person who is suspended.
 *
 * @throws EngineError `invalid_request`; `rate_limited` after too many phone numbers
 */
export const searchPeople =
  (deps: SearchDeps) =>
  async (actor: Actor, query: { text: string; limit: number }): Promise<PersonView[]> => {
    const text = query.text.trim();
    if (/^\+[\d\s().-]+$/.test(text)) return searchByPhone(deps, actor, text);
    const key = searchWords(text);
    if (key === '') throw new EngineError('invalid_request', 'Say what to search for.', { path: '/q' });
    const rows = await deps.database.read((reader) =>
      select(reader, { key, viewerId: actor.personId, limit: query.limit, now: new Date(deps.clock.now()) }),
    );
    return rows.map(personView);
  };

async function searchByPhone(deps: SearchDeps, actor: Actor, text: string): Promise<PersonView[]> {
  let phone: string;
  try {
    phone = phoneIdentity(text).value;
  } catch {
    return [];
  }
  await deps.limiter.consume(phoneLookups, actor.personId);
  const now = new Date(deps.clock.now());
  const rows = await deps.database.read((reader) => findByPhone(reader, actor.personId, [phone], now));
  return rows.map(personView);
}
