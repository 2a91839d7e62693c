/** The statements that inbox-plan, search-plan, media-plan and notification-plan look at, each of which fails where one of its own did not run. */
export const inboxStatements = [
  'standings',
  'conversations-by-id',
  'conversation-page',
  'shown-conversations-by-id',
  'shown-conversation-page',
  'unread-total',
  'unread-from',
  'messages-since',
  'messages-changed',
  'starred-messages',
  'history-below',
  'history-from',
] as const;

export const searchStatements = [
  'search-scope',
  'search-scopes',
  'candidate-blocks',
  'block-messages',
  'messages-of-kind',
] as const;

export const mediaStatements = [
  'media-by-ids',
  'claim-media',
  'abandoned-media',
  'media-seen-by',
  'media-photo',
  'media-named',
  'media-reported',
  'media-kept-bytes',
  'media-kept-for',
  'lease-media',
  'release-media-of',
  'media-of-person',
  'due-media-checks',
  'lock-media',
  'used-media',
  'remove-media',
  'lock-blobs',
  'remove-blobs',
  'media/collection-store.ts selectLoose',
] as const;

export const notificationStatements = [
  'notification-page',
  'unread-notification-page',
  'notifications-of-person',
  'count-unread-notifications',
  'unread-notification-groups',
  'notification-by-id',
  'read-notification',
  'read-notifications',
  'notify-of-directs',
  'notify-added',
  'remove-old-notifications',
  'notifications/store.ts deleteFeed',
  'notifications/store.ts setKinds',
] as const;
