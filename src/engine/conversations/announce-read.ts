import type { Actor } from '../shared/actor.ts';
import type { Publish } from '../shared/events.ts';

/**
 * Tells the actor's own devices that they have read a conversation, also where it was read before. For doors whose clients
 * keep counts that they set back only when they are told to.
 */
export const announceRead =
  (deps: { publish: Publish }) =>
  (actor: Actor, conversationId: string): void =>
    deps.publish({
      type: 'conversation.read',
      audience: { kind: 'people', ids: [actor.personId] },
      data: { conversationId },
    });
