import type { Actor } from '../shared/actor.ts';
import type { Publish } from '../shared/events.ts';
import type { MembershipCache } from './policy.ts';
import { audienceOf } from './store.ts';

/**
 * Tells the others of a conversation that the actor types, or has stopped. Stored nowhere. Nobody hears it across a block.
 *
 * @throws EngineError `conversation_not_found`
 */
export const setTyping =
  (deps: { memberships: MembershipCache; publish: Publish }) =>
  async (actor: Actor, conversationId: string, typing: boolean, origin?: string): Promise<void> => {
    const { direct_key, blocked } = await deps.memberships.assertMember(actor, conversationId);
    if (blocked) return;
    const audience = audienceOf(conversationId, direct_key);
    const data = { conversationId, personId: actor.personId, typing };
    deps.publish({ type: 'typing.changed', audience, data, origin });
  };
