import type { Generated, Selectable } from 'kysely';
import { notifiedOf } from '../notifications/index.ts';
import { publicFace } from '../people/index.ts';
import type { PreparedStatement, Reader } from '../ports/database.ts';
import type { MessageContent, MessageKind } from './content.ts';
import type { Mention, ReplyTo } from './references.ts';

declare module '../ports/database.ts' {
  interface Tables {
    messages: MessagesTable;
    reactions: ReactionsTable;
    message_edits: MessageEditsTable;
    message_marks: MessageMarksTable;
  }
}

/** Whose message a copy was at first, and how often it was passed on since. */
export interface Forwarded {
  readonly count: number;
  readonly senderId: string;
  readonly conversationId: string;
}

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
  content: MessageContent | null;
  reply_to: ReplyTo | null;
  mentions: readonly Mention[] | null;
  forwarded: Forwarded | null;
  reaction_count: Generated<number>;
  edited_at: Date | null;
  deleted_at: Date | null;
  deleted_by: string | null;
  pinned_at: Date | null;
  pinned_by: string | null;
  expires_at: Date | null;
  changed: Generated<boolean>;
}

interface ReactionsTable {
  conversation_id: string;
  seq: number;
  person_id: string;
  emoji: string;
  reacted_at: Date;
}

interface MessageEditsTable {
  conversation_id: string;
  seq: number;
  rev: number;
  text: string;
  mentions: readonly Mention[] | null;
  replaced_at: Date;
}

interface MessageMarksTable {
  person_id: string;
  conversation_id: string;
  seq: number;
  hidden: Generated<boolean>;
  starred_at: Date | null;
  version: number;
}

/** A message with what belongs to it, as {@link messageColumns} select it. */
export type MessageRow = Selectable<MessagesTable> & {
  readonly reactions?: readonly { personId: string; emoji: string; at: string }[] | null;
  readonly hidden?: boolean | null;
  readonly starred?: boolean | null;
};

/**
 * SQL of all columns of a message as one person sees it. `message` is the alias of the table, `person` an expression for
 * the viewer; put {@link joinMarks} behind the table.
 */
export const messageColumns = (message: string): string => `
  ${message}.*, mark.hidden, mark.starred_at is not null as starred,
  case when ${message}.reaction_count > 0 then (
    select jsonb_agg(jsonb_build_object('personId', r.person_id, 'emoji', r.emoji, 'at', r.reacted_at)
      order by r.reacted_at, r.person_id)
    from reactions r where r.conversation_id = ${message}.conversation_id and r.seq = ${message}.seq
  ) end as reactions`;

/** See {@link messageColumns}. */
export const joinMarks = (message: string, person: string): string => `
  left join lateral (
    select hidden, starred_at from message_marks
    where person_id = ${person} and conversation_id = ${message}.conversation_id and seq = ${message}.seq limit 1
  ) mark on true`;

/** What became of one message of a batch. */
export interface StoreOutcome {
  readonly ord: number;
  /**
   * - `stored`: it has `seq` and `rev` now.
   * - `duplicate`: the sender has used its clientId in this conversation before; `seq` is that of the first message.
   * - `not_member`: the sender is not, or no longer, in the conversation.
   * - `not_permitted`: only admins send in this group.
   * - `unavailable`: one of the two people has blocked the other.
   * - `retry`: the conversation has changed since it was judged.
   */
  readonly outcome: 'stored' | 'duplicate' | 'not_member' | 'not_permitted' | 'unavailable' | 'retry';
  readonly seq: number;
  readonly rev: number;
  readonly expires_at: Date | null;
  readonly direct_key: string | null;
  /** Who is notified of it; null where it is nobody. */
  readonly notified: readonly string[] | null;
  /** What everybody may see of the sender. */
  readonly name: string;
  readonly username: string | null;
  readonly photo_url: string | null;
}

/**
 * Stores a batch of messages in one statement: checks membership, finds duplicates, gives out `seq` and `rev`, and
 * inserts, the notifications with them. A message that may not be stored leaves no gap and does not disturb the others.
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
      select i.*, i.more -> 'mentions' as mentions, c.last_seq, c.rev, c.direct_key, c.notifies, c.blocked,
        c.disappearing_seconds, earlier.seq as earlier_seq, sender.name, sender.username, sender.photo_url,
        case
          when m.role is null then 'not_member'
          when earlier.seq is not null then 'duplicate'
          when c.blocked then 'unavailable'
          when c.who_can_send = 'admins' and m.role = 'member' and c.direct_key is null then 'not_permitted'
          else 'stored'
        end as verdict
      from unnest($1::int[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $9::text[]::jsonb[])
        as i (ord, id, conversation_id, sender_id, client_id, kind, text, more)
      left join lateral (
        select last_seq, rev, direct_key, notifies, blocked, disappearing_seconds, who_can_send
        from conversations where id = i.conversation_id limit 1
      ) c on true
      left join lateral (
        select role from members
        where conversation_id = i.conversation_id and person_id = i.sender_id and left_at is null limit 1
      ) m on true
      left join lateral (
        select seq from messages
        where conversation_id = i.conversation_id and sender_id = i.sender_id and client_id = i.client_id limit 1
      ) earlier on true
      left join lateral (
        select ${publicFace('p')} from people p where p.id = i.sender_id limit 1
      ) sender on true
    ), numbered as materialized (
      select *,
        row_number() over in_order as place,
        count(*) filter (where verdict = 'stored') over in_order as n,
        count(*) filter (where verdict = 'stored') over (partition by conversation_id) as total,
        bool_or(verdict = 'stored' and direct_key is null and mentions is not null)
          over (partition by conversation_id) as names
      from judged window in_order as (partition by conversation_id order by ord)
    ), counted as (
      update conversations c
      set last_seq = c.last_seq + batch.total, rev = c.rev + batch.total,
        last_activity_at = greatest(c.last_activity_at, $8), notifies = c.notifies or batch.names
      from (select conversation_id, rev, total, names from numbered where place = 1 and total > 0) as batch
      where c.id = batch.conversation_id and c.rev = batch.rev and not c.blocked
      returning c.id
    ), settled as (
      -- coalesce keeps the planner from making a join of it: it is a look-up in a hash table
      select *, $8::timestamptz + disappearing_seconds * interval '1 second' as expires_at, case
          when verdict = 'stored' and not coalesce(conversation_id in (select id from counted), false) then 'retry'
          else verdict
        end as outcome
      from numbered
    ), told as materialized (
      select *, case when outcome = 'stored' then ${notifiedOf('settled', '$8')} end as notified from settled
    ), stored as (
      insert into messages (conversation_id, seq, id, sender_id, client_id, rev, kind, text, created_at,
        content, reply_to, mentions, forwarded, expires_at)
      select conversation_id, last_seq + n, id, sender_id, client_id, rev + n, kind, text, $8,
        more -> 'content', more -> 'replyTo', mentions, more -> 'forwarded', expires_at
      from told where outcome = 'stored'
    ), notified as (
      insert into notifications (person_id, id, kind, conversation_id, seq, actor_id, created_at, expires_at)
      select unnest(notified), id, case when direct_key is null then 'mention' else 'message' end,
        conversation_id, last_seq + n, sender_id, $8, expires_at
      from told where notified is not null
    )
    select ord, outcome, direct_key, expires_at, coalesce(earlier_seq, last_seq + n) as seq, rev + n as rev,
      notified, name, username, photo_url
    from told`,
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

const page = (condition: string, order: 'asc' | 'desc'): string => `
  select ${messageColumns('m')} from messages m ${joinMarks('m', '$2')}
  where m.conversation_id = $1 and m.seq > $3 and ${condition} order by m.seq ${order} limit $5`;

const historyBelow: PreparedStatement = { name: 'history-below', text: page('m.seq < $4', 'desc') };
const historyFrom: PreparedStatement = { name: 'history-from', text: page('m.seq >= $4', 'asc') };

/** Of which conversation, for whose eyes, and from where on that person sees it. */
export interface Viewing {
  readonly conversationId: string;
  readonly personId: string;
  /** Sees messages with a larger `seq` only. */
  readonly historyFrom: number;
}

/**
 * Messages of a conversation in ascending order, at most `limit` (for `around`: half before it, the rest from it on).
 */
export async function selectHistory(
  reader: Reader,
  viewing: Viewing,
  range: HistoryRange,
  limit: number,
): Promise<MessageRow[]> {
  const select = (statement: PreparedStatement, seq: number, count: number) =>
    reader.prepared<MessageRow>(statement, [viewing.conversationId, viewing.personId, viewing.historyFrom, seq, count]);
  if ('after' in range) return select(historyFrom, range.after + 1, limit);
  if ('before' in range) return (await select(historyBelow, range.before, limit)).reverse();
  if ('latest' in range) return (await select(historyBelow, Number.MAX_SAFE_INTEGER, limit)).reverse();
  const half = Math.floor(limit / 2);
  const [before, from] = [
    await select(historyBelow, range.around, half),
    await select(historyFrom, range.around, limit - half),
  ];
  return [...before.reverse(), ...from];
}

/**
 * SQL of the message with an id, where it is in the history of a viewer: of conversation `$1`, and behind `$3`. `offset 0`
 * keeps these two out of the choice of an index: by them a planner without statistics goes through the whole conversation.
 */
export const messageWithId = (id: string): string => `(
  select * from (select * from messages where id = ${id} offset 0) named where conversation_id = $1 and seq > $3 limit 1)`;

const messageById: PreparedStatement = {
  name: 'message-by-id',
  text: `select ${messageColumns('m')} from ${messageWithId('$4')} m ${joinMarks('m', '$2')}`,
};

/** One message, where the viewer may see it. */
export async function findMessage(reader: Reader, viewing: Viewing, id: string): Promise<MessageRow | undefined> {
  const values = [viewing.conversationId, viewing.personId, viewing.historyFrom, id];
  return (await reader.prepared<MessageRow>(messageById, values))[0];
}

const messagesById: PreparedStatement = {
  name: 'messages-by-id',
  text: `
    select ${messageColumns('m')}
    from unnest($4::uuid[]) with ordinality as wanted (id, ord)
    cross join lateral ${messageWithId('wanted.id')} m ${joinMarks('m', '$2')}
    order by wanted.ord`,
};

/** Those of the named messages that the viewer may see, in the order of their names. */
export function findMessages(reader: Reader, viewing: Viewing, ids: readonly string[]): Promise<MessageRow[]> {
  const { conversationId, personId, historyFrom } = viewing;
  return reader.prepared<MessageRow>(messagesById, [conversationId, personId, historyFrom, ids]);
}

const messagesBySeq: PreparedStatement = {
  name: 'messages-by-seq',
  text: `
    select ${messageColumns('m')} from unnest($1::uuid[], $2::bigint[], $3::uuid[]) as wanted (conversation_id, seq, viewer)
    cross join lateral (
      select * from messages where conversation_id = wanted.conversation_id and seq = wanted.seq limit 1
    ) m ${joinMarks('m', 'wanted.viewer')}`,
};

/** Messages by their places. */
export function findMessagesBySeq(
  reader: Reader,
  places: readonly { conversationId: string; seq: number; viewerId: string }[],
): Promise<MessageRow[]> {
  return reader.prepared<MessageRow>(messagesBySeq, [
    places.map((place) => place.conversationId),
    places.map((place) => place.seq),
    places.map((place) => place.viewerId),
  ]);
}

const messageByClientId: PreparedStatement = {
  name: 'message-by-client-id',
  text: 'select seq from messages where conversation_id = $1 and sender_id = $2 and client_id = $3',
};

/** The place of the message that a person has sent under a clientId; undefined where there is none. */
export async function findSent(
  reader: Reader,
  conversationId: string,
  senderId: string,
  clientId: string,
): Promise<number | undefined> {
  const values = [conversationId, senderId, clientId];
  return (await reader.prepared<{ seq: number }>(messageByClientId, values))[0]?.seq;
}

const membersAmong: PreparedStatement = {
  name: 'members-among',
  text: `
    select person_id from members
    where conversation_id = $1 and person_id = any ($2::uuid[]) and left_at is null`,
};

/** Which of the given people are in a conversation. */
export async function findMembersAmong(
  reader: Reader,
  conversationId: string,
  personIds: readonly string[],
): Promise<Set<string>> {
  const rows = await reader.prepared<{ person_id: string }>(membersAmong, [conversationId, personIds]);
  return new Set(rows.map((row) => row.person_id));
}
