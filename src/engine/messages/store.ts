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
   * - `retry`: the conversation changed while the statement waited for it, so what it read may be old.
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
 * Stores a batch of messages in one statement: locks the conversations that it touches (in the order of their ids, so
 * that two nodes never wait for each other), gives out `seq` and `rev`, and inserts. A message that may not be stored
 * leaves no gap and does not disturb the others.
 *
 * All but the locked rows are read from the statement's snapshot, which may be older than the lock. `seen` is the
 * conversation in that snapshot: where its `rev` is not that of the locked row, another node has written in between,
 * and the caller tries again.
 */
export const storeMessages: PreparedStatement = {
  name: 'store-messages',
  text: `
    with input as materialized (
      select * from unnest($1::int[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[])
        as i (ord, id, conversation_id, sender_id, client_id, kind, text)
    ), locked as materialized (
      select id, last_seq, rev, direct_key from conversations
      where id = any ($8::uuid[]) order by id for no key update
    ), judged as materialized (
      select i.*, l.last_seq, l.rev, l.direct_key,
        earlier.id as earlier_id, earlier.seq as earlier_seq, earlier.rev as earlier_rev, earlier.kind as earlier_kind,
        earlier.text as earlier_text, earlier.created_at as earlier_created_at,
        case
          when seen.rev is distinct from l.rev then 'retry'
          when m.person_id is null then 'not_member'
          when earlier.id is not null then 'duplicate'
          else 'stored'
        end as outcome
      from input i
      left join locked l on l.id = i.conversation_id
      left join conversations seen on seen.id = i.conversation_id
      left join members m on m.conversation_id = i.conversation_id and m.person_id = i.sender_id and m.left_at is null
      left join messages earlier on earlier.conversation_id = i.conversation_id and earlier.sender_id = i.sender_id
        and earlier.client_id = i.client_id
    ), fresh as materialized (
      select *, row_number() over (partition by conversation_id order by ord) as n from judged where outcome = 'stored'
    ), stored as (
      insert into messages (conversation_id, seq, id, sender_id, client_id, rev, kind, text, created_at)
      select conversation_id, last_seq + n, id, sender_id, client_id, rev + n, kind, text, $9 from fresh
    ), counted as (
      update conversations c
      set last_seq = c.last_seq + taken.n, rev = c.rev + taken.n, last_activity_at = greatest(c.last_activity_at, $9)
      from (select conversation_id, max(n) as n from fresh group by conversation_id) taken
      where c.id = taken.conversation_id
    )
    select j.ord, j.outcome, j.direct_key,
      coalesce(j.earlier_id, j.id) as id,
      coalesce(j.earlier_seq, j.last_seq + f.n) as seq,
      coalesce(j.earlier_rev, j.rev + f.n) as rev,
      coalesce(j.earlier_kind, j.kind) as kind,
      case when j.outcome = 'duplicate' then j.earlier_text end as text,
      case when j.outcome = 'duplicate' then j.earlier_created_at end as created_at
    from judged j left join fresh f on f.ord = j.ord`,
};

/** Locks conversations as {@link storeMessages} does, in a statement of its own before it. */
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
