import { type EventText, eventText } from '../../kit/door-connection.ts';
import type { Typist } from '../../kit/typing.ts';

/** `user_typing`. */
export const typingText = (
  { conversationId, personId, typing }: Typist & { readonly typing: boolean },
  timestamp: string,
): EventText => eventText('user_typing', { userId: personId, chatId: conversationId, isTyping: typing, timestamp });
