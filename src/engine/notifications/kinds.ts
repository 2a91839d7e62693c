/**
 * Of what people are notified, and of what they can turn it off by itself.
 * - `message`: somebody has written to me in a direct conversation.
 * - `mention`: somebody has named me in a group.
 * - `group_added`: somebody has added me to a group.
 */
export const notificationKinds = ['message', 'mention', 'group_added'] as const;

export type NotificationKind = (typeof notificationKinds)[number];
