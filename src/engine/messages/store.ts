import type { PreparedStatement, Reader } from '../ports/database.ts';

declare module '../ports/database.ts' {
  interface Tables {
    messages: MessagesTable;
  }
}

/** What a message is. */
export type MessageKind = 'text';

interface MessagesTable {
  conversation_id: string;
  seq: number;
  id: string;
  sender_id: string;
  client_id: string | null;
  rev: number;
  kind: MessageKind;
  text: string;
  created_at: Date;
}

export type MessageRow = MessagesTable;

/** What became of one message of a batch. */
export interface StoreOutcome {
  readonly ord: number;
  /**
   * - `stored`: it has `seq` and `rev` now.
   * - `duplicate`: the sender has used its clientId in this conversation before; the columns show that message.
   * - `not_member`: the sender is not, or no longer, in the conversation.
   * - `retry`: the conversation has changed since it was judged.
   */
  readonly outcome: 'stored' | 'duplicate' | 'not_member' | 'retry';
  readonly id: string;
  readonly seq: number;
  readonly rev: number;
  readonly kind: MessageKind;
  readonly text: string;
  readonly created_at: Date;
  readonly direct_key: string | null;
}

/**
 * Stores a batch of messages in one statement: checks membership, finds duplicates, gives out `seq` and `rev`, and
 * inserts. A message that may not be stored leaves no gap and does not disturb the others.
 *
 * Everything is judged by the statement's snapshot. `counted` then takes each conversation's row only if its `rev` is
 * still that of the snapshot, waiting for another writer if need be: so nothing that was judged has changed in between.
 * Where it has, the caller tries again. Rows are taken in the order of their ids, so that two nodes do not wait for each
 * other in a circle.
 *
 * Its plan is made once and must not depend on how full the tables were at that time: `lateral` with a limit leaves no
 * choice but a look-up for each message.
 */
export const storeMessages: PreparedStatement = {
  name: 'store-messages',
  text: `
    with judged as (
      select i.*, c.last_seq, c.rev, c.direct_key,
        earlier.id as earlier_id, earlier.seq as earlier_seq, earlier.rev as earlier_rev, earlier.kind as earlier_kind,
        earlier.text as earlier_text, earlier.created_at as earlier_created_at,
        case
          when m.person_id is null then 'not_member'
          when earlier.id is not null then 'duplicate'
          else 'stored'
        end as verdict
      from unnest($1::int[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[])
        as i (ord, id, conversation_id, sender_id, client_id, kind, text)
      left join lateral (
        select last_seq, rev, direct_key from conversations where id = i.conversation_id limit 1
      ) c on true
      left join lateral (
        select person_id from members
        where conversation_id = i.conversation_id and person_id = i.sender_id and left_at is null limit 1
      ) m on true
      left join lateral (
        select id, seq, rev, kind, text, created_at from messages
        where conversation_id = i.conversation_id and sender_id = i.sender_id and client_id = i.client_id limit 1
      ) earlier on true
    ), numbered as materialized (
      select *,
        row_number() over in_order as place,
        count(*) filter (where verdict = 'stored') over in_order as n,
        count(*) filter (where verdict = 'stored') over (partition by conversation_id) as total
      from judged window in_order as (partition by conversation_id order by ord)
    ), counted as (
      update conversations c
      set last_seq = c.last_seq + batch.total, rev = c.rev + batch.total,
        last_activity_at = greatest(c.last_activity_at, $8)
      from (select conversation_id, rev, total from numbered where place = 1 and total > 0) as batch
      where c.id = batch.conversation_id and c.rev = batch.rev
      returning c.id
    ), settled as materialized (
      -- coalesce keeps the planner from making a join of it: it is a look-up in a hash table
      select *, case
          when verdict = 'stored' and not coalesce(conversation_id in (select id from counted), false) then 'retry'
          else verdict
        end as outcome
      from numbered
    ), stored as (
      insert into messages (conversation_id, seq, id, sender_id, client_id, rev, kind, text, created_at)
      select conversation_id, last_seq + n, id, sender_id, client_id, rev + n, kind, text, $8
      from settled where outcome = 'stored'
    )
    select ord, outcome, direct_key,
      coalesce(earlier_id, id) as id,
      coalesce(earlier_seq, last_seq + n) as seq,
      coalesce(earlier_rev, rev + n) as rev,
      coalesce(earlier_kind, kind) as kind,
      case when outcome = 'duplicate' then earlier_text end as text,
      case when outcome = 'duplicate' then earlier_created_at end as created_at
    from settled`,
};

/** Locks the conversations of a batch, in a statement of its own before {@link storeMessages}. */
export const lockConversations: PreparedStatement = {
  name: 'lock-conversations',
  text: 'select id from conversations where id = any ($1::uuid[]) order by id for no key update',
};

/** A range of a conversation's messages, by `seq`. */
export type HistoryRange =
  | { readonly before: number }
  | { readonly after: number }
  | { readonly around: number }
  | { readonly latest: true };

/**
 * Messages of a conversation in ascending order, at most `limit` (for `around`: half before it, the rest from it on).
 */
export async function selectHistory(
  reader: Reader,
  conversationId: string,
  range: HistoryRange,
  limit: number,
): Promise<MessageRow[]> {
  const below = (seq: number, count: number) =>
    reader.sql
      .selectFrom('messages')
      .selectAll()
      .where('conversation_id', '=', conversationId)
      .where('seq', '<', seq)
      .orderBy('seq', 'desc')
      .limit(count)
      .execute();
  const from = (seq: number, count: number) =>
    reader.sql
      .selectFrom('messages')
      .selectAll()
      .where('conversation_id', '=', conversationId)
      .where('seq', '>=', seq)
      .orderBy('seq')
      .limit(count)
      .execute();
  if ('after' in range) return from(range.after + 1, limit);
  if ('before' in range) return (await below(range.before, limit)).reverse();
  if ('latest' in range) return (await below(Number.MAX_SAFE_INTEGER, limit)).reverse();
  const half = Math.floor(limit / 2);
  return [...(await below(range.around, half)).reverse(), ...(await from(range.around, limit - half))];
}

export function findMessage(reader: Reader, conversationId: string, id: string): Promise<MessageRow | undefined> {
  return reader.sql
    .selectFrom('messages')
    .selectAll()
    .where('id', '=', id)
    .where('conversation_id', '=', conversationId)
    .executeTakeFirst();
}
