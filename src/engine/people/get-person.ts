import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { EngineError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import { findPerson, identitiesOf } from './store.ts';
import { type OwnProfileView, ownProfileView, type PersonView, personView } from './views.ts';

export const personNotFound = (): EngineError => new EngineError('person_not_found', 'There is no such person.');

/** What everybody may see of one person. A deleted account is found by its id, so that old messages have a sender. */
export const getPerson =
  (deps: { database: Database }) =>
  async (_actor: Actor, id: string): Promise<PersonView> => {
    const row = isId(id) ? await deps.database.read((reader) => findPerson(reader, id)) : undefined;
    if (!row) throw personNotFound();
    return personView(row);
  };

/** The actor's own account. */
export const getOwnProfile =
  (deps: { database: Database }) =>
  async (actor: Actor): Promise<OwnProfileView> =>
    deps.database.read(async (reader) => {
      const row = await findPerson(reader, actor.personId);
      if (!row) throw personNotFound();
      return ownProfileView(row, await identitiesOf(reader, actor.personId));
    });
