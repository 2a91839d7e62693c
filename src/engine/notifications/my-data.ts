import type { Clock } from '../shared/clock.ts';
import { allOf, type DataPart, inBatches } from '../shared/data-part.ts';
import { preferencesView } from './preferences.ts';
import { type FeedPosition, kindsOf, selectFeed } from './store.ts';
import { notificationView } from './views.ts';

const batchSize = 200;

/** For the export of a person's data. */
export const notificationData = (clock: Clock): readonly DataPart[] => [
  {
    name: 'notificationPreferences',
    single: true,
    read: (database, personId) => allOf(database, async (reader) => [preferencesView(await kindsOf(reader, personId))]),
  },
  {
    name: 'notifications',
    read: (database, personId) =>
      inBatches(database, async (reader, before: FeedPosition | undefined) => {
        const feed = { personId, kinds: null, now: new Date(clock.now()) };
        const page = { unreadOnly: false, before: before ?? null, offset: 0, limit: batchSize };
        const rows = await selectFeed(reader, feed, page);
        const last = rows.length < batchSize ? undefined : rows.at(-1);
        return {
          items: rows.map(notificationView),
          next: last && { at: last.created_at, seq: last.seq, id: last.id },
        };
      }),
  },
];
