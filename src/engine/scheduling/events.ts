import type { ScheduledMessageView } from './views.ts';

declare module '../shared/events.ts' {
  interface EventMap {
    /** I have scheduled a message or changed it, it could not be sent, or it is gone. To my own devices. */
    'scheduled.changed': {
      readonly scheduledId: string;
      /** null: it was sent or cancelled. */
      readonly scheduled: ScheduledMessageView | null;
    };
  }
}
