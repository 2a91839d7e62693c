import type { Actor } from '../shared/actor.ts';
import type { GroupDeps } from './deps.ts';
import { deleteInvite } from './invite-store.ts';
import { assertAdmin, lockGroup } from './policy.ts';

/**
 * Ends the invite link of a group, if it has one. Who waits to be let in still waits.
 *
 * @throws EngineError `conversation_not_found`, `not_permitted`
 */
export const revokeInvite =
  (deps: GroupDeps) =>
  async (actor: Actor, conversationId: string): Promise<void> =>
    deps.database.write(async (unit) => {
      const { me } = await lockGroup(unit, actor, conversationId);
      assertAdmin(me);
      await deleteInvite(unit, conversationId);
    });
