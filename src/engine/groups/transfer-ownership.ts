import { storeSystemMessage } from '../messages/index.ts';
import type { Actor } from '../shared/actor.ts';
import { changeRoles, roleOf } from './change-roles.ts';
import type { GroupDeps } from './deps.ts';
import { assertOwner, lockGroup } from './policy.ts';

/**
 * Hands a group over to another member; the owner becomes an admin.
 *
 * @throws EngineError `conversation_not_found`, `not_permitted`, `person_not_found`
 */
export const transferOwnership =
  (deps: GroupDeps) =>
  async (actor: Actor, conversationId: string, personId: string): Promise<void> =>
    deps.database.write(async (unit) => {
      const { me } = await lockGroup(unit, actor, conversationId);
      assertOwner(me);
      if ((await roleOf(unit, conversationId, personId)) === 'owner') return;
      // The old one first: a group has one owner at most at any time.
      const roles = [
        { personId: actor.personId, role: 'admin' },
        { personId, role: 'owner' },
      ] as const;
      await changeRoles(unit, conversationId, roles, actor.personId);
      const content = { event: 'owner.changed', personIds: [personId] };
      await storeSystemMessage(unit, deps.clock, conversationId, actor.personId, content);
    });
