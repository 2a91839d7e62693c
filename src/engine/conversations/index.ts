import './events.ts';
import type { Database, Migration } from '../ports/database.ts';
import type { Clock } from '../shared/clock.ts';
import type { Publish } from '../shared/events.ts';
import { ReceiptWriter } from './mark-receipt.ts';
import { conversations } from './migrations/0003-conversations.ts';
import { MembershipCache } from './policy.ts';
import { setTyping } from './set-typing.ts';
import { startDirect } from './start-direct.ts';

export type { ReceiptMark, ReceiptView } from './mark-receipt.ts';
export { assertMember, conversationNotFound } from './policy.ts';
export type { NewConversationView } from './start-direct.ts';
export { audienceOf, peersAmong } from './store.ts';

export const conversationMigrations: readonly Migration[] = [conversations];

/** Conversations, who is in them, and how far each member has read. */
export function createConversations(deps: { database: Database; clock: Clock; publish: Publish }) {
  const memberships = new MembershipCache(deps.database, deps.clock);
  const receipts = new ReceiptWriter(deps);
  return {
    startDirect: startDirect(deps),
    markReceipt: receipts.mark.bind(receipts),
    setTyping: setTyping({ memberships, publish: deps.publish }),
    /** Resolves when no receipt waits to be stored. */
    idle: () => receipts.idle(),
  };
}

export type Conversations = ReturnType<typeof createConversations>;
