import './events.ts';
import type { Database, Migration } from '../ports/database.ts';
import type { Clock } from '../shared/clock.ts';
import type { Publish } from '../shared/events.ts';
import { getMessage, listMessages } from './list-messages.ts';
import { messages } from './migrations/0004-messages.ts';
import { MessageWriter } from './send-message.ts';

export { maxTextLength, type NewMessage, type SendAck } from './send-message.ts';
export type { HistoryRange, MessageKind, MessageRow } from './store.ts';
export { type MessageView, messageView } from './views.ts';

export const messageMigrations: readonly Migration[] = [messages];

/** Messages: sending, and reading what was sent. */
export function createMessages(deps: { database: Database; clock: Clock; publish: Publish }) {
  const writer = new MessageWriter(deps);
  return {
    send: writer.send.bind(writer),
    list: listMessages(deps),
    get: getMessage(deps),
    /** Resolves when no message waits to be stored. */
    idle: () => writer.idle(),
  };
}

export type Messages = ReturnType<typeof createMessages>;
