import type { Actor } from '../shared/actor.ts';
import type { Publish } from '../shared/events.ts';
import type { MembershipCache } from './policy.ts';

/**
 * Tells the others of a conversation that the actor types, or has stopped. Stored nowhere.
 *
 * @throws EngineError `conversation_not_found`
 */
export const setTyping =
  (deps: { memberships: MembershipCache; publish: Publish }) =>
  async (actor: Actor, conversationId: string, typing: boolean, origin?: string): Promise<void> => {
    const audience = await deps.memberships.assertMember(actor, conversationId);
    const data = { conversationId, personId: actor.personId, typing };
    deps.publish({ type: 'typing.changed', audience, data, origin });
  };
