import type { MessageView, SendAck } from '../../engine/messages/index.ts';

const encoded = new WeakMap<MessageView, string>();

let lastTime: Date | string = '';
let lastTimeJson = '';

/** Messages of a batch share the time at which they were stored. Over the bus of many nodes it arrives as a string. */
function encodeTime(time: Date | string): string {
  if (time !== lastTime) {
    lastTime = time;
    lastTimeJson = JSON.stringify(time);
  }
  return lastTimeJson;
}

/**
 * A message as JSON. Made once: the sender's answer and the event for the others hold the same. Written out, because
 * it is what the server does most; ids and kinds need no escaping.
 */
export function encodeMessage(message: MessageView): string {
  let json = encoded.get(message);
  if (json === undefined) {
    const { id, conversationId, seq, rev, senderId, clientId, kind, text, createdAt, ...more } = message;
    json =
      `{"id":"${id}","conversationId":"${conversationId}","seq":${seq},"rev":${rev},"senderId":"${senderId}",` +
      `"clientId":${JSON.stringify(clientId)},"kind":"${kind}","text":${JSON.stringify(text)},` +
      `"createdAt":${encodeTime(createdAt)}`;
    json += isEmpty(more) ? '}' : `,${JSON.stringify(more).slice(1)}`;
    encoded.set(message, json);
  }
  return json;
}

/** What the sender of a message gets. What belongs beside it is for doors that show it. */
export const encodeAck = ({ message, duplicate }: Pick<SendAck, 'message' | 'duplicate'>): string =>
  `{"message":${encodeMessage(message)},"duplicate":${duplicate}}`;

function isEmpty(object: object): boolean {
  for (const _ in object) return false;
  return true;
}
