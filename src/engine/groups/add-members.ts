import { isAllowed, notPermitted } from '../conversations/index.ts';
import { storeSystemMessage } from '../messages/index.ts';
import type { Actor } from '../shared/actor.ts';
import { admitMembers } from './admit-members.ts';
import type { GroupDeps } from './deps.ts';
import { judgePeople } from './judge-people.ts';
import { lockGroup } from './policy.ts';
import { membershipsOf } from './store.ts';
import type { NotAdded } from './views.ts';

/** The most people that are added at once. */
export const maxAddedAtOnce = 500;
/** How many of those who were added a message names; its `value` says how many they were. */
const maxNamed = 50;

/**
 * Adds people to a group. Who may not be added is left out, and so is who was removed before, unless an admin adds them.
 *
 * @returns who is new in it; those who were in it already are in neither list
 * @throws EngineError `conversation_not_found`, `not_permitted`, `limit_reached`
 */
export const addMembers =
  (deps: GroupDeps) =>
  async (
    actor: Actor,
    conversationId: string,
    personIds: readonly string[],
  ): Promise<{ added: string[]; notAdded: NotAdded[] }> =>
    deps.database.write(async (unit) => {
      const { group, me } = await lockGroup(unit, actor, conversationId);
      if (!isAllowed(me, group.who_can_add)) throw notPermitted('admins');
      const judged = await judgePeople(unit, actor.personId, personIds, new Date(deps.clock.now()));
      const { notAdded } = judged;
      const known = await membershipsOf(
        unit,
        conversationId,
        judged.people.map(({ id }) => id),
      );
      const people = judged.people.filter(({ id }) => {
        const before = known.get(id);
        if (before?.removed && !before.present && me.role === 'member') {
          notAdded.push({ personId: id, reason: 'unavailable' });
          return false;
        }
        return !before?.present;
      });
      await admitMembers(unit, deps, group, people, actor.personId);
      const added = people.map(({ id }) => id);
      if (added.length > 0) {
        const content = { event: 'members.added', personIds: added.slice(0, maxNamed), value: added.length };
        await storeSystemMessage(unit, deps.clock, conversationId, actor.personId, content);
      }
      return { added, notAdded };
    });
