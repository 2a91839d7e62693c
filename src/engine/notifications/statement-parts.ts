import { blockBetween } from '../people/index.ts';

/**
 * Pieces of SQL for statements that store messages and move receipts: what they do to notifications is done in the same
 * statement, so that the two are never apart.
 */

/** Whoever is in the conversation, wants to be told of this, and has not muted it. */
const wants = (kind: string, m: string, now: string): string => `
  cross join lateral (
    select id from people where id = candidate.id and '${kind}' = any (notified_kinds) limit 1
  ) p
  cross join lateral (
    select from members
    where conversation_id = ${m}.conversation_id and person_id = p.id and left_at is null
      and coalesce(muted_until <= ${now}, true) and coalesce((preferences ->> 'notifications')::boolean, true) limit 1
  ) listening`;

/**
 * SQL: ids of the people who are notified of a message that is stored now, null where it is nobody. Costs nothing where
 * nobody of a direct conversation has a feed, and in a group where nobody is named.
 *
 * @param m alias of a row with `conversation_id`, `sender_id`, `direct_key` and `notifies` of its conversation, and
 *   `mentions`
 */
export const notifiedOf = (m: string, now: string): string => `
  case
    when ${m}.direct_key is not null then case when ${m}.notifies then (
      select array_agg(p.id)
      from (select (case split_part(${m}.direct_key, ':', 1) when ${m}.sender_id::text
        then split_part(${m}.direct_key, ':', 2) else split_part(${m}.direct_key, ':', 1) end)::uuid as id) candidate
      ${wants('message', m, now)}
    ) end
    when ${m}.mentions is not null then (
      select array_agg(p.id order by p.id)
      from (select distinct (mention ->> 'personId')::uuid as id
        from jsonb_array_elements(${m}.mentions) as mention) candidate
      ${wants('mention', m, now)}
      where p.id <> ${m}.sender_id and not ${blockBetween('p.id', `${m}.sender_id`)}
    )
  end`;

/**
 * SQL of two CTEs that mark notifications as read where receipts move on: `read_on`, which has one row for each.
 *
 * @param moved a CTE with `conversation_id`, `person_id`, `notifies`, and the `seq` read `read_before` and now, `read_seq`
 */
export const readOn = (moved: string, now: string): string => `
  in_turn as materialized (
    -- in the order in which whoever deletes the messages takes them
    select n.* from ${moved} r
    cross join lateral (
      select ctid as at, conversation_id, person_id from notifications
      where person_id = r.person_id and conversation_id = r.conversation_id
        and seq > r.read_before and seq <= r.read_seq and read_at is null
      order by seq for no key update
    ) n
    where r.notifies and r.read_seq > r.read_before
  ), read_on as (
    update notifications set read_at = ${now} where ctid = any (array(select at from in_turn))
    returning conversation_id, person_id
  )`;
