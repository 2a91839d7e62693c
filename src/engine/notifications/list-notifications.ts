import { type PublicFace, publicFacesOf } from '../people/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { decodeCursor, encodeCursor, type Page } from '../shared/page.ts';
import type { NotificationKind } from './kinds.ts';
import { countUnread, type Feed, type FeedPosition, selectFeed, selectGroups } from './store.ts';
import { type NotificationView, notificationView } from './views.ts';

type Deps = { readonly database: Database; readonly clock: Clock };
type Kinds = { readonly kinds?: readonly NotificationKind[] | undefined };

export interface NotificationQuery extends Kinds {
  readonly unreadOnly?: boolean | undefined;
  readonly cursor?: string | undefined;
  /** How many to pass over, for clients that know no cursors. */
  readonly offset?: number | undefined;
  readonly limit: number;
}

export type NotificationPage = Page<NotificationView> & {
  /** Of these kinds, at most {@link maxCounted}. */
  readonly unread: number;
};

/** Unread notifications of one kind in one conversation. */
export interface NotificationGroup {
  readonly newest: NotificationView;
  readonly count: number;
  /** Some of those they are from, at most {@link facesShown}. */
  readonly people: readonly PublicFace[];
}

const facesShown = 5;

export const feedOf = (deps: Deps, actor: Actor, { kinds }: Kinds = {}): Feed => ({
  personId: actor.personId,
  kinds: kinds ?? null,
  now: new Date(deps.clock.now()),
});

/**
 * The actor's notifications, the newest first.
 *
 * @throws EngineError `invalid_request`
 */
export const listNotifications =
  (deps: Deps) =>
  async (actor: Actor, query: NotificationQuery): Promise<NotificationPage> => {
    const { unreadOnly = false, cursor, offset = 0, limit } = query;
    let before: FeedPosition | null = null;
    if (cursor !== undefined) {
      const [at, seq, id] = decodeCursor(cursor, ['time', 'count', 'id']);
      before = { at: new Date(at as number), seq: seq as number, id: id as string };
    }
    const feed = feedOf(deps, actor, query);
    return deps.database.read(async (reader) => {
      const rows = await selectFeed(reader, feed, { unreadOnly, before, offset, limit: limit + 1 });
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      return {
        items: rows.slice(0, limit).map(notificationView),
        next: last ? encodeCursor([last.created_at.getTime(), last.seq, last.id]) : null,
        unread: await countUnread(reader, feed),
      };
    });
  };

/** The actor's unread notifications by kind and conversation, that with the newest first; of the newest 10,000. */
export const groupNotifications =
  (deps: Deps) =>
  async (actor: Actor, { limit }: { readonly limit: number }): Promise<NotificationGroup[]> =>
    deps.database.read(async (reader) => {
      const rows = await selectGroups(reader, feedOf(deps, actor), limit);
      const some = rows.map((row) => row.actor_ids.slice(0, facesShown));
      const faces = await publicFacesOf(reader, [...new Set(some.flat())]);
      return rows.map((row, i) => ({
        newest: notificationView(row),
        count: row.count,
        people: (some[i] ?? []).flatMap((id) => faces.get(id) ?? []),
      }));
    });

/** How many of the actor's notifications are unread, at most {@link maxCounted}. */
export const unreadNotifications =
  (deps: Deps) =>
  async (actor: Actor, query: Kinds = {}): Promise<number> =>
    deps.database.read((reader) => countUnread(reader, feedOf(deps, actor, query)));
