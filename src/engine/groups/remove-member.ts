import { storeSystemMessage } from '../messages/index.ts';
import type { Actor } from '../shared/actor.ts';
import { EngineError } from '../shared/errors.ts';
import { announceLeft } from './announce-left.ts';
import { roleOf } from './change-roles.ts';
import type { GroupDeps } from './deps.ts';
import { assertAdmin, lockGroup } from './policy.ts';
import { endMembership } from './store.ts';

/**
 * Removes somebody from a group: admins remove everybody but the owner. They come back only where an admin adds them.
 *
 * @throws EngineError `conversation_not_found`, `not_permitted`, `person_not_found`, `invalid_request`
 */
export const removeMember =
  (deps: GroupDeps) =>
  async (actor: Actor, conversationId: string, personId: string): Promise<void> =>
    deps.database.write(async (unit) => {
      const { group, me } = await lockGroup(unit, actor, conversationId);
      if (personId === actor.personId) {
        throw new EngineError('invalid_request', 'To go yourself, leave the group.', { path: '/personId' });
      }
      assertAdmin(me);
      const role = await roleOf(unit, conversationId, personId);
      if (role === 'owner') {
        throw new EngineError('not_permitted', 'The owner of a group cannot be removed.', { role });
      }
      await endMembership(unit, conversationId, personId, new Date(deps.clock.now()), actor.personId);
      const memberCount = group.member_count - 1;
      await announceLeft(unit, { conversationId, memberCount, personId, by: actor.personId });
      const content = { event: 'member.removed', personIds: [personId] };
      await storeSystemMessage(unit, deps.clock, conversationId, actor.personId, content);
    });
