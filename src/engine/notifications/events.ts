import type { NotificationKind } from './kinds.ts';
import type { NotificationView } from './views.ts';

/** Which notifications were read: those named, all of a conversation up to a `seq`, or all of some kinds. */
export type NotificationsRead = { readonly readAt: Date } & (
  | { readonly ids: readonly string[] }
  | { readonly conversationId: string; readonly upTo: number }
  /** null: of all kinds. */
  | { readonly kinds: readonly NotificationKind[] | null }
);

declare module '../shared/events.ts' {
  interface EventMap {
    /** I am notified of something. To my own devices; of a message, behind the message. */
    'notification.created': { readonly notification: NotificationView };
    /** I have read notifications, or what they are of. To my own devices. */
    'notifications.read': NotificationsRead;
    /**
     * I have removed a notification. To my own devices. Those of messages that are gone for all or for me, and of
     * conversations that I have cleared or left, go with them: nothing else tells of it.
     */
    'notification.removed': { readonly id: string };
  }
}
