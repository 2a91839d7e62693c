import { type DataPart, inBatches } from '../shared/data-part.ts';

const batchSize = 500;

/** What was decided about it, and by whom, is not theirs. */
const reports: DataPart = {
  name: 'reports',
  read: (database, personId) =>
    inBatches(database, async ({ sql }, after: string | undefined) => {
      let select = sql.selectFrom('reports').selectAll().where('reporter_id', '=', personId);
      if (after !== undefined) select = select.where('id', '>', after);
      const rows = await select.orderBy('reporter_id').orderBy('id').limit(batchSize).execute();
      const items = rows.map((row) => ({
        id: row.id,
        personId: row.person_id,
        conversationId: row.conversation_id,
        messageId: row.message_id,
        reason: row.reason,
        note: row.note,
        createdAt: row.created_at,
        status: row.status,
      }));
      return { items, next: rows.length === batchSize ? rows.at(-1)?.id : undefined };
    }),
};

/** What a person has reported. */
export const moderationData: readonly DataPart[] = [reports];
