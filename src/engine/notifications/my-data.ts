import { allOf, type DataPart, inBatches } from '../shared/data-part.ts';
import { preferencesView } from './preferences.ts';
import { type FeedPosition, kindsOf, selectKept } from './store.ts';

const batchSize = 500;

/** For the export of a person's data: of what they were notified, and not what others have said. */
export const notificationData: readonly DataPart[] = [
  {
    name: 'notificationPreferences',
    single: true,
    read: (database, personId) => allOf(database, async (reader) => [preferencesView(await kindsOf(reader, personId))]),
  },
  {
    name: 'notifications',
    read: (database, personId) =>
      inBatches(database, async (reader, after: FeedPosition | undefined) => {
        const rows = await selectKept(reader, personId, after, batchSize);
        const last = rows.length < batchSize ? undefined : rows.at(-1);
        return {
          items: rows.map(({ id, kind, conversation_id, actor_id, created_at, read_at }) => ({
            ...{ id, kind, conversationId: conversation_id, from: actor_id },
            ...{ createdAt: created_at, readAt: read_at },
          })),
          next: last && { at: last.created_at, seq: last.seq, id: last.id },
        };
      }),
  },
];
