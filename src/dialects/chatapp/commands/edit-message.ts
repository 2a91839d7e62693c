import type { MessageView } from '../../../engine/messages/index.ts';
import type { Actor } from '../../../engine/shared/actor.ts';
import { EngineError } from '../../../engine/shared/errors.ts';
import { Fields } from '../../kit/fields.ts';
import type { ChatappDeps } from '../deps.ts';
import { Refusal } from '../errors.ts';
import { maxText } from '../wire/content.ts';

const rule = `Message content must be between 1 and ${maxText} characters`;

/**
 * Changes the text, or the caption, of an own message.
 *
 * @param input with `newContent`, or another name for it
 * @throws InvalidFields, Refusal; EngineError as `messages.edit`
 */
export async function editMessage(
  { engine, places }: ChatappDeps,
  actor: Actor,
  messageId: string,
  input: Readonly<Record<string, unknown>>,
): Promise<MessageView> {
  const root = new Fields(input);
  const inside = root.object(['newContent', 'content']);
  const given = inside ? new Fields(inside) : root;
  const names = inside ? 'text' : ['newContent', 'content', 'text'];
  const text = given.requiredText(names, {
    max: maxText,
    trim: false,
    message: rule,
  });
  if (text !== '' && text.trim() === '') given.problem(names, rule);
  given.assertValid();
  try {
    return await engine.messages.edit(actor, await places.of(messageId), { text });
  } catch (error) {
    const textless = error instanceof EngineError && error.code === 'not_permitted' && error.details.kind !== undefined;
    throw textless ? new Refusal(400, 'Only texts and captions can be edited') : error;
  }
}
