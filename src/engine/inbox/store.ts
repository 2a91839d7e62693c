import type { MessageRow } from '../messages/index.ts';
import type { PersonRow } from '../people/index.ts';
import type { PreparedStatement, Reader } from '../ports/database.ts';

/**
 * Reads over the tables of conversations, messages and people. The inbox owns no table.
 *
 * `unread` is the one definition of an unread message. Whatever shows a count of them uses it.
 */
const unread = (conversation: string, readSeq: string, person: string): string => `(
  select count(*) from messages u
  where u.conversation_id = ${conversation} and u.seq > ${readSeq} and u.sender_id <> ${person})`;

const version = (conversation: string): string => `(
  ${conversation}.rev + (
    select sum(m.read_seq + m.delivered_seq + p.version)
    from members m join people p on p.id = m.person_id where m.conversation_id = ${conversation}.id
  ))::bigint`;

/** Where a conversation stands, to compare with where a client stands. */
export interface StandingRow {
  readonly id: string;
  readonly last_activity_at: Date;
  readonly last_seq: number;
  readonly rev: number;
  readonly version: number;
}

const standings: PreparedStatement = {
  name: 'standings',
  text: `
    select c.id, c.last_activity_at, c.last_seq, c.rev, ${version('c')} as version
    from members me join conversations c on c.id = me.conversation_id
    where me.person_id = $1 and me.left_at is null`,
};

/** All conversations of a person, unordered. */
export function standingsOf(reader: Reader, personId: string): Promise<StandingRow[]> {
  return reader.prepared<StandingRow>(standings, [personId]);
}

/** A conversation with all that its view needs. JSON columns hold rows as PostgreSQL prints them: times are strings. */
export interface ConversationRow extends StandingRow {
  readonly kind: 'direct';
  readonly created_at: Date;
  readonly unread: number;
  readonly last_message: Json<MessageRow> | null;
  readonly members: readonly { read: number; delivered: number; person: ShownOfPerson }[];
}

type ShownOfPerson = Pick<PersonRow, 'id' | 'name' | 'username' | 'about' | 'version'> & { deleted_at: string | null };

type Json<Row> = { readonly [K in keyof Row]: Row[K] extends Date ? string : Row[K] };

const conversationColumns = `
  c.id, c.kind, c.created_at, c.last_activity_at, c.last_seq, c.rev, ${version('c')} as version,
  ${unread('c.id', 'me.read_seq', 'me.person_id')} as unread,
  (select to_jsonb(l) from messages l where l.conversation_id = c.id order by l.seq desc limit 1) as last_message,
  (select jsonb_agg(jsonb_build_object('read', m.read_seq, 'delivered', m.delivered_seq, 'person', jsonb_build_object(
       'id', p.id, 'name', p.name, 'username', p.username, 'about', p.about, 'version', p.version, 'deleted_at', p.deleted_at))
     order by m.joined_at, m.person_id)
   from members m join people p on p.id = m.person_id where m.conversation_id = c.id) as members`;

const conversationsById: PreparedStatement = {
  name: 'conversations-by-id',
  text: `
    select ${conversationColumns}
    from members me join conversations c on c.id = me.conversation_id
    where me.person_id = $1 and me.conversation_id = any ($2::uuid[]) and me.left_at is null
    order by c.last_activity_at desc, c.id desc`,
};

/** Those of the given conversations in which the person is. */
export function conversationsOf(reader: Reader, personId: string, ids: readonly string[]): Promise<ConversationRow[]> {
  return reader.prepared<ConversationRow>(conversationsById, [personId, ids]);
}

/** Where a page of the list begins. */
export interface ListPosition {
  /** The last activity in the list when its first page was read. Later pages show the order of that moment. */
  readonly asOf: Date;
  /** Sort key of the last row of the page before. */
  readonly at: Date;
  readonly id: string;
}

/** `listed_at` is the last activity up to `asOf`: where a conversation stood when the first page was read. */
const conversationPage: PreparedStatement = {
  name: 'conversation-page',
  text: `
    with page as materialized (
      select c.id as conversation_id, me.person_id, me.read_seq, listed.at
      from members me join conversations c on c.id = me.conversation_id
      cross join lateral (
        select date_trunc('milliseconds', case
          when $4::timestamptz is null or c.last_activity_at <= $4 then c.last_activity_at
          else coalesce((
            select m.created_at from messages m
            where m.conversation_id = c.id and m.created_at <= $4 order by m.seq desc limit 1), c.created_at)
        end) as at
      ) listed
      where me.person_id = $1 and me.left_at is null and ($4::timestamptz is null or c.created_at <= $4)
        and ($2::timestamptz is null or (listed.at, c.id) < ($2, $3::uuid))
      order by listed.at desc, c.id desc limit $5
    )
    select ${conversationColumns}, me.at as listed_at
    from page me join conversations c on c.id = me.conversation_id
    order by me.at desc, c.id desc`,
};

/**
 * A person's conversations, the last active first. A conversation that becomes active between two pages keeps its place
 * in them, so that none is missed and none comes twice.
 */
export function selectConversations(
  reader: Reader,
  personId: string,
  before: ListPosition | null,
  limit: number,
): Promise<(ConversationRow & { readonly listed_at: Date })[]> {
  const position = [before?.at ?? null, before?.id ?? null, before?.asOf ?? null];
  return reader.prepared(conversationPage, [personId, ...position, limit]);
}

const unreadTotal: PreparedStatement = {
  name: 'unread-total',
  text: `
    select coalesce(sum(n), 0)::bigint as messages, count(*) filter (where n > 0) as conversations
    from (
      select ${unread('me.conversation_id', 'me.read_seq', 'me.person_id')} as n
      from members me join conversations c on c.id = me.conversation_id and c.last_seq > me.read_seq
      where me.person_id = $1 and me.left_at is null
    ) as counted`,
};

/** Unread messages of a person over all conversations, and how many conversations have any. */
export async function countUnread(
  reader: Reader,
  personId: string,
): Promise<{ messages: number; conversations: number }> {
  const [row] = await reader.prepared<{ messages: number; conversations: number }>(unreadTotal, [personId]);
  return row ?? { messages: 0, conversations: 0 };
}

const messagesSince: PreparedStatement = {
  name: 'messages-since',
  text: `
    select m.* from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as wanted (conversation_id, after, upto)
    cross join lateral (
      select * from (
        select *, sum(octet_length(text)) over (order by seq desc) as size from messages
        where conversation_id = wanted.conversation_id and seq > wanted.after and seq <= wanted.upto
      ) sized
      where size <= $4
    ) m
    order by m.conversation_id, m.seq`,
};

/**
 * The messages of several conversations, each in a range of `seq`: after (exclusive) and up to (inclusive). Of a range
 * whose texts have more than `maxBytes`, only the last messages.
 */
export function messagesInRanges(
  reader: Reader,
  ranges: readonly { conversationId: string; after: number; upTo: number }[],
  maxBytes: number,
): Promise<MessageRow[]> {
  if (ranges.length === 0) return Promise.resolve([]);
  return reader.prepared<MessageRow>(messagesSince, [
    ranges.map((range) => range.conversationId),
    ranges.map((range) => range.after),
    ranges.map((range) => range.upTo),
    maxBytes,
  ]);
}
