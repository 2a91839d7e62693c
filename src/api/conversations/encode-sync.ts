import type { SyncResult } from '../../engine/inbox/index.ts';
import { encodeMessage } from '../messages/encode-message.ts';

const list = (parts: readonly string[]): string => `[${parts.join(',')}]`;

/** The answer of a sync as JSON: nearly all of it is messages, which have a faster way than `JSON.stringify`. */
export function encodeSync({ changes, removed, more }: SyncResult): string {
  const encoded = changes.map(
    ({ conversation, messages, changed, reset }) =>
      `{"conversation":${JSON.stringify(conversation)},"messages":${list(messages.map(encodeMessage))},` +
      `"changed":${list(changed.map(encodeMessage))},"reset":${reset}}`,
  );
  return `{"changes":${list(encoded)},"removed":${JSON.stringify(removed)},"more":${more}}`;
}
