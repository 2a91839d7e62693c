import type { MessageView } from './views.ts';

declare module '../shared/events.ts' {
  interface EventMap {
    /** A message has been stored. */
    'message.created': { readonly message: MessageView };
    /**
     * A message was edited, deleted for everybody, pinned or unpinned. As all members see it: what one has done with it for
     * themself (`hidden`, `starred`) stays as it was.
     */
    'message.updated': { readonly message: MessageView };
    /** Somebody has reacted to a message, has another reaction now, or has none any more. */
    'reaction.changed': ReactionChange;
  }
}

/** What a person's reaction to a message is now. */
export interface ReactionChange {
  readonly conversationId: string;
  readonly messageId: string;
  readonly seq: number;
  /** Of the message now, and of the conversation at that moment. */
  readonly rev: number;
  readonly personId: string;
  /** null: taken back. */
  readonly emoji: string | null;
  readonly at: Date;
}
