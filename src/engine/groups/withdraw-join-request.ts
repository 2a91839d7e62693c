import { lockConversation } from '../conversations/index.ts';
import type { Actor } from '../shared/actor.ts';
import { announceRequest } from './announce-request.ts';
import { joinRequestNotFound } from './answer-join-request.ts';
import type { GroupDeps } from './deps.ts';
import { findRequestByCode, takeRequests } from './invite-store.ts';

/**
 * Asks no longer to come into a group.
 *
 * @param code that by which the actor came, good or not any more
 * @throws EngineError `join_request_not_found`
 */
export const withdrawJoinRequest =
  (deps: GroupDeps) =>
  async (actor: Actor, code: string): Promise<void> =>
    deps.database.write(async (unit) => {
      const conversationId = await findRequestByCode(unit, actor.personId, code);
      if (conversationId === undefined) throw joinRequestNotFound();
      await lockConversation(unit, conversationId);
      const [request] = await takeRequests(unit, conversationId, [actor.personId]);
      if (!request) throw joinRequestNotFound();
      await announceRequest(unit, conversationId, request, 'withdrawn');
    });
