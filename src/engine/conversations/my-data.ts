import { type DataPart, inBatches } from '../shared/data-part.ts';
import { selectMemberships } from './membership-store.ts';

const batchSize = 500;

const conversations: DataPart = {
  name: 'conversations',
  read: (database, personId) =>
    inBatches(database, async (reader, after: string | undefined) => {
      const rows = await selectMemberships(reader, personId, after, batchSize);
      const items = rows.map((row) => ({
        id: row.conversation_id,
        kind: row.kind,
        title: row.title,
        /** Of a direct one. */
        with: row.direct_key?.split(':').find((id) => id !== personId) ?? null,
        role: row.role,
        joinedAt: row.joined_at,
        leftAt: row.left_at,
        read: row.read_seq,
        delivered: row.delivered_seq,
        mutedUntil: row.muted_until,
        archivedAtSeq: row.archived_seq,
        deletedAtSeq: row.hidden_seq,
        pinnedAt: row.pinned_at,
        markedUnread: row.marked_unread,
        customName: row.custom_name,
        preferences: row.preferences,
      }));
      return { items, next: rows.length === batchSize ? rows.at(-1)?.conversation_id : undefined };
    }),
};

/** The conversations in which a person is or was, and their own settings of them. */
export const conversationData: readonly DataPart[] = [conversations];
