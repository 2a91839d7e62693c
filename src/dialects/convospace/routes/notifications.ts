import type { NotificationView } from '../../../engine/notifications/index.ts';
import type { Actor } from '../../../engine/shared/actor.ts';
import { Fields } from '../../kit/fields.ts';
import type { Route } from '../../kit/rest.ts';
import type { ConvospaceDeps } from '../deps.ts';
import { Refusal } from '../errors.ts';
import { namedByNotifications, presentNotification } from '../present/notification.ts';
import { readPage } from '../wire/page.ts';
import { done, endpoint, found } from './endpoint.ts';

const maxPage = 200;
/** What this door tells of: it knows no groups. */
const kinds = ['message'] as const;

/** What the caller was told of. */
export function notificationRoutes(deps: ConvospaceDeps): Route[] {
  const { engine, numbers } = deps;

  const show = async ({ personId }: Actor, views: readonly NotificationView[]) => {
    const n = await numbers.of(namedByNotifications(personId, views));
    return views.map((view) => presentNotification(view, personId, { n }));
  };
  const idOf = async (given: unknown): Promise<string> => {
    const id = await numbers.idOf('notification', given);
    if (id === null) throw new Refusal(404, 'Notification not found');
    return id;
  };

  return [
    endpoint('GET', '/api/notifications', 'Failed to get notifications', async (actor, { query }) => {
      const page = readPage(new Fields(query, 'query'), { max: maxPage });
      const { items, unread } = await engine.notifications.list(actor, { kinds, ...page });
      return found({ notifications: await show(actor, items), unread_count: unread });
    }),
    endpoint('GET', '/api/notifications/unread-count', 'Failed to get unread count', async (actor) =>
      found({ unread_count: await engine.notifications.unread(actor, { kinds }) }),
    ),
    endpoint('PUT', '/api/notifications/:id/read', 'Failed to mark notification as read', async (actor, { params }) => {
      const read = await engine.notifications.markRead(actor, await idOf(params.id));
      return done('Notification marked as read', (await show(actor, [read]))[0]);
    }),
    endpoint('POST', '/api/notifications/read-all', 'Failed to mark notifications as read', async (actor) => {
      await engine.notifications.markAllRead(actor, { kinds });
      return done('All notifications marked as read');
    }),
    endpoint('DELETE', '/api/notifications/:id', 'Failed to delete notification', async (actor, { params }) => {
      await engine.notifications.remove(actor, await idOf(params.id));
      return done('Notification deleted successfully');
    }),
  ];
}
