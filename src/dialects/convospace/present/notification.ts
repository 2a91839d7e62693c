import type { MessageKind } from '../../../engine/messages/index.ts';
import type { NotificationView } from '../../../engine/notifications/index.ts';
import type { Named } from '../numbers/index.ts';
import { typeOf } from './message.ts';
import type { Showing } from './showing.ts';
import { isoTime, timeOrNull } from './time.ts';

/** What has to have a number before notifications are presented. */
export const namedByNotifications = (ownerId: string, views: readonly NotificationView[]): Named => ({
  notification: views.map(({ id }) => id),
  message: views.flatMap(({ messageId }) => messageId ?? []),
  user: [ownerId, ...new Set(views.flatMap(({ actor }) => actor?.id ?? []))],
});

/** Something that its owner was told of. Names the notification, its message, its owner and who did it. */
export function presentNotification(view: NotificationView, ownerId: string, { n }: Pick<Showing, 'n'>) {
  const { actor, messageId } = view;
  return {
    id: n.notification(view.id),
    user_id: n.user(ownerId),
    notification_type: view.kind,
    title: view.title || (actor ? `User ${n.user(actor.id)}` : ''),
    // Where there are no words, what it is: in those of this door.
    message: view.body === view.messageKind ? typeOf({ kind: view.messageKind as MessageKind }) : view.body,
    related_entity_type: messageId === null ? null : 'message',
    related_entity_id: messageId === null ? null : n.message(messageId),
    is_read: view.readAt !== null,
    read_at: timeOrNull(view.readAt),
    created_at: isoTime(view.createdAt),
  };
}
