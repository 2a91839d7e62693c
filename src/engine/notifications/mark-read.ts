import type { Database, UnitOfWork } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import type { NotificationsRead } from './events.ts';
import type { NotificationKind } from './kinds.ts';
import { feedOf } from './list-notifications.ts';
import { deleteNotification, findNotification, markManyRead, markOneRead } from './store.ts';
import { type NotificationView, notificationView } from './views.ts';

type Deps = { readonly database: Database; readonly clock: Clock };

const notificationNotFound = (): EngineError =>
  new EngineError('notification_not_found', 'You have no such notification.');

function announceRead(unit: UnitOfWork, personId: string, data: NotificationsRead): void {
  unit.announce({ type: 'notifications.read', audience: { kind: 'people', ids: [personId] }, data });
}

/**
 * Marks one of the actor's notifications as read; again changes nothing. What it is of stays as unread as it was.
 *
 * @throws EngineError `notification_not_found`
 */
export const markRead =
  (deps: Deps) =>
  async (actor: Actor, id: string): Promise<NotificationView> =>
    deps.database.write(async (unit) => {
      const feed = feedOf(deps, actor);
      const row = isId(id) ? await findNotification(unit, feed, id) : undefined;
      if (!row) throw notificationNotFound();
      if (await markOneRead(unit, actor.personId, id, feed.now)) {
        announceRead(unit, actor.personId, { ids: [id], readAt: feed.now });
        return notificationView({ ...row, read_at: feed.now });
      }
      const now = await findNotification(unit, feed, id);
      if (!now) throw notificationNotFound();
      return notificationView(now);
    });

/** Notifications that one transaction marks. */
const batchSize = 1_000;

/**
 * Marks all of the actor's notifications, or those of some kinds, as read. A long list is marked in several transactions: if
 * it ends in between, some stay unread.
 *
 * @returns how many were unread
 */
export const markAllRead =
  (deps: Deps) =>
  async (actor: Actor, query: { readonly kinds?: readonly NotificationKind[] | undefined } = {}): Promise<number> => {
    const feed = feedOf(deps, actor, query);
    const { personId, kinds, now: readAt } = feed;
    for (let all = 0; ; ) {
      const marked = await deps.database.write(async (unit) => {
        const n = await markManyRead(unit, feed, batchSize);
        // The last batch tells of all.
        if (n < batchSize && all + n > 0) announceRead(unit, personId, { kinds, readAt });
        return n;
      });
      all += marked;
      if (marked < batchSize) return all;
    }
  };

/**
 * Removes one of the actor's notifications; what it is of stays.
 *
 * @throws EngineError `notification_not_found`
 */
export const removeNotification =
  (deps: Pick<Deps, 'database'>) =>
  async ({ personId }: Actor, id: string): Promise<void> =>
    deps.database.write(async (unit) => {
      if (!isId(id) || !(await deleteNotification(unit, personId, id))) throw notificationNotFound();
      unit.announce({ type: 'notification.removed', audience: { kind: 'people', ids: [personId] }, data: { id } });
    });
