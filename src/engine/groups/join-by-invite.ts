import { lockConversation } from '../conversations/index.ts';
import { storeSystemMessage } from '../messages/index.ts';
import { lockPeople, personNotFound } from '../people/index.ts';
import type { Actor } from '../shared/actor.ts';
import { EngineError } from '../shared/errors.ts';
import { admitMembers } from './admit-members.ts';
import { announceRequest } from './announce-request.ts';
import type { GroupDeps } from './deps.ts';
import { goodInvite } from './good-invite.ts';
import { countUse, insertRequest } from './invite-store.ts';
import { membershipsOf } from './store.ts';

/**
 * Comes into a group by its invite link, or asks to where an admin has to let people in. Who is in it already stays.
 *
 * @throws EngineError `invite_not_found`, `not_permitted` (was removed before), `limit_reached`
 */
export const joinByInvite =
  (deps: GroupDeps) =>
  async (actor: Actor, code: string): Promise<{ conversationId: string; pending: boolean }> =>
    deps.database.write(async (unit) => {
      const { personId } = actor;
      const { conversation_id: conversationId } = await goodInvite(unit, deps.clock, code);
      const group = await lockConversation(unit, conversationId);
      // Read again: what it allows, and whether it is good, stays as it is from here on.
      await goodInvite(unit, deps.clock, code);
      // Locked, so that the account is not deleted before its owner is in the group, and can then be taken out of it.
      const [person] = await lockPeople(unit, [personId], 'shared');
      if (!group || !person || person.deleted_at !== null) throw personNotFound();
      const before = (await membershipsOf(unit, conversationId, [personId])).get(personId);
      if (before?.present) return { conversationId, pending: false };
      if (before?.removed) {
        throw new EngineError('not_permitted', 'You were removed from this group. Only an admin can add you again.');
      }
      if (group.join_approval) {
        const at = new Date(deps.clock.now());
        const fresh = await insertRequest(unit, { conversationId, personId, code, at });
        if (fresh) await announceRequest(unit, conversationId, { ...person, code, requested_at: at }, 'waiting');
        return { conversationId, pending: true };
      }
      await admitMembers(unit, deps, group, [person], personId);
      await countUse(unit, code);
      const content = { event: 'member.joined', personIds: [personId] };
      await storeSystemMessage(unit, deps.clock, conversationId, personId, content);
      return { conversationId, pending: false };
    });
