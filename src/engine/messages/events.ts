import type { MessageContext } from './message-context.ts';
import type { MessageView } from './views.ts';

declare module '../shared/events.ts' {
  interface EventMap {
    /** A message has been stored. */
    'message.created': { readonly message: MessageView } & MessageContext;
    /**
     * A message was edited, deleted for everybody, pinned or unpinned, or its time is over. As all members see it: what one
     * has done with it for themself (`hidden`, `starred`) stays as it was.
     */
    'message.updated': {
      readonly message: MessageView;
      readonly change: MessageChange;
      /** Who did it; null where its time was over. */
      readonly by: string | null;
    };
    /** Somebody has reacted to a message, has another reaction now, or has none any more. */
    'reaction.changed': ReactionChange;
  }
}

/** What has become of a message. */
export type MessageChange = 'edited' | 'deleted' | 'expired' | 'pinned' | 'unpinned';

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
  /** The emoji that it was before; null where there was none, or the same. */
  readonly replaced: string | null;
  readonly at: Date;
}
