import type { ReceiptView } from './mark-receipt.ts';
import type { NewConversationView } from './start-direct.ts';

declare module '../shared/events.ts' {
  interface EventMap {
    /** A conversation exists that was not there before. */
    'conversation.created': { readonly conversation: NewConversationView };
    /** A member's watermarks have moved forward. */
    'receipt.updated': ReceiptView;
    /** A member has started or stopped typing. Not stored; a start without a stop ends after a few seconds. */
    'typing.changed': { readonly conversationId: string; readonly personId: string; readonly typing: boolean };
  }
}
