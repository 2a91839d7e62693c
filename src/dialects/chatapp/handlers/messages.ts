import { EngineError, type ErrorCode } from '../../../engine/shared/errors.ts';
import type { DoorConnection } from '../../kit/door-connection.ts';
import type { EventHandler, EventInput } from '../../kit/door-socket.ts';
import { deleteMessage, readForEveryone } from '../commands/delete-message.ts';
import { editMessage } from '../commands/edit-message.ts';
import { forwardMessage } from '../commands/forward-message.ts';
import { markMessage } from '../commands/mark-message.ts';
import { addReaction, removeReaction } from '../commands/react-to-message.ts';
import { sendMessage } from '../commands/send-message.ts';
import type { ChatappDeps } from '../deps.ts';
import { Refusal, type Words, worded } from '../errors.ts';
import { doorName } from '../name.ts';
import { freshMessage, presentMessage } from '../present/message.ts';
import { freshMessageText } from '../present/message-text.ts';
import { chatIdOf } from './conversations.ts';

const sendWords: Words = {
  not_permitted: [403, 'Only admins can send messages in this group'],
  recipient_unavailable: [403, 'Unauthorized access to chat'],
  internal: [500, 'Failed to send message'],
};
const noMessage: Words = {
  conversation_not_found: [404, 'Message not found'],
  message_deleted: [404, 'Message not found'],
};
const editWords: Words = {
  ...noMessage,
  not_permitted: [403, 'Unauthorized to edit this message'],
  too_late: [400, 'Message too old to edit'],
};
const deleteWords: Words = {
  conversation_not_found: [404, 'Message not found'],
  not_permitted: [403, 'Unauthorized to delete for everyone'],
  too_late: [400, 'Message too old to delete for everyone'],
};

const invisible: ReadonlySet<ErrorCode> = new Set(['conversation_not_found', 'message_not_found']);

/** To whom a chat is none of their business, nothing is answered. */
async function unlessInvisible(work: Promise<unknown>): Promise<undefined> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof EngineError) || !invisible.has(error.code)) throw error;
  }
  return undefined;
}

/** @throws Refusal */
function messageIdOf({ messageId }: EventInput): string {
  if (typeof messageId !== 'string' || messageId === '') throw new Refusal(400, 'Missing required data');
  return messageId;
}

const viewerOf = ({ personId, origin }: DoorConnection) => ({ personId, base: `${origin}/${doorName}` });

/** Messages, receipts and reactions. Each event waits until its own socket has got what it caused. */
export function messageEvents(deps: ChatappDeps): Record<string, EventHandler> {
  const { engine, clock, typing } = deps;

  const read = async (connection: DoorConnection, messageId: unknown, chatId: unknown): Promise<undefined> => {
    const { actor } = connection;
    const read = async () => {
      const place = typeof messageId === 'string' ? await markMessage(deps, actor, messageId, 'read') : null;
      if (typeof chatId !== 'string' || (place && place.conversationId !== chatId)) return;
      if (!place) {
        await engine.conversations.markReceipt(actor, { conversationId: chatId, read: Number.MAX_SAFE_INTEGER });
      }
      engine.conversations.announceRead(actor, chatId);
    };
    return unlessInvisible(read());
  };

  return {
    async send_message(connection, input) {
      chatIdOf(input);
      const sent = await worded(sendWords, () => sendMessage(deps, connection.actor, input));
      const { message, tempId } = sent;
      const chatId = message.conversationId;
      await typing.stop(connection, chatId);
      if (sent.duplicate) {
        const presented = presentMessage(deps, freshMessage(sent), viewerOf(connection));
        connection.emit('new_message', { message: presented, chatId, tempId });
      } else await connection.caughtUp(chatId, message.rev);
      const names = `"tempId":${JSON.stringify(tempId)},"clientMessageId":${JSON.stringify(tempId)}`;
      connection.emitText(`["message_sent",{"message":${freshMessageText(deps, sent).own},${names}}]`);
      return () => ({ message: presentMessage(deps, freshMessage(sent), viewerOf(connection)), tempId });
    },

    message_delivered: (connection, input) =>
      unlessInvisible(markMessage(deps, connection.actor, messageIdOf(input), 'delivered')),

    async message_read(connection, { messageId, chatId }) {
      if (typeof messageId !== 'string' && typeof chatId !== 'string') throw new Refusal(400, 'Missing required data');
      return read(connection, messageId ?? undefined, chatId ?? undefined);
    },

    async mark_messages_read(connection, { chatId, messageIds }) {
      if (!Array.isArray(messageIds)) throw new Refusal(400, 'Missing required data');
      for (const messageId of messageIds.slice(0, 500)) await read(connection, messageId, undefined);
      if (typeof chatId === 'string') engine.conversations.announceRead(connection.actor, chatId);
      return undefined;
    },

    async add_reaction(connection, input) {
      const change = await worded(noMessage, () => addReaction(deps, connection.actor, messageIdOf(input), input));
      await connection.caughtUp(change.conversationId, change.rev);
      return { messageId: change.messageId, emoji: change.emoji };
    },

    async remove_reaction(connection, input) {
      const change = await worded(noMessage, () => removeReaction(deps, connection.actor, messageIdOf(input)));
      await connection.caughtUp(change.conversationId, change.rev);
      return { messageId: change.messageId };
    },

    async edit_message(connection, input) {
      const message = await worded(editWords, () => editMessage(deps, connection.actor, messageIdOf(input), input));
      await connection.caughtUp(message.conversationId, message.rev);
      return { messageId: message.id, newContent: message.text };
    },

    async delete_message(connection, input) {
      const messageId = messageIdOf(input);
      const forEveryone = readForEveryone(input);
      const deleted = await worded(deleteWords, () => deleteMessage(deps, connection.actor, messageId, forEveryone));
      if (deleted.rev !== null) await connection.caughtUp(deleted.conversationId, deleted.rev);
      return { messageId, deleteForEveryone: forEveryone };
    },

    async forward_message(connection, input) {
      const messageId = messageIdOf(input);
      const { forwarded } = await worded(noMessage, () => forwardMessage(deps, connection.actor, messageId, input));
      for (const { chatId, rev } of forwarded) await connection.caughtUp(chatId, rev);
      const told = { originalMessageId: messageId, forwardedCount: forwarded.length };
      connection.emit('messages_forwarded', { ...told, timestamp: new Date(clock.now()).toISOString() });
      return told;
    },
  };
}
