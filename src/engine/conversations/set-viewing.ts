import type { Actor } from '../shared/actor.ts';
import type { Publish } from '../shared/events.ts';
import type { MembershipCache } from './policy.ts';
import { audienceOf } from './store.ts';

/**
 * Tells the others who have a conversation open that the actor has opened it too, or has closed it. Stored nowhere. Nobody
 * hears it across a block.
 *
 * @throws EngineError `conversation_not_found`
 */
export const setViewing =
  (deps: { memberships: MembershipCache; publish: Publish }) =>
  async (actor: Actor, conversationId: string, viewing: boolean, origin?: string): Promise<void> => {
    const { direct_key, blocked } = await deps.memberships.assertMember(actor, conversationId);
    if (blocked) return;
    const audience = audienceOf(conversationId, direct_key);
    const data = { conversationId, personId: actor.personId, viewing };
    deps.publish({ type: 'viewing.changed', audience, data, origin });
  };
