import { type MembershipRow, selectMemberships } from '../conversations/index.ts';
import type { Database, PreparedStatement, Reader } from '../ports/database.ts';
import type { Clock } from '../shared/clock.ts';
import { type DataPart, inBatches } from '../shared/data-part.ts';
import type { MessageRow } from './store.ts';
import { goneSince, messageView } from './views.ts';

const batchSize = 500;
/** So many messages of a conversation one read goes through. */
const rangeSize = 1_000;

const ownMessages: PreparedStatement = {
  name: 'my-data-messages',
  text: `
    select m.*, case when m.edited_at is not null then (
      select jsonb_agg(jsonb_build_object('text', e.text, 'replacedAt', e.replaced_at) order by e.rev)
      from message_edits e where e.conversation_id = m.conversation_id and e.seq = m.seq
    ) end as earlier
    from messages m
    where m.conversation_id = $1 and m.seq > $3 and m.seq <= $4 and m.sender_id = $2
    order by m.seq`,
};

const ownReactions: PreparedStatement = {
  name: 'my-data-reactions',
  text: `
    select r.* from generate_series($3::bigint + 1, $4::bigint) as at (seq)
    cross join lateral (
      select * from reactions where conversation_id = $1 and seq = at.seq and person_id = $2 limit 1
    ) r
    order by r.seq`,
};

type OwnMessage = MessageRow & { readonly earlier: readonly { text: string; replacedAt: string }[] | null };

/**
 * Goes through all conversations of a person, in ranges of `seq`, which has no gaps. There is no index by sender: every
 * message would pay for it, for something that is hardly ever asked.
 */
async function* overRanges<Row extends object>(
  database: Database,
  personId: string,
  statement: PreparedStatement,
): AsyncGenerator<Row> {
  for await (const { conversation_id, retained_from, last_seq } of memberships(database, personId)) {
    for (let after = retained_from; after < last_seq; after += rangeSize) {
      const upTo = Math.min(last_seq, after + rangeSize);
      yield* await database.read((reader) => reader.prepared<Row>(statement, [conversation_id, personId, after, upTo]));
    }
  }
}

const memberships = (database: Database, personId: string): AsyncIterable<MembershipRow> =>
  inBatches(database, async (reader: Reader, after: string | undefined) => {
    const items = await selectMemberships(reader, personId, after, batchSize);
    return { items, next: items.length === batchSize ? items.at(-1)?.conversation_id : undefined };
  });

const sent = (clock: Clock): DataPart => ({
  name: 'messages',
  async *read(database, personId) {
    for await (const row of overRanges<OwnMessage>(database, personId, ownMessages)) {
      const now = new Date(clock.now());
      const earlier = goneSince(row, now) === null ? row.earlier : null;
      yield { ...messageView(row, now), ...(earlier && { earlierTexts: earlier }) };
    }
  },
});

const reactions: DataPart = {
  name: 'reactions',
  async *read(database, personId) {
    type Row = { conversation_id: string; seq: number; emoji: string; reacted_at: Date };
    for await (const row of overRanges<Row>(database, personId, ownReactions)) {
      yield { conversationId: row.conversation_id, seq: row.seq, emoji: row.emoji, at: row.reacted_at };
    }
  },
};

const marks: PreparedStatement = {
  name: 'my-data-marks',
  text: `
    select * from message_marks where person_id = $1 and (conversation_id, seq) > ($2::uuid, $3)
    order by conversation_id, seq limit $4`,
};

const marked: DataPart = {
  name: 'marks',
  read: (database, personId) =>
    inBatches(database, async (reader, after: { conversationId: string; seq: number } | undefined) => {
      type Row = { conversation_id: string; seq: number; hidden: boolean; starred_at: Date | null };
      const start = after ?? { conversationId: '00000000-0000-0000-0000-000000000000', seq: 0 };
      const rows = await reader.prepared<Row>(marks, [personId, start.conversationId, start.seq, batchSize]);
      const items = rows.map(({ conversation_id, seq, hidden, starred_at }) => {
        return { conversationId: conversation_id, seq, hidden, starredAt: starred_at };
      });
      const last = items.length === batchSize ? items.at(-1) : undefined;
      return { items, next: last && { conversationId: last.conversationId, seq: last.seq } };
    }),
};

/** What a person has said, and what they have done with messages. */
export const messageData = (clock: Clock): readonly DataPart[] => [sent(clock), reactions, marked];
