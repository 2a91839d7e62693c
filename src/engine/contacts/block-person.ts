import { setDirectBlocked } from '../conversations/index.ts';
import { blocksChanged } from '../inbox/index.ts';
import { isBlockBetween, lockPeople, type PersonView, personNotFound, visiblePeopleOf } from '../people/index.ts';
import type { Actor } from '../shared/actor.ts';
import { EngineError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import { announceAudienceChange, countChange } from './announce-contact.ts';
import type { ContactsDeps } from './deps.ts';
import { deleteBlock, insertBlock, versionOf } from './store.ts';

/** A person as they were blocked or unblocked, and the version of the address book. */
export interface BlockAnswer {
  readonly person: PersonView;
  readonly version: number;
}

/**
 * Blocks a person, or with `blocked: false` unblocks them, for the actor. Doing it again changes nothing. The person is not
 * told; what they watched of the actor ends. Nothing else is removed.
 *
 * @throws EngineError `person_not_found`, `block_with_self`
 */
export const setBlocked =
  (deps: Pick<ContactsDeps, 'database' | 'clock'>) =>
  async (actor: Actor, personId: string, blocked: boolean): Promise<BlockAnswer> => {
    if (personId === actor.personId) {
      throw new EngineError('block_with_self', 'You cannot block yourself.', { path: '/personId' });
    }
    if (!isId(personId)) throw personNotFound();
    return deps.database.write(async (unit) => {
      // Both, so that of two who block and unblock each other at once the second knows what the first has done.
      const people = await lockPeople(unit, [actor.personId, personId], 'alone');
      const other = people.find(({ id }) => id === personId);
      if (!other || (blocked && other.deleted_at !== null)) throw personNotFound();
      const changed = blocked
        ? await insertBlock(unit, actor.personId, personId, new Date(deps.clock.now()))
        : await deleteBlock(unit, actor.personId, personId);
      const [person] = await visiblePeopleOf(unit, actor.personId, [personId]);
      if (!person) throw personNotFound();
      if (!changed) return { person, version: await versionOf(unit, actor.personId) };

      const between = blocked || (await isBlockBetween(unit, actor.personId, personId));
      await setDirectBlocked(unit, actor.personId, personId, between);
      const both = { kind: 'people', ids: [actor.personId, personId] } as const;
      const data = { people: [actor.personId, personId], blocked: between } as const;
      unit.announce({ type: 'block.between', audience: both, data });
      if (blocked) {
        announceAudienceChange(unit, actor.personId, personId);
        announceAudienceChange(unit, personId, actor.personId);
      }
      const version = await countChange(unit, actor.personId, 'blocks');
      const own = { kind: 'people', ids: [actor.personId] } as const;
      unit.announce({ type: 'block.changed', audience: own, data: { person, blocked, version } });
      await blocksChanged(unit, new Date(deps.clock.now()), actor.personId, personId);
      return { person, version };
    });
  };
