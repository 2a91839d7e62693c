import { announceMembershipChanged } from '../conversations/index.ts';
import type { Actor } from '../shared/actor.ts';
import type { GroupDeps } from './deps.ts';
import { deleteAllRequests, deleteInvite } from './invite-store.ts';
import { assertOwner, lockGroup } from './policy.ts';
import { changeConversation, endAllMemberships } from './store.ts';

/**
 * Closes a group for everybody: nobody is in it any more. Of the owner alone.
 *
 * @throws EngineError `conversation_not_found`, `not_permitted`
 */
export const closeGroup =
  (deps: GroupDeps) =>
  async (actor: Actor, conversationId: string): Promise<void> =>
    deps.database.write(async (unit) => {
      const { me } = await lockGroup(unit, actor, conversationId);
      assertOwner(me);
      await endAllMemberships(unit, conversationId, new Date(deps.clock.now()));
      await deleteInvite(unit, conversationId);
      await deleteAllRequests(unit, conversationId);
      await changeConversation(unit, conversationId, { member_count: 0 });
      const audience = { kind: 'conversation', id: conversationId } as const;
      unit.announce({ type: 'conversation.closed', audience, data: { conversationId, by: actor.personId } });
      announceMembershipChanged(unit, conversationId);
    });
