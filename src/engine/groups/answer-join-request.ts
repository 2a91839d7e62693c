import { storeSystemMessage } from '../messages/index.ts';
import { lockPeople } from '../people/index.ts';
import type { UnitOfWork } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { EngineError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import { admitMembers } from './admit-members.ts';
import { announceRequest } from './announce-request.ts';
import type { GroupDeps } from './deps.ts';
import { countUse, type JoinRequestRow, takeRequests } from './invite-store.ts';
import { assertAdmin, lockGroup } from './policy.ts';

/** Also for one that another admin has just answered. */
export const joinRequestNotFound = (): EngineError =>
  new EngineError('join_request_not_found', 'Nobody with this id waits to be let in.');

/** Takes a request, so that nobody else answers it. */
async function take(unit: UnitOfWork, conversationId: string, personId: string): Promise<JoinRequestRow> {
  const [request] = isId(personId) ? await takeRequests(unit, conversationId, [personId]) : [];
  if (!request) throw joinRequestNotFound();
  return request;
}

/**
 * Lets somebody into a group who asked for it.
 *
 * @throws EngineError `conversation_not_found`, `not_permitted`, `join_request_not_found`, `limit_reached`
 */
export const approveJoinRequest =
  (deps: GroupDeps) =>
  async (actor: Actor, conversationId: string, personId: string): Promise<void> =>
    deps.database.write(async (unit) => {
      const { group, me } = await lockGroup(unit, actor, conversationId);
      assertAdmin(me);
      const request = await take(unit, conversationId, personId);
      // Locked, as where somebody is added: no account is deleted before its owner is in the group.
      const [person] = await lockPeople(unit, [personId], 'shared');
      if (!person || person.deleted_at !== null) throw joinRequestNotFound();
      await admitMembers(unit, deps, group, [request], actor.personId);
      await countUse(unit, request.code);
      await announceRequest(unit, conversationId, request, 'approved');
      const content = { event: 'members.added', personIds: [personId], value: 1 };
      await storeSystemMessage(unit, deps.clock, conversationId, actor.personId, content);
    });

/**
 * Refuses somebody who asked to come into a group. They may ask again as long as they have a good link.
 *
 * @throws EngineError `conversation_not_found`, `not_permitted`, `join_request_not_found`
 */
export const denyJoinRequest =
  (deps: GroupDeps) =>
  async (actor: Actor, conversationId: string, personId: string): Promise<void> =>
    deps.database.write(async (unit) => {
      const { me } = await lockGroup(unit, actor, conversationId);
      assertAdmin(me);
      await announceRequest(unit, conversationId, await take(unit, conversationId, personId), 'denied');
    });
