import { judgeAdding, type PersonRow } from '../people/index.ts';
import type { UnitOfWork } from '../ports/database.ts';
import { isId } from '../shared/ids.ts';
import type { NotAdded } from './views.ts';

/** Who of some people may be added by an actor, and who not, in the order given. */
export async function judgePeople(
  unit: UnitOfWork,
  actorId: string,
  personIds: readonly string[],
  now: Date,
): Promise<{ people: PersonRow[]; notAdded: NotAdded[] }> {
  const wanted = [...new Set(personIds)].filter((id) => id !== actorId);
  const verdicts = await judgeAdding(unit, actorId, wanted.filter(isId), now);
  const byId = new Map(verdicts.map((verdict) => [verdict.personId, verdict]));
  const people: PersonRow[] = [];
  const notAdded: NotAdded[] = [];
  for (const personId of wanted) {
    const { refusal = 'unavailable', person } = byId.get(personId) ?? {};
    if (refusal === null && person) people.push(person);
    else notAdded.push({ personId, reason: refusal ?? 'unavailable' });
  }
  return { people, notAdded };
}
