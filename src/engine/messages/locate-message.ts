import type { Database } from '../ports/database.ts';
import { isId } from '../shared/ids.ts';
import type { MessagePlace } from './change-message.ts';
import { messageNotFound } from './policy.ts';
import { findPlace } from './shown-store.ts';

/** Where a message is, and who sent it. */
export interface LocatedMessage extends MessagePlace {
  readonly seq: number;
  readonly senderId: string;
}

/**
 * Where a message is, for doors whose clients name it by its id alone. Says nothing of who may see it: what follows has to
 * ask whether the actor is in the conversation. It stays there, so it may be remembered.
 *
 * @throws EngineError `message_not_found`
 */
export const locateMessage =
  (deps: { database: Database }) =>
  async (messageId: string): Promise<LocatedMessage> => {
    const row = isId(messageId) ? await deps.database.read((reader) => findPlace(reader, messageId)) : undefined;
    if (!row) throw messageNotFound();
    return { conversationId: row.conversation_id, messageId, seq: row.seq, senderId: row.sender_id };
  };
