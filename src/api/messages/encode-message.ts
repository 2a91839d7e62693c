import type { MessageView } from '../../engine/messages/index.ts';

const encoded = new WeakMap<MessageView, string>();

/** A message as JSON. Made once: the sender's answer and the event for the others hold the same. */
export function encodeMessage(message: MessageView): string {
  let json = encoded.get(message);
  if (json === undefined) {
    json = JSON.stringify(message);
    encoded.set(message, json);
  }
  return json;
}
