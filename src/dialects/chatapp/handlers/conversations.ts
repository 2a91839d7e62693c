import { EngineError } from '../../../engine/shared/errors.ts';
import type { EventHandler, EventInput } from '../../kit/door-socket.ts';
import type { ChatappDeps } from '../deps.ts';
import { Refusal } from '../errors.ts';

/** The chat that an event names. @throws Refusal */
export function chatIdOf({ chatId }: EventInput): string {
  if (typeof chatId !== 'string' || chatId === '') throw new Refusal(400, 'Missing required data');
  return chatId;
}

/** Opening and closing a chat, and typing in it. */
export function conversationEvents({ engine, typing }: ChatappDeps): Record<string, EventHandler> {
  /** For those who are not in a chat it does not exist, so nothing is said of it either. */
  const ignoringStrangers =
    (handle: EventHandler): EventHandler =>
    async (connection, input) => {
      try {
        return await handle(connection, input);
      } catch (error) {
        if (error instanceof EngineError && error.code === 'conversation_not_found') return undefined;
        throw error;
      }
    };
  const tellClosed = ignoringStrangers(async (connection, input) => {
    await engine.conversations.setViewing(connection.actor, chatIdOf(input), false, connection.id);
    return undefined;
  });
  return {
    async join_chat(connection, input) {
      const chatId = chatIdOf(input);
      await engine.conversations.setViewing(connection.actor, chatId, true, connection.id);
      connection.viewing.add(chatId);
      connection.emit('joined_chat', { chatId });
      return { chatId };
    },
    async leave_chat(connection, input) {
      const chatId = chatIdOf(input);
      if (connection.viewing.delete(chatId)) await tellClosed(connection, input);
      connection.emit('left_chat', { chatId });
      return { chatId };
    },
    typing_start: ignoringStrangers(async (connection, input) => {
      await typing.start(connection, chatIdOf(input));
      return undefined;
    }),
    typing_stop: ignoringStrangers(async (connection, input) => {
      await typing.stop(connection, chatIdOf(input));
      return undefined;
    }),
  };
}
