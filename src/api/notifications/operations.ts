import { maxCounted, type Notifications, notificationKinds } from '../../engine/notifications/index.ts';
import { type AnyOperation, operation } from '../kit/operation.ts';
import { Counter, Cursor, Id, input, Limit, oneOf, output, page, Type } from '../kit/schemas.ts';
import { Face, kind, Notification, NotificationPreferences } from './schemas.ts';

const notificationId = input({ notificationId: Id('Which.') });
const onlyKind = Type.Optional(oneOf(notificationKinds, { description: 'Only of this kind.' }));
const Unread = Counter(`How many are unread; no more than ${maxCounted} are counted.`);
const kindsOf = <Kind>(kind: Kind | undefined) => (kind === undefined ? undefined : [kind]);

/** What I am told of. */
export function notificationOperations({ notifications }: { notifications: Notifications }): AnyOperation[] {
  return [
    operation({
      name: 'notifications.list',
      summary: 'My notifications, the newest first',
      description:
        'Only those who have turned them on have any: see `notifications.updatePreferences`. What they say is as the message is now; those of messages that are gone, or that I can no longer see, are gone.',
      method: 'GET',
      path: '/notifications',
      query: input({
        kind: onlyKind,
        unread: Type.Optional(Type.Boolean({ description: 'Only unread ones.' })),
        cursor: Cursor,
        limit: Limit(100, 50),
      }),
      output: output({ ...page(Notification).properties, unread: Unread }),
      access: 'session',
      socket: true,
      handle: (actor, { kind, unread, cursor, limit = 50 }) =>
        notifications.list(actor, { kinds: kindsOf(kind), unreadOnly: unread, cursor, limit }),
    }),
    operation({
      name: 'notifications.groups',
      summary: 'My unread notifications, by kind and conversation',
      description: `Of the newest ${maxCounted}. That with the newest first.`,
      method: 'GET',
      path: '/notifications/groups',
      query: input({ limit: Limit(100, 50) }),
      output: output({
        items: Type.Array(
          output({
            newest: Notification,
            count: Counter('How many there are.'),
            people: Type.Array(Face, { description: 'Some of those they are from.' }),
          }),
        ),
      }),
      access: 'session',
      socket: true,
      handle: async (actor, { limit = 50 }) => ({ items: await notifications.groups(actor, { limit }) }),
    }),
    operation({
      name: 'notifications.unread',
      summary: 'How many of my notifications are unread',
      method: 'GET',
      path: '/notifications/unread',
      query: input({ kind: onlyKind }),
      output: output({ unread: Unread }),
      access: 'session',
      socket: true,
      handle: async (actor, { kind }) => ({ unread: await notifications.unread(actor, { kinds: kindsOf(kind) }) }),
    }),
    operation({
      name: 'notifications.markRead',
      summary: 'Mark a notification as read',
      description: 'What it is of stays unread. Reading on in a conversation reads its notifications too.',
      method: 'PUT',
      path: '/notifications/:notificationId/read',
      params: notificationId,
      output: output({ notification: Notification }),
      access: 'session',
      socket: true,
      handle: async (actor, given) => ({ notification: await notifications.markRead(actor, given.notificationId) }),
    }),
    operation({
      name: 'notifications.markAllRead',
      summary: 'Mark all my notifications as read, or all of a kind',
      method: 'POST',
      path: '/notifications/read',
      body: input({ kind: onlyKind }),
      output: output({ marked: Counter('How many were unread.') }),
      access: 'session',
      socket: true,
      handle: async (actor, { kind }) => ({ marked: await notifications.markAllRead(actor, { kinds: kindsOf(kind) }) }),
    }),
    operation({
      name: 'notifications.remove',
      summary: 'Remove a notification',
      description: 'What it is of stays.',
      method: 'DELETE',
      path: '/notifications/:notificationId',
      params: notificationId,
      access: 'session',
      socket: true,
      handle: (actor, given) => notifications.remove(actor, given.notificationId),
    }),
    operation({
      name: 'notifications.preferences',
      summary: 'Of what I am notified',
      method: 'GET',
      path: '/notifications/preferences',
      output: NotificationPreferences,
      access: 'session',
      socket: true,
      handle: (actor) => notifications.preferences(actor),
    }),
    operation({
      name: 'notifications.updatePreferences',
      summary: 'Turn notifications on or off, all or by kind',
      description:
        'What is not named stays. A conversation that is muted, or whose `preferences.notifications` are off, notifies of nothing.',
      method: 'PATCH',
      path: '/notifications/preferences',
      body: input({
        enabled: Type.Optional(
          Type.Boolean({ description: '`true` turns all kinds on where none is; `false` turns all off.' }),
        ),
        kinds: Type.Optional(
          input({
            message: Type.Optional(kind.message),
            mention: Type.Optional(kind.mention),
            group_added: Type.Optional(kind.group_added),
          }),
        ),
      }),
      output: NotificationPreferences,
      access: 'session',
      socket: true,
      handle: (actor, change) => notifications.updatePreferences(actor, change),
    }),
  ];
}
