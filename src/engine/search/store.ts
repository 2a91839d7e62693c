import {
  joinMarks,
  type MessageKind,
  type MessageRow,
  messageColumns,
  type SearchableMessage,
  searchableContentSql,
  searchBlockSize,
} from '../messages/index.ts';
import { type PreparedStatement, plainArray, type Reader, type UnitOfWork } from '../ports/database.ts';
import { signatureWay } from './signature.ts';

/** A conversation that a person may search. */
export interface ScopeRow {
  readonly conversation_id: string;
  /** Up to here: its last message, or the last one that may have been sent at the time that was asked for. */
  readonly upto: number;
  /** Messages up to this `seq` are not for this person. */
  readonly floor: number;
  readonly last_activity_at: Date;
}

/**
 * The last `seq` of conversation `c` that may have been sent up to a time: halving the range again and again, for there
 * is no index by time.
 */
const lastSeqAt = (time: string): string => `(
  with recursive seek (low, high) as (
    select case when ${time} is null or c.last_activity_at <= ${time} then c.last_seq else 0 end, c.last_seq
    union all
    select case when found.at > ${time} then seek.low else half.seq end,
      case when found.at > ${time} then half.seq - 1 else seek.high end
    from seek
    cross join lateral (select (seek.low + seek.high + 1) / 2 as seq) half
    left join lateral (
      select created_at as at from messages where conversation_id = c.id and seq <= half.seq order by seq desc limit 1
    ) found on true
    where seek.low < seek.high
  )
  select min(high) from seek)`;

/** Messages up to here are not for this member: sent before they came, deleted by them with the conversation, or removed. */
const floor = `greatest(me.history_from, c.history_from, coalesce(me.hidden_seq, 0))`;

const conversationOfMember = `
    cross join lateral (
      select id, last_seq, last_activity_at, history_from from conversations where id = me.conversation_id limit 1
    ) c`;

const scopeColumns = (time: string): string =>
  `c.id as conversation_id, ${lastSeqAt(time)} as upto, ${floor} as floor, c.last_activity_at`;

export const searchScope: PreparedStatement = {
  name: 'search-scope',
  text: `
    select ${scopeColumns('$3::timestamptz')}
    from members me${conversationOfMember}
    where me.conversation_id = $2 and me.person_id = $1 and me.left_at is null`,
};

export const searchScopes: PreparedStatement = {
  name: 'search-scopes',
  text: `
    select ${scopeColumns('$2::timestamptz')}
    from members me${conversationOfMember}
    where me.person_id = $1 and me.left_at is null and c.last_seq > ${floor}
      and ($3::timestamptz is null or c.last_activity_at >= $3)`,
};

/**
 * Where a person may search: one conversation, or all.
 *
 * @param before messages that were sent later may be left out
 * @param since conversations in which nothing was sent since may be left out
 */
export function selectScopes(
  reader: Reader,
  personId: string,
  conversationId: string | null,
  before: Date | null,
  since: Date | null,
): Promise<ScopeRow[]> {
  return conversationId === null
    ? reader.prepared<ScopeRow>(searchScopes, [personId, before, since])
    : reader.prepared<ScopeRow>(searchScope, [personId, conversationId, before]);
}

/** What is left to search of a conversation: from `upto` down to above `floor`. */
export interface Range {
  readonly conversationId: string;
  readonly upto: number;
  readonly floor: number;
}

/** Of a range's newest blocks, those that may hold what is searched, or of which that is not known. */
export interface CandidatesRow {
  /** Place of the range in the question, from 1. */
  readonly ord: number;
  /** Block, its edits, and how far its signature reaches; -1 where there is none of today's way. */
  readonly blocks: readonly (readonly [block: number, edits: number, upto: number])[];
  /** When the last message below the tested blocks was sent; null where there is none. */
  readonly rest_at: Date | null;
}

/**
 * How far the signature in a row of `search_blocks` reaches: one that was made in another way, nowhere. Before there was a
 * byte for the way, all had an even length.
 */
const reach = (row: string): string => `
  case when octet_length(${row}.signature) % 2 = 1
    and get_byte(${row}.signature, octet_length(${row}.signature) - 1) = ${signatureWay} then ${row}.upto else -1 end`;

/** The lowest of the blocks that are tested. */
const lowestBlock = `greatest(range.upto / ${searchBlockSize} - $5::int + 1, range.floor / ${searchBlockSize})`;

/**
 * Stops at the first $6 candidates: the blocks come in the order of the series, as a nested loop (the only join that it
 * allows) keeps it. The rows of a conversation's blocks lie in its part of the primary key.
 */
export const candidateBlocks: PreparedStatement = {
  name: 'candidate-blocks',
  text: `
    select range.ord::int, found.blocks, rest.created_at as rest_at
    from unnest($1::uuid[], $2::bigint[], $3::bigint[]) with ordinality as range (conversation_id, upto, floor, ord)
    cross join lateral (
      select coalesce(jsonb_agg(jsonb_build_array(block, edits, upto)), '[]') as blocks
      from (
        select n.block, coalesce(known.edits, 0) as edits, coalesce(known.upto, -1) as upto
        from generate_series(range.upto / ${searchBlockSize}, ${lowestBlock}, -1) as n (block)
        left join lateral (
          select ${reach('search_blocks')} as upto, edits, signature from search_blocks
          where conversation_id = range.conversation_id and block = n.block::int limit 1
        ) known on true
        where case
          when coalesce(known.upto, -1) < least(range.upto, n.block * ${searchBlockSize} + ${searchBlockSize - 1}) then true
          else not exists (
            select from unnest($4::int[]) as bits (bit)
            where get_bit(known.signature, (bit & (octet_length(known.signature) * 8 - 9))::bigint) = 0
          )
        end
        limit $6
      ) candidates
    ) found
    left join lateral (
      select created_at from messages
      where conversation_id = range.conversation_id and seq < ${lowestBlock} * ${searchBlockSize} and seq > range.floor
      order by seq desc limit 1
    ) rest on true`,
};

export function selectCandidates(
  reader: Reader,
  ranges: readonly Range[],
  bits: readonly number[],
  limits: { tests: number; blocks: number },
): Promise<CandidatesRow[]> {
  return reader.prepared<CandidatesRow>(candidateBlocks, [
    plainArray(ranges.map((range) => range.conversationId)),
    plainArray(ranges.map((range) => range.upto)),
    plainArray(ranges.map((range) => range.floor)),
    plainArray(bits),
    limits.tests,
    limits.blocks,
  ]);
}

/** A message that was read. What the person may not see only goes into the signature. */
export interface ReadRow extends SearchableMessage {
  readonly ord: number;
  readonly conversation_id: string;
  readonly seq: number;
  readonly sender_id: string;
  readonly kind: MessageKind;
  readonly created_at: Date;
  readonly shown: boolean;
  /** Bytes of what is searched, from the top of the block to this message, and of the whole block. */
  readonly size: number;
  readonly total: number;
}

/** The membership of the person $1 in a conversation now: without it, nothing is read. */
const membership = (conversation: string): string => `(
      select ${floor} as floor, me.marks
      from members me ${conversationOfMember}
      where me.conversation_id = ${conversation} and me.person_id = $1 and me.left_at is null limit 1
    ) me`;

/** Whether the person may see message `m` at the time $2. */
const shown = `(
      m.seq > me.floor and m.deleted_at is null and (m.expires_at is null or m.expires_at > $2)
      and (me.marks = 0 or not exists (
        select from message_marks
        where person_id = $1 and conversation_id = m.conversation_id and seq = m.seq and hidden
      ))
    )`;

const readColumns = 'm.conversation_id, m.seq, m.sender_id, m.kind, m.created_at';

export const blockMessages: PreparedStatement = {
  name: 'block-messages',
  text: `
    select range.ord::int, ${readColumns}, m.text, m.content, ${shown} as shown, m.size, m.total
    from unnest($3::uuid[], $4::bigint[], $5::bigint[]) with ordinality as range (conversation_id, bottom, top, ord)
    cross join lateral ${membership('range.conversation_id')}
    cross join lateral (
      select * from (
        select *, sum(bytes) over (order by seq desc) as size, sum(bytes) over () as total
        from (
          select *, octet_length(text) + coalesce(octet_length(content::text), 0) as bytes
          from (
            select conversation_id, seq, sender_id, kind, created_at, deleted_at, expires_at, text,
              ${searchableContentSql('messages')} as content
            from messages where conversation_id = range.conversation_id and seq between range.bottom and range.top
            order by seq desc
          ) searched
        ) measured
      ) sized
      where size - bytes < $6::int
    ) m
    order by range.ord, m.seq desc`,
};

/** For whose eyes, and when. */
export interface Viewer {
  readonly personId: string;
  readonly now: Date;
}

/** Messages of blocks, the newest of each first; of a block with more than `maxBytes` to search, only the newest. */
export function selectBlocks(
  reader: Reader,
  { personId, now }: Viewer,
  blocks: readonly { conversationId: string; bottom: number; top: number }[],
  maxBytes: number,
): Promise<ReadRow[]> {
  if (blocks.length === 0) return Promise.resolve([]);
  return reader.prepared<ReadRow>(blockMessages, [
    personId,
    now,
    plainArray(blocks.map((block) => block.conversationId)),
    plainArray(blocks.map((block) => block.bottom)),
    plainArray(blocks.map((block) => block.top)),
    maxBytes,
  ]);
}

export const messagesOfKind: PreparedStatement = {
  name: 'messages-of-kind',
  text: `
    select range.ord::int, ${readColumns}, '' as text, null as content, ${shown} as shown, 0 as size, 0 as total
    from unnest($3::uuid[], $4::bigint[], $5::bigint[]) with ordinality as range (conversation_id, upto, floor, ord)
    cross join lateral ${membership('range.conversation_id')}
    cross join lateral (
      select * from messages
      where conversation_id = range.conversation_id and kind = $6 and kind <> 'text'
        and seq <= range.upto and seq > range.floor
      order by seq desc limit $7
    ) m
    order by range.ord, m.seq desc`,
};

/** The newest messages of a kind other than text in each range, without what they say. */
export function selectOfKind(
  reader: Reader,
  { personId, now }: Viewer,
  ranges: readonly Range[],
  kind: string,
  limit: number,
): Promise<ReadRow[]> {
  return reader.prepared<ReadRow>(messagesOfKind, [
    personId,
    now,
    plainArray(ranges.map((range) => range.conversationId)),
    plainArray(ranges.map((range) => range.upto)),
    plainArray(ranges.map((range) => range.floor)),
    kind,
    limit,
  ]);
}

export const foundMessages: PreparedStatement = {
  name: 'found-messages',
  text: `
    select ${messageColumns('m')}
    from unnest($3::uuid[], $4::bigint[]) with ordinality as found (conversation_id, seq, ord)
    cross join lateral ${membership('found.conversation_id')}
    cross join lateral (
      select * from messages where conversation_id = found.conversation_id and seq = found.seq limit 1
    ) m ${joinMarks('m', '$1')}
    where ${shown}
    order by found.ord`,
};

/** Messages with all that is shown of them, in the given order, but for those that may no longer be seen. */
export function selectFound(
  reader: Reader,
  { personId, now }: Viewer,
  rows: readonly ReadRow[],
): Promise<MessageRow[]> {
  if (rows.length === 0) return Promise.resolve([]);
  return reader.prepared<MessageRow>(foundMessages, [
    personId,
    now,
    plainArray(rows.map((row) => row.conversation_id)),
    plainArray(rows.map((row) => row.seq)),
  ]);
}

/** What a block's signature is and how far it reaches. */
export interface SealedBlock {
  readonly conversationId: string;
  readonly block: number;
  readonly upto: number;
  /** As they were before the texts were read. */
  readonly edits: number;
  readonly signature: Buffer;
}

const rememberBlocks: PreparedStatement = {
  name: 'remember-search-blocks',
  text: `
    insert into search_blocks as known (conversation_id, block, upto, edits, signature)
    select * from unnest($1::uuid[], $2::int[], $3::bigint[], $4::int[], $5::bytea[]) order by 1, 2
    on conflict (conversation_id, block) do update set upto = excluded.upto, signature = excluded.signature
    where ${reach('known')} < excluded.upto and known.edits = excluded.edits`,
};

/** Stores signatures, but for those whose texts have changed meanwhile, and those that another search has made. */
export async function saveSignatures(unit: UnitOfWork, blocks: readonly SealedBlock[]): Promise<void> {
  await unit.prepared(rememberBlocks, [
    plainArray(blocks.map(({ conversationId }) => conversationId)),
    plainArray(blocks.map(({ block }) => block)),
    plainArray(blocks.map(({ upto }) => upto)),
    plainArray(blocks.map(({ edits }) => edits)),
    blocks.map(({ signature }) => signature),
  ]);
}
