import { type ConversationFacts, isAllowed, notPermitted, recipientUnavailable } from '../conversations/index.ts';
import type { Actor } from '../shared/actor.ts';
import { changeFacts } from './change-facts.ts';
import type { GroupDeps } from './deps.ts';
import { disappearingAfter } from './group-facts.ts';
import { lockAsMember } from './policy.ts';

/**
 * Sets after which time new messages of a conversation vanish: either person of a direct one, and in a group who may edit
 * it.
 *
 * @param seconds an hour to a year; null: never
 * @throws EngineError `conversation_not_found`, `not_permitted`, `recipient_unavailable`, `invalid_request`
 */
export const setDisappearing =
  (deps: GroupDeps) =>
  async (actor: Actor, conversationId: string, seconds: number | null): Promise<ConversationFacts> => {
    const change = { disappearing_seconds: disappearingAfter(seconds) };
    return deps.database.write(async (unit) => {
      const { row, me } = await lockAsMember(unit, actor, conversationId);
      if (row.blocked) throw recipientUnavailable();
      if (!isAllowed(me, row.who_can_edit)) throw notPermitted('admins');
      return changeFacts(unit, deps.clock, actor.personId, row, change);
    });
  };
