import type { Database, PreparedStatement, Reader } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import { findPerson, identitiesOf } from './store.ts';
import { type OwnProfileView, ownProfileView, type PersonView, type PublicFace, personView } from './views.ts';
import { publicFace, type VisiblePerson, visibleProfile } from './visible-profile.ts';

export const personNotFound = (): EngineError => new EngineError('person_not_found', 'There is no such person.');

const visiblePeople: PreparedStatement = {
  name: 'visible-people',
  text: `select ${visibleProfile('$2::uuid', 'p')} from people p where p.id = any ($1::uuid[])`,
};

/** People as a viewer sees them, in no order. Unknown ids are left out. */
export async function visiblePeopleOf(reader: Reader, viewerId: string, ids: readonly string[]): Promise<PersonView[]> {
  return (await reader.prepared<VisiblePerson>(visiblePeople, [ids, viewerId])).map(personView);
}

const publicFaces: PreparedStatement = {
  name: 'public-faces',
  text: `select p.id, ${publicFace('p')} from people p where p.id = any ($1::uuid[])`,
};

/** What everybody may see of people, by their ids. */
export async function publicFacesOf(reader: Reader, ids: readonly string[]): Promise<Map<string, PublicFace>> {
  type Row = Pick<VisiblePerson, 'id' | 'name' | 'username' | 'photo_url'>;
  const rows = await reader.prepared<Row>(publicFaces, [ids]);
  return new Map(rows.map(({ photo_url: photoUrl, ...row }) => [row.id, { ...row, photoUrl }]));
}

/** One person as the actor sees them. A deleted account is found by its id, so that old messages have a sender. */
export const getPerson =
  (deps: { database: Database }) =>
  async (actor: Actor, id: string): Promise<PersonView> => {
    const [person] = await getPeople(deps)(actor, [id]);
    if (!person) throw personNotFound();
    return person;
  };

/** How many people one request may ask for. */
export const maxPeople = 200;

/** Several people as the actor sees them, in the order asked. Whoever is not there is left out. */
export const getPeople =
  (deps: { database: Database }) =>
  async (actor: Actor, ids: readonly string[]): Promise<PersonView[]> => {
    const asked = [...new Set(ids.filter(isId))];
    if (asked.length === 0) return [];
    const found = await deps.database.read((reader) => visiblePeopleOf(reader, actor.personId, asked));
    const byId = new Map(found.map((person) => [person.id, person]));
    return asked.flatMap((id) => byId.get(id) ?? []);
  };

/** The actor's own account. */
export const getOwnProfile =
  (deps: { database: Database; clock: Clock }) =>
  async (actor: Actor): Promise<OwnProfileView> =>
    deps.database.read(async (reader) => {
      const row = await findPerson(reader, actor.personId);
      if (!row) throw personNotFound();
      return ownProfileView(row, await identitiesOf(reader, actor.personId), deps.clock.now());
    });
