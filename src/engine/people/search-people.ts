import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { EngineError } from '../shared/errors.ts';
import { phoneIdentity } from './identity.ts';
import { searchWords } from './search-words.ts';
import { findIdentity, findPerson, type PersonRow, searchPeople as select } from './store.ts';
import { type PersonView, personView } from './views.ts';

/**
 * Finds people by part of their name or username, or by their whole phone number, the best matches first. Part of a
 * number finds nobody, and no result tells a number: a directory must not be a way to collect them.
 */
export const searchPeople =
  (deps: { database: Database }) =>
  async (actor: Actor, query: { text: string; limit: number }): Promise<PersonView[]> => {
    const text = query.text.trim();
    if (/^\+[\d\s().-]+$/.test(text)) return findByPhone(deps.database, actor, text);
    const key = searchWords(text);
    if (key === '') throw new EngineError('invalid_request', 'Say what to search for.', { path: '/q' });
    const rows = await deps.database.read((reader) =>
      select(reader, { key, except: actor.personId, limit: query.limit }),
    );
    return rows.map(personView);
  };

async function findByPhone(database: Database, actor: Actor, text: string): Promise<PersonView[]> {
  let phone: ReturnType<typeof phoneIdentity>;
  try {
    phone = phoneIdentity(text);
  } catch {
    return [];
  }
  const row = await database.read(async (reader): Promise<PersonRow | undefined> => {
    const identity = await findIdentity(reader, phone);
    return identity && identity.person_id !== actor.personId ? findPerson(reader, identity.person_id) : undefined;
  });
  return row ? [personView(row)] : [];
}
