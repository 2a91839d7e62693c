import {
  archived,
  type ConversationRow as ConversationFactsRow,
  type MemberRow,
  maxMembersShown,
} from '../conversations/index.ts';
import { joinMarks, type MessageRow, messageColumns } from '../messages/index.ts';
import { type VisiblePerson, visiblePerson } from '../people/index.ts';
import type { PreparedStatement, Reader } from '../ports/database.ts';

/**
 * Reads over the tables of conversations, messages and people. The inbox owns no table; what it changes is written by the
 * stores that own them.
 *
 * `unread` is the one definition of an unread message. Whatever shows a count of them uses it. `$1` is the person and `$2` the
 * time.
 */
const unread = (conversation: string, member: string): string => `(
  select count(*) from messages u
  where u.conversation_id = ${conversation} and u.seq > greatest(${member}.read_seq, ${member}.history_from)
    and u.sender_id <> $1 and u.kind <> 'system' and u.deleted_at is null
    and (u.expires_at is null or u.expires_at > $2)
    and u.sender_id <> all (array(select blocked_id from blocks where person_id = $1))
    and (${member}.marks = 0 or not exists (
      select from message_marks k
      where k.person_id = $1 and k.conversation_id = u.conversation_id and k.seq = u.seq and k.hidden)))`;

/** See `version` of the view. */
const version = `(
  c.rev + me.version + case when c.member_count > ${maxMembersShown} then me.read_seq + me.delivered_seq else (
    select sum(case when m.person_id = me.person_id then m.read_seq else m.shown_read_seq end + m.delivered_seq + p.version)
    from members m join people p on p.id = m.person_id where m.conversation_id = c.id and m.left_at is null
  ) end)::bigint`;

/** Deleted by the member, and nothing was said since. */
export const isHidden = `(me.hidden_seq is not null and c.last_seq <= me.hidden_seq)`;

/** Where a conversation stands, to compare with where a client stands. */
export interface StandingRow {
  readonly id: string;
  readonly kind: ConversationFactsRow['kind'];
  readonly last_activity_at: Date;
  readonly last_seq: number;
  readonly rev: number;
  /** The member's own version. */
  readonly mine: number;
  readonly version: number;
}

const standings: PreparedStatement = {
  name: 'standings',
  text: `
    select c.id, c.kind, c.last_activity_at, c.last_seq, c.rev, me.version as mine, ${version} as version
    from members me join conversations c on c.id = me.conversation_id
    where me.person_id = $1 and me.left_at is null and not ${isHidden}`,
};

/** All conversations of a person, unordered. */
export function standingsOf(reader: Reader, personId: string): Promise<StandingRow[]> {
  return reader.prepared<StandingRow>(standings, [personId]);
}

const groups: PreparedStatement = {
  name: 'groups-of',
  text: `
    select c.id, greatest(me.history_from, c.history_from) as history_from
    from members me join conversations c on c.id = me.conversation_id and c.kind = 'group'
    where me.person_id = $1 and me.left_at is null`,
};

/** The groups in which a person is, and from where on they see each. */
export async function groupsOf(reader: Reader, personId: string): Promise<{ id: string; historyFrom: number }[]> {
  const rows = await reader.prepared<{ id: string; history_from: number }>(groups, [personId]);
  return rows.map(({ id, history_from }) => ({ id, historyFrom: history_from }));
}

/** A conversation with all that its view needs. JSON columns hold rows as PostgreSQL prints them: times are strings. */
export type ConversationRow = ConversationFactsRow &
  StandingRow &
  Pick<
    MemberRow,
    | 'role'
    | 'joined_at'
    | 'read_seq'
    | 'delivered_seq'
    | 'muted_until'
    | 'pinned_at'
    | 'marked_unread'
    | 'custom_name'
    | 'preferences'
  > & {
    /** Of the member and of the conversation, whichever is later. */
    readonly own_history_from: number;
    readonly archived: boolean;
    readonly unread: number;
    readonly last_message: Json<MessageRow> | null;
    readonly members:
      | readonly {
          read: number;
          delivered: number;
          role: MemberRow['role'];
          joined_at: string;
          person: VisiblePerson;
        }[]
      | null;
  };

type Json<Row> = { readonly [K in keyof Row]: Row[K] extends Date ? string : Row[K] };

export const historyFrom = 'greatest(me.history_from, c.history_from)';

/** The last message that the person has not hidden. */
const lastMessage = `(
  select to_jsonb(l) from (
    select ${messageColumns('l')} from messages l ${joinMarks('l', '$1')}
    where l.conversation_id = c.id and l.seq > ${historyFrom} and mark.hidden is not true
    order by l.seq desc limit 1
  ) l)`;

/** `$1` is the person, `$2` the time. */
export const conversationColumns = (last: string): string => `
  c.id, c.kind, c.created_at, c.created_by, c.last_activity_at, c.last_seq, c.rev, c.title, c.description, c.photo_url,
  c.who_can_send, c.who_can_edit, c.who_can_add, c.join_approval, c.history_for_newcomers, c.disappearing_seconds,
  c.member_count, me.role, me.joined_at, me.read_seq, me.delivered_seq, me.muted_until, me.pinned_at, me.marked_unread,
  me.custom_name, me.preferences, me.version as mine, c.history_from,
  ${historyFrom} as own_history_from, ${version} as version, ${archived} as archived,
  ${unread('c.id', 'me')} as unread,
  ${last} as last_message,
  case when c.member_count <= ${maxMembersShown} then (
    select jsonb_agg(jsonb_build_object(
       'read', case when m.person_id = me.person_id then m.read_seq else m.shown_read_seq end,
       'delivered', m.delivered_seq, 'role', m.role, 'joined_at', m.joined_at, 'person', ${visiblePerson('me.person_id', 'p')})
     order by m.joined_at, m.person_id)
    from members m join people p on p.id = m.person_id where m.conversation_id = c.id and m.left_at is null
  ) end as members`;

const conversationsById: PreparedStatement = {
  name: 'conversations-by-id',
  text: `
    select ${conversationColumns(lastMessage)}
    from members me join conversations c on c.id = me.conversation_id
    where me.person_id = $1 and me.conversation_id = any ($3::uuid[]) and me.left_at is null
    order by c.last_activity_at desc, c.id desc`,
};

/** Those of the given conversations in which the person is. */
export function conversationsOf(
  reader: Reader,
  personId: string,
  now: Date,
  ids: readonly string[],
): Promise<ConversationRow[]> {
  return reader.prepared<ConversationRow>(conversationsById, [personId, now, ids]);
}

/** Where a page of the list begins. */
export interface ListPosition {
  /** The last activity in the list when its first page was read. Later pages show the order of that moment. */
  readonly asOf: Date;
  /** Sort key of the last row of the page before. */
  readonly at: Date;
  readonly id: string;
}

/** Which conversations of a list are shown; null: all. */
export interface ListFilter {
  /** Those in the archive, or the others. */
  readonly archived: boolean | null;
  readonly kind: ConversationFactsRow['kind'] | null;
  /** What their names contain, made by `searchWords`, and those that are shown whatever they are called. */
  readonly found: { readonly key: string; readonly ids: readonly string[] } | null;
}

/** Its title, its other person or (`$10`) what the member calls it contains `$9`. */
const isCalled = `(
  strpos(c.search, $9) > 0 or c.id = any ($10::uuid[]) or exists (
    select from people p
    where p.id = (case me.person_id::text when split_part(c.direct_key, ':', 1) then split_part(c.direct_key, ':', 2)
      else split_part(c.direct_key, ':', 1) end)::uuid and strpos(p.search, $9) > 0))`;

/** `listed_at` is the last activity up to `asOf`: where a conversation stood when the first page was read. */
const conversationPage: PreparedStatement = {
  name: 'conversation-page',
  text: `
    with page as materialized (
      select me.*, listed.at
      from members me join conversations c on c.id = me.conversation_id
      cross join lateral (
        select date_trunc('milliseconds', case
          when $5::timestamptz is null or c.last_activity_at <= $5 then c.last_activity_at
          else coalesce((
            select m.created_at from messages m
            where m.conversation_id = c.id and m.created_at <= $5 order by m.seq desc limit 1), c.created_at)
        end) as at
      ) listed
      where me.person_id = $1 and me.left_at is null and ($5::timestamptz is null or c.created_at <= $5)
        and not ${isHidden} and ($3::timestamptz is null or (listed.at, c.id) < ($3, $4::uuid))
        and ($7::boolean is null or ${archived} = $7)
        and ($8::text is null or c.kind = $8) and ($9::text is null or ${isCalled})
      order by listed.at desc, c.id desc limit $6
    )
    select ${conversationColumns(lastMessage)}, me.at as listed_at
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
  now: Date,
  filter: ListFilter,
  before: ListPosition | null,
  limit: number,
): Promise<(ConversationRow & { readonly listed_at: Date })[]> {
  const position = [before?.at ?? null, before?.id ?? null, before?.asOf ?? null];
  const { archived: inArchive, kind, found } = filter;
  const matching = [inArchive, kind, found?.key ?? null, found?.ids ?? null];
  return reader.prepared(conversationPage, [personId, now, ...position, limit, ...matching]);
}

const customNames: PreparedStatement = {
  name: 'custom-names',
  text: `
    select conversation_id as id, custom_name as name from members
    where person_id = $1 and left_at is null and custom_name is not null`,
};

/** What a person calls their conversations. */
export function customNamesOf(reader: Reader, personId: string): Promise<{ id: string; name: string }[]> {
  return reader.prepared(customNames, [personId]);
}

const unreadTotal: PreparedStatement = {
  name: 'unread-total',
  text: `
    select
      coalesce(sum(n) filter (where not muted), 0)::bigint as messages,
      count(*) filter (where not muted and (n > 0 or marked)) as conversations,
      coalesce(sum(n) filter (where muted), 0)::bigint as muted_messages,
      count(*) filter (where muted and (n > 0 or marked)) as muted_conversations
    from (
      select ${unread('me.conversation_id', 'me')} as n, me.marked_unread as marked,
        coalesce(me.muted_until > $2, false) as muted
      from members me
      join conversations c on c.id = me.conversation_id
        and (c.last_seq > greatest(me.read_seq, me.history_from) or me.marked_unread)
      where me.person_id = $1 and me.left_at is null and not ${isHidden} and not ${archived}
    ) as counted`,
};

/** What is unread over all conversations of a person that are not archived. */
export interface UnreadTotal {
  /** Messages in conversations that are not muted. */
  readonly messages: number;
  /** Conversations that are not muted and have any, or are marked as unread. */
  readonly conversations: number;
  /** The same of muted conversations. */
  readonly mutedMessages: number;
  readonly mutedConversations: number;
}

export async function countUnread(reader: Reader, personId: string, now: Date): Promise<UnreadTotal> {
  const [row] = await reader.prepared<Record<string, number>>(unreadTotal, [personId, now]);
  return {
    messages: row?.messages ?? 0,
    conversations: row?.conversations ?? 0,
    mutedMessages: row?.muted_messages ?? 0,
    mutedConversations: row?.muted_conversations ?? 0,
  };
}

/** `offset 0` keeps the sender out of the choice of an index: all that they ever said may be much, what is unread is not. */
const unreadFrom: PreparedStatement = {
  name: 'unread-from',
  text: `
    select me.conversation_id as id
    from members me
    join conversations c on c.id = me.conversation_id and c.last_seq > greatest(me.read_seq, me.history_from)
    cross join lateral (
      select from (
        select sender_id, kind, deleted_at from messages
        where conversation_id = me.conversation_id and seq > greatest(me.read_seq, me.history_from) offset 0
      ) u
      where u.sender_id = $2 and u.kind <> 'system' and u.deleted_at is null limit 1
    ) found
    where me.person_id = $1 and me.left_at is null and not ${isHidden}
    order by me.conversation_id`,
};

/** Conversations in which a person has not read messages of another, whether or not these count; by id. */
export async function unreadConversationsFrom(reader: Reader, personId: string, senderId: string): Promise<string[]> {
  return (await reader.prepared<{ id: string }>(unreadFrom, [personId, senderId])).map(({ id }) => id);
}

const messagesSince: PreparedStatement = {
  name: 'messages-since',
  text: `
    select ${messageColumns('m')}
    from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as wanted (conversation_id, after, upto)
    cross join lateral (
      select * from (
        select *, sum(octet_length(text) + coalesce(octet_length(content::text), 0)) over (order by seq desc) as size
        from messages
        where conversation_id = wanted.conversation_id and seq > wanted.after and seq <= wanted.upto
      ) sized
      where size <= $4
    ) m ${joinMarks('m', '$5')}
    order by m.conversation_id, m.seq`,
};

/**
 * The messages of several conversations, each in a range of `seq`: after (exclusive) and up to (inclusive). Of a range
 * whose texts have more than `maxBytes`, only the last messages.
 */
export function messagesInRanges(
  reader: Reader,
  personId: string,
  ranges: readonly { conversationId: string; after: number; upTo: number }[],
  maxBytes: number,
): Promise<MessageRow[]> {
  if (ranges.length === 0) return Promise.resolve([]);
  return reader.prepared<MessageRow>(messagesSince, [
    ranges.map((range) => range.conversationId),
    ranges.map((range) => range.after),
    ranges.map((range) => range.upTo),
    maxBytes,
    personId,
  ]);
}

/** `seq + 0` keeps the keys out of the choice of an index: what has changed since is short only by `rev` and `version`. */
const messagesChanged: PreparedStatement = {
  name: 'messages-changed',
  text: `
    select ${messageColumns('m')}
    from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
      as known (conversation_id, seq, rev, mine, history_from)
    cross join lateral (
      select * from (
        select found.*, count(*) over () as touched,
          sum(octet_length(text) + coalesce(octet_length(content::text), 0)) over (order by found.seq) as size
        from (
          (select seq from messages
           where conversation_id = known.conversation_id and changed and rev > known.rev
             and seq + 0 <= known.seq and seq + 0 > known.history_from
           order by rev limit $7)
          union
          (select seq from message_marks
           where person_id = $6 and conversation_id = known.conversation_id and version > known.mine
             and seq + 0 <= known.seq and seq + 0 > known.history_from
           order by version limit $7)
        ) touched
        cross join lateral (
          select * from messages where conversation_id = known.conversation_id and seq = touched.seq limit 1
        ) found
      ) sized
      where size <= $8
    ) m ${joinMarks('m', '$6')}
    order by m.conversation_id, m.seq`,
};

/** What a client has of a conversation: messages up to `seq`, as they were at `rev` and at its own version `mine`. */
export interface KnownMessages {
  readonly conversationId: string;
  readonly seq: number;
  readonly rev: number;
  readonly mine: number;
  readonly historyFrom: number;
}

/** `touched` is how many messages of its conversation have changed, as far as they were looked for. */
export type ChangedRow = MessageRow & { readonly touched: number };

/**
 * Messages that a client has and that have changed since, for everybody or by the person's own marks. Of each
 * conversation at most about `limit`, and no more than have `maxBytes` of text: where there are that many, or fewer than
 * `touched`, there may be more.
 */
export function changedMessages(
  reader: Reader,
  personId: string,
  known: readonly KnownMessages[],
  limit: number,
  maxBytes: number,
): Promise<ChangedRow[]> {
  if (known.length === 0) return Promise.resolve([]);
  return reader.prepared<ChangedRow>(messagesChanged, [
    known.map((one) => one.conversationId),
    known.map((one) => one.seq),
    known.map((one) => one.rev),
    known.map((one) => one.mine),
    known.map((one) => one.historyFrom),
    personId,
    limit,
    maxBytes,
  ]);
}

/** Where a page of starred messages begins: the last of the page before. */
export interface StarredPosition {
  readonly starredAt: Date;
  readonly conversationId: string;
  readonly seq: number;
}

/**
 * `$2` is the only conversation, or null for all. A star stays on what is not shown any more, and is passed over. With
 * `offset 0` stars are looked up in their order, and no more of them than the page takes.
 */
const starredMessages: PreparedStatement = {
  name: 'starred-messages',
  text: `
    select ${messageColumns('m')}, star.starred_at
    from (
      select conversation_id, seq, starred_at from message_marks
      where person_id = $1 and starred_at is not null and not hidden
        and ($2::uuid is null or conversation_id = $2)
        and ($3::timestamptz is null or (starred_at, conversation_id, seq) < ($3, $4::uuid, $5::bigint))
      order by starred_at desc, conversation_id desc, seq desc offset 0
    ) star
    cross join lateral (
      select ${historyFrom} as history_from
      from members me join conversations c on c.id = me.conversation_id
      where me.conversation_id = star.conversation_id and me.person_id = $1 and me.left_at is null limit 1
    ) mine
    cross join lateral (
      select * from messages where conversation_id = star.conversation_id and seq = star.seq limit 1
    ) m ${joinMarks('m', '$1')}
    where star.seq > mine.history_from and m.deleted_at is null and (m.expires_at is null or m.expires_at > $7)
    order by star.starred_at desc, star.conversation_id desc, star.seq desc limit $6`,
};

/** Messages that a person has starred and may see now, the last starred first. */
export function selectStarred(
  reader: Reader,
  personId: string,
  now: Date,
  conversationId: string | null,
  before: StarredPosition | null,
  limit: number,
): Promise<(MessageRow & { readonly starred_at: Date })[]> {
  const position = [before?.starredAt ?? null, before?.conversationId ?? null, before?.seq ?? null];
  return reader.prepared(starredMessages, [personId, conversationId, ...position, limit, now]);
}
