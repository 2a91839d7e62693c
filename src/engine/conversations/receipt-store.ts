import { readOn } from '../notifications/index.ts';
import type { PreparedStatement, Reader } from '../ports/database.ts';

/**
 * A member's watermarks: for each requested receipt as they were before, and for each that moved them, after that, as
 * they are now.
 */
export interface ReceiptRow {
  readonly ord: number;
  readonly member: boolean;
  readonly read_seq: number;
  readonly delivered_seq: number;
  readonly changed: boolean;
  /** How far the others see that they have read. */
  readonly shown_read_seq: number;
  readonly member_count: number;
  readonly direct_key: string | null;
  /** As they were; null, as all that follows, in the first answer. */
  readonly read_before: number | null;
  readonly delivered_before: number | null;
  /** It was marked as unread until now. */
  readonly unmarked: boolean | null;
  /** The last messages up to watermarks that have moved; null where there is none. */
  readonly read_message: MessageAt | null;
  readonly delivered_message: MessageAt | null;
  /** Messages of the other in a direct conversation that they newly see as read, and that have newly arrived. */
  readonly read_messages: readonly string[] | null;
  readonly delivered_messages: readonly string[] | null;
  /** Notifications were read by it. */
  readonly notified: boolean | null;
}

interface MessageAt {
  readonly id: string;
  readonly seq: number;
}

const anyReceiptsOff = `exists (
            select from people p
            where p.id in (split_part(c.direct_key, ':', 1)::uuid, split_part(c.direct_key, ':', 2)::uuid)
              and not p.read_receipts
          )`;

/**
 * The last message of `members m` up to a place that has moved: not of the system and not deleted, which some clients know
 * nothing of.
 */
const messageAt = (before: string, seq: string): string => `case when ${seq} > ${before} then (
          select jsonb_build_object('id', id, 'seq', seq) from messages
          where conversation_id = m.conversation_id and seq <= ${seq} and kind <> 'system' and deleted_at is null
          order by seq desc limit 1
        ) end`;

/** The most messages that a receipt tells by name, of those among the last {@link maxPassed}. */
const maxNamed = 1_000;
const maxPassed = 10_000;

/** Messages of the other member of a direct conversation `i` between two places: the newest, the oldest of them first. */
const passed = (after: string, upTo: string): string => `
          case when i.direct_key is not null and ${upTo} > ${after} then array(
            select id from (
              select id, seq from messages
              where conversation_id = m.conversation_id and seq > greatest(${after}, ${upTo} - ${maxPassed}) and seq <= ${upTo}
                and sender_id <> m.person_id and kind <> 'system' and deleted_at is null
              order by seq desc limit ${maxNamed}
            ) newest order by seq
          ) else '{}'::uuid[] end`;

/**
 * Moves watermarks forward. A stale or too large value is clamped by the expressions, so any order of requests gives
 * the same result. Locks only the member rows, those that it will move: a receipt never waits for a message that is being
 * stored. What it does not move was there already, or another node has moved it in this moment, so the answer is never
 * behind the request. What is told as passed is between the locked row and the new one: two nodes never tell of the same.
 * Give them in the order of conversation and person: that is how whoever locks several member rows does it.
 *
 * What others see of it stands still in a direct conversation where one of the two has read receipts off (who does not
 * tell does not learn either) or has blocked the other.
 *
 * Reading on ends a mark as unread, which is a change of the member's own version, and reads the notifications of it.
 *
 * Its two answers are not joined: the plan, made once for all sizes of a batch, would compare each with each.
 */
export const moveReceipts: PreparedStatement = {
  name: 'move-receipts',
  text: `
    with input as materialized (
      select * from unnest($1::int[], $2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[])
        as i (ord, conversation_id, person_id, read, delivered)
    ), locked as materialized (
      select i.*, c.*, o.*, c.direct_key is not null and (c.blocked or ${anyReceiptsOff}) as hidden
      from input i
      cross join lateral (
        select last_seq, direct_key, member_count, blocked, notifies from conversations where id = i.conversation_id limit 1
      ) c
      cross join lateral (
        select read_seq as read_before, delivered_seq as delivered_before, shown_read_seq as shown_before,
          marked_unread as was_marked
        from members
        where conversation_id = i.conversation_id and person_id = i.person_id and left_at is null
          and (least(i.read, c.last_seq) > read_seq
            or least(greatest(i.read, i.delivered), c.last_seq) > delivered_seq)
        limit 1 for no key update
      ) o
    ), moved as (
      update members m set
        read_seq = greatest(m.read_seq, least(i.read, i.last_seq)),
        delivered_seq = greatest(m.delivered_seq, least(greatest(i.read, i.delivered), i.last_seq)),
        shown_read_seq = case
          when i.hidden then m.shown_read_seq
          else greatest(m.read_seq, least(i.read, i.last_seq))
        end,
        marked_unread = m.marked_unread and least(i.read, i.last_seq) <= m.read_seq,
        read_at = case when least(i.read, i.last_seq) > m.read_seq then $6 else m.read_at end,
        shown_read_at = case
          when least(i.read, i.last_seq) <= m.read_seq or i.hidden then m.shown_read_at
          else $6
        end,
        delivered_at = case
          when least(greatest(i.read, i.delivered), i.last_seq) > m.delivered_seq then $6 else m.delivered_at
        end,
        version = m.version + (m.marked_unread and least(i.read, i.last_seq) > m.read_seq)::int
      from locked i
      where m.conversation_id = i.conversation_id and m.person_id = i.person_id
      returning i.ord, m.conversation_id, m.person_id, m.read_seq, m.delivered_seq, m.shown_read_seq,
        i.member_count, i.direct_key, i.notifies, i.read_before, i.delivered_before,
        i.was_marked and m.read_seq > i.read_before as unmarked,
        ${messageAt('i.read_before', 'm.read_seq')} as read_message,
        ${messageAt('i.delivered_before', 'm.delivered_seq')} as delivered_message,
        ${passed('i.shown_before', 'm.shown_read_seq')} as read_messages,
        ${passed('i.delivered_before', 'm.delivered_seq')} as delivered_messages
    ), ${readOn('moved', '$6')}
    select i.ord, m.person_id is not null as member,
      greatest(m.read_seq, least(i.read, c.last_seq)) as read_seq,
      greatest(m.delivered_seq, least(greatest(i.read, i.delivered), c.last_seq)) as delivered_seq,
      false as changed, null as shown_read_seq, null as member_count, null as direct_key,
      null as read_before, null as delivered_before, null::boolean as unmarked,
      null as read_message, null as delivered_message, null::uuid[] as read_messages, null::uuid[] as delivered_messages,
      null::boolean as notified
    from input i
    left join conversations c on c.id = i.conversation_id
    left join lateral (
      select person_id, read_seq, delivered_seq from members
      where conversation_id = i.conversation_id and person_id = i.person_id and left_at is null limit 1
    ) m on true
    union all
    select ord, true, read_seq, delivered_seq, true, shown_read_seq, member_count, direct_key,
      read_before, delivered_before, unmarked, read_message, delivered_message, read_messages, delivered_messages,
      -- coalesce keeps the planner from making a join of it: it is a look-up in a hash table
      coalesce((conversation_id, person_id) in (select conversation_id, person_id from read_on), false)
    from moved`,
};

/** How far one member has come, as a viewer may know it, and when they last moved on. */
export interface MemberReceiptRow {
  readonly person_id: string;
  readonly joined_at: Date;
  readonly read_seq: number;
  readonly read_at: Date | null;
  readonly delivered_seq: number;
  readonly delivered_at: Date | null;
}

/**
 * In groups with more members than this, nobody is told who has read: each message would cause as many events as there are
 * members. "Seen by" is asked for instead.
 */
export const maxMembersTold = 1_000;

const receipts: PreparedStatement = {
  name: 'receipts-of-conversation',
  text: `
    select m.person_id, m.joined_at, m.delivered_seq, m.delivered_at,
      case when m.person_id = $2 then m.read_seq else m.shown_read_seq end as read_seq,
      case when m.person_id = $2 then m.read_at else m.shown_read_at end as read_at
    from (select id from conversations where id = $1 and member_count <= ${maxMembersTold} limit 1) c
    cross join lateral (
      (select * from members where conversation_id = c.id and left_at is null offset 0)
      union all
      (select * from members where conversation_id = c.id and left_at is not null limit ${maxMembersTold})
    ) m
    order by m.joined_at, m.person_id`,
};

/**
 * How far the members of a conversation have come, those who came first at first; none of a very large one. Also those who
 * have left, though not of any number: what they have read stays read.
 */
export function selectReceipts(reader: Reader, conversationId: string, viewerId: string): Promise<MemberReceiptRow[]> {
  return reader.prepared<MemberReceiptRow>(receipts, [conversationId, viewerId]);
}
