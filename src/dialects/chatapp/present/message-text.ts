import type { MessageContext, MessageView } from '../../../engine/messages/index.ts';
import type { ChatappDeps } from '../deps.ts';
import { baseOf } from '../events/encoders.ts';
import { freshMessage, presentMessage } from './message.ts';

/** By message: its JSON as its members see it, and as its sender does. */
const texts = new WeakMap<MessageView, { readonly others: string; readonly own: string }>();

/**
 * The JSON of a message that was stored just now, for events. Made once for all who get it, and for the confirmation that its
 * sender gets; URLs have the mark of events in place of the origin.
 */
export function freshMessageText(
  deps: Pick<ChatappDeps, 'fileNames' | 'publicUrl'>,
  told: { readonly message: MessageView } & MessageContext,
): { readonly others: string; readonly own: string } {
  const { message } = told;
  const known = texts.get(message);
  if (known) return known;
  const others = JSON.stringify(presentMessage(deps, freshMessage(told), { personId: '', base: baseOf(deps) }));
  // Its sender sees two fields more, which are the last.
  const own = `${others.slice(0, -1)},"tempId":${JSON.stringify(message.clientId)},"editHistory":[]}`;
  const made = { others, own };
  texts.set(message, made);
  return made;
}
