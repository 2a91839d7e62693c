import type { OwnChangeView } from './own-change.ts';

declare module '../shared/events.ts' {
  interface EventMap {
    /** What only I see of a conversation has changed, by one `me.version`. To my own devices. */
    'inbox.updated': OwnChangeView;
    /** I have deleted a conversation for myself: it is gone until something is said in it. To my own devices. */
    'conversation.hidden': {
      readonly conversationId: string;
      /** What was said up to this `seq` is gone; something later brings it back. */
      readonly lastSeq: number;
      /** My own version of it from then on. */
      readonly version: number;
    };
  }
}
