import type { ReactionChange } from '../../../engine/messages/index.ts';
import type { Actor } from '../../../engine/shared/actor.ts';
import { Fields } from '../../kit/fields.ts';
import type { ChatappDeps } from '../deps.ts';

/**
 * Reacts to a message, instead of the actor's earlier reaction.
 *
 * @param input with `emoji`
 * @throws InvalidFields; EngineError as `messages.setReaction`
 */
export async function addReaction(
  { engine, places }: ChatappDeps,
  actor: Actor,
  messageId: string,
  input: Readonly<Record<string, unknown>>,
): Promise<ReactionChange> {
  const fields = new Fields(input);
  const emoji = fields.requiredText(['emoji', 'reaction'], { max: 16, message: 'Emoji is required' });
  fields.assertValid();
  return engine.messages.setReaction(actor, await places.of(messageId), emoji);
}

/** Takes the actor's reaction back, if there is one. @throws EngineError as `messages.removeReaction` */
export async function removeReaction(
  { engine, places }: ChatappDeps,
  actor: Actor,
  messageId: string,
): Promise<ReactionChange> {
  return engine.messages.removeReaction(actor, await places.of(messageId));
}
