import type { Actor } from '../shared/actor.ts';
import { EngineError } from '../shared/errors.ts';
import { changeRoles, roleOf } from './change-roles.ts';
import type { GroupDeps } from './deps.ts';
import { assertOwner, lockGroup } from './policy.ts';

/**
 * Makes a member an admin, or an admin a member. Of the owner alone.
 *
 * @throws EngineError `conversation_not_found`, `not_permitted`, `person_not_found`
 */
export const setRole =
  (deps: GroupDeps) =>
  async (actor: Actor, conversationId: string, personId: string, role: 'admin' | 'member'): Promise<void> =>
    deps.database.write(async (unit) => {
      const { me } = await lockGroup(unit, actor, conversationId);
      assertOwner(me);
      const before = await roleOf(unit, conversationId, personId);
      if (before === 'owner') {
        throw new EngineError('not_permitted', 'The owner stays the owner. Hand the group over first.', {
          role: before,
        });
      }
      if (before !== role) await changeRoles(unit, conversationId, [{ personId, role }], actor.personId);
    });
