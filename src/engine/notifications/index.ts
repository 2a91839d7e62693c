import './events.ts';
import type { Database, Migration } from '../ports/database.ts';
import type { Clock } from '../shared/clock.ts';
import { follow } from './follow.ts';
import { groupNotifications, listNotifications, unreadNotifications } from './list-notifications.ts';
import { markAllRead, markRead, removeNotification } from './mark-read.ts';
import { notifications } from './migrations/0030-notifications.ts';
import { getPreferences, updatePreferences } from './preferences.ts';
import { removeOldNotifications } from './remove-old.ts';
import { deleteFeed } from './store.ts';

export type { NotificationsRead } from './events.ts';
export { type NotificationKind, notificationKinds } from './kinds.ts';
export type { NotificationGroup, NotificationPage, NotificationQuery } from './list-notifications.ts';
export { notificationData } from './my-data.ts';
export type { NotificationPreferences, NotificationPreferencesChange } from './preferences.ts';
export { notifiedOf, readOn } from './statement-parts.ts';
export { maxCounted } from './store.ts';
export { notifiedOfMessage, notifyAdded } from './tell.ts';
export type { NotificationView } from './views.ts';

export const notificationMigrations: readonly Migration[] = [notifications];

/** What people are told of, and what of it they have seen. Only for those who have a feed. */
export function createNotifications(deps: {
  database: Database;
  clock: Clock;
  /** How long they are kept, in milliseconds; null: for ever. */
  keep: number | null;
}) {
  return {
    follow: follow(deps),
    list: listNotifications(deps),
    groups: groupNotifications(deps),
    unread: unreadNotifications(deps),
    markRead: markRead(deps),
    markAllRead: markAllRead(deps),
    remove: removeNotification(deps),
    preferences: getPreferences(deps),
    updatePreferences: updatePreferences(deps),
    /** Deletes a person's feed, in the transaction that deletes their account. */
    erase: deleteFeed,
    /** Removes what is too old. Run it now and then, on any node. */
    sweep: removeOldNotifications(deps),
  };
}

export type Notifications = ReturnType<typeof createNotifications>;
