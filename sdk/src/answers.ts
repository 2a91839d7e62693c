import type { ChatConversation } from './conversation-view.ts';
import type { Fact } from './facts.ts';
import type { Conversation } from './generated/protocol.ts';

/** Puts what the server has answered into the local copy. */
export interface Answers {
  /** Takes an answer that says all that an event would. */
  readonly apply: (fact: Fact) => void;
  /** Takes a conversation in which I am now. */
  readonly started: (conversation: Conversation) => ChatConversation;
  /**
   * Resolves when a change is shown; at once where there is no connection, as the next one brings it. For answers that
   * are the same whether there was a change or not: taken for the event of their `rev`, they would hide another one.
   */
  readonly shown: (conversationId: string, rev: number) => Promise<void>;
  /** Resolves when a conversation is shown no more. */
  readonly gone: (conversationId: string) => Promise<void>;
}
