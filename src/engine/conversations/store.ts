import type { PreparedStatement, Reader, UnitOfWork } from '../ports/database.ts';
import type { Audience } from '../shared/events.ts';

declare module '../ports/database.ts' {
  interface Tables {
    conversations: ConversationsTable;
    members: MembersTable;
  }
}

interface ConversationsTable {
  id: string;
  kind: 'direct';
  direct_key: string | null;
  created_by: string;
  created_at: Date;
  last_activity_at: Date;
  last_seq: number;
  rev: number;
}

interface MembersTable {
  conversation_id: string;
  person_id: string;
  joined_at: Date;
  left_at: Date | null;
  read_seq: number;
  delivered_seq: number;
}

/** The key by which the database keeps a pair from having two conversations. */
export const directKey = (a: string, b: string): string => [a, b].sort().join(':');

/** Who gets the events of a conversation. The two people of a direct one are in its key, so no query is needed. */
export function audienceOf(conversationId: string, key: string | null): Audience {
  return key === null ? { kind: 'conversation', id: conversationId } : { kind: 'people', ids: key.split(':') };
}

/** @returns false where the pair has a conversation already, also where another node is just making it */
export async function insertDirect(
  unit: UnitOfWork,
  conversation: { id: string; key: string; createdBy: string; at: Date },
): Promise<boolean> {
  const inserted = await unit.sql
    .insertInto('conversations')
    .values({
      id: conversation.id,
      kind: 'direct',
      direct_key: conversation.key,
      created_by: conversation.createdBy,
      created_at: conversation.at,
      last_activity_at: conversation.at,
      last_seq: 0,
      rev: 1,
    })
    .onConflict((conflict) => conflict.column('direct_key').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!inserted) return false;
  await unit.sql
    .insertInto('members')
    .values(
      conversation.key.split(':').map((personId) => ({
        conversation_id: conversation.id,
        person_id: personId,
        joined_at: conversation.at,
        left_at: null,
        read_seq: 0,
        delivered_seq: 0,
      })),
    )
    .execute();
  return true;
}

export async function findDirect(reader: Reader, key: string): Promise<string | undefined> {
  const row = await reader.sql
    .selectFrom('conversations')
    .select('id')
    .where('direct_key', '=', key)
    .executeTakeFirst();
  return row?.id;
}

export interface MembershipRow {
  readonly direct_key: string | null;
}

const membership: PreparedStatement = {
  name: 'membership',
  text: `
    select c.direct_key from members m join conversations c on c.id = m.conversation_id
    where m.conversation_id = $1 and m.person_id = $2 and m.left_at is null`,
};

/** Undefined where the person is not a member now. */
export async function findMembership(
  reader: Reader,
  conversationId: string,
  personId: string,
): Promise<MembershipRow | undefined> {
  return (await reader.prepared<MembershipRow>(membership, [conversationId, personId]))[0];
}

/** Which of the given people share a conversation with a person. */
export async function peersAmong(reader: Reader, personId: string, candidates: readonly string[]): Promise<string[]> {
  const rows = await reader.prepared<{ person_id: string }>(peers, [candidates, personId]);
  return rows.map((row) => row.person_id);
}

const peers: PreparedStatement = {
  name: 'peers-among',
  text: `
    select candidate.id as person_id
    from unnest($1::uuid[]) as candidate (id)
    where exists (
      select from conversations c
      where c.direct_key = case when candidate.id < $2::uuid
        then candidate.id::text || ':' || $2::text else $2::text || ':' || candidate.id::text end
    )`,
};

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
  readonly direct_key: string | null;
}

/**
 * Moves watermarks forward. A stale or too large value is clamped by the expressions, so any order of requests gives
 * the same result. Locks only the member rows: a receipt never waits for a message that is being stored. What it does
 * not move was there already, or another node has moved it in this moment, so the answer is never behind the request.
 *
 * Its two answers are not joined: the plan, made once for all sizes of a batch, would compare each with each.
 */
export const moveReceipts: PreparedStatement = {
  name: 'move-receipts',
  text: `
    with input as materialized (
      select * from unnest($1::int[], $2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[])
        as i (ord, conversation_id, person_id, read, delivered)
    ), moved as (
      update members m set
        read_seq = greatest(m.read_seq, least(i.read, c.last_seq)),
        delivered_seq = greatest(m.delivered_seq, least(greatest(i.read, i.delivered), c.last_seq))
      from input i
      cross join lateral (select last_seq, direct_key from conversations where id = i.conversation_id limit 1) c
      where m.conversation_id = i.conversation_id and m.person_id = i.person_id and m.left_at is null
        and (least(i.read, c.last_seq) > m.read_seq
          or least(greatest(i.read, i.delivered), c.last_seq) > m.delivered_seq)
      returning i.ord, true as member, m.read_seq, m.delivered_seq, true as changed, c.direct_key
    )
    select i.ord, m.person_id is not null as member,
      greatest(m.read_seq, least(i.read, c.last_seq)) as read_seq,
      greatest(m.delivered_seq, least(greatest(i.read, i.delivered), c.last_seq)) as delivered_seq,
      false as changed, null as direct_key
    from input i
    left join conversations c on c.id = i.conversation_id
    left join lateral (
      select person_id, read_seq, delivered_seq from members
      where conversation_id = i.conversation_id and person_id = i.person_id and left_at is null limit 1
    ) m on true
    union all
    select * from moved`,
};
