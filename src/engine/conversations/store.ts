import { type Generated, type Selectable, sql } from 'kysely';
import type { PreparedStatement, Reader, UnitOfWork } from '../ports/database.ts';
import type { Audience } from '../shared/events.ts';
import type { Preferences } from './preferences.ts';
import type { ConversationKind, GroupPermission, MemberRole } from './roles.ts';

declare module '../ports/database.ts' {
  interface Tables {
    conversations: ConversationsTable;
    members: MembersTable;
  }
}

interface ConversationsTable {
  id: string;
  kind: ConversationKind;
  direct_key: string | null;
  created_by: string;
  created_at: Date;
  last_activity_at: Date;
  last_seq: number;
  rev: number;
  title: Generated<string | null>;
  description: Generated<string>;
  photo_url: Generated<string | null>;
  photo_media_id: Generated<string | null>;
  search: Generated<string>;
  who_can_send: Generated<GroupPermission>;
  who_can_edit: Generated<GroupPermission>;
  who_can_add: Generated<GroupPermission>;
  join_approval: Generated<boolean>;
  history_for_newcomers: Generated<boolean>;
  disappearing_seconds: Generated<number | null>;
  member_count: Generated<number>;
  blocked: Generated<boolean>;
  history_from: Generated<number>;
  notifies: Generated<boolean>;
}

interface MembersTable {
  conversation_id: string;
  person_id: string;
  joined_at: Date;
  left_at: Date | null;
  read_seq: number;
  delivered_seq: number;
  role: Generated<MemberRole>;
  added_by: Generated<string | null>;
  removed_by: Generated<string | null>;
  shown_read_seq: Generated<number>;
  history_from: Generated<number>;
  version: Generated<number>;
  marks: Generated<number>;
  muted_until: Generated<Date | null>;
  archived_seq: Generated<number | null>;
  hidden_seq: Generated<number | null>;
  pinned_at: Generated<Date | null>;
  marked_unread: Generated<boolean>;
  custom_name: Generated<string | null>;
  read_at: Generated<Date | null>;
  shown_read_at: Generated<Date | null>;
  delivered_at: Generated<Date | null>;
  preferences: Generated<Preferences | null>;
}

export type ConversationRow = Selectable<ConversationsTable>;
export type MemberRow = Selectable<MembersTable>;

/** The key by which the database keeps a pair from having two conversations. */
export const directKey = (a: string, b: string): string => [a, b].sort().join(':');

/** Who gets the events of a conversation. The two people of a direct one are in its key, so no query is needed. */
export function audienceOf(conversationId: string, key: string | null): Audience {
  return key === null ? { kind: 'conversation', id: conversationId } : { kind: 'people', ids: key.split(':') };
}

/** @returns undefined where the pair has a conversation already, also where another node is just making it */
export async function insertDirect(
  unit: UnitOfWork,
  conversation: { id: string; key: string; createdBy: string; at: Date; notifies: boolean },
): Promise<ConversationRow | undefined> {
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
      notifies: conversation.notifies,
    })
    .onConflict((conflict) => conflict.column('direct_key').doNothing())
    .returningAll()
    .executeTakeFirst();
  if (!inserted) return undefined;
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
  return inserted;
}

/**
 * Notes whether one of two people has blocked the other, so that nothing is sent in their conversation, if they have one.
 * A message that is just being stored is stored before it or refused. With a deleted account it stays as it is.
 */
export async function setDirectBlocked(unit: UnitOfWork, a: string, b: string, blocked: boolean): Promise<void> {
  const changed = await unit.sql
    .updateTable('conversations')
    .set({
      blocked: sql`${blocked} or exists (select from people where id in (${a}, ${b}) and deleted_at is not null)`,
    })
    .where('direct_key', '=', directKey(a, b))
    .returning('id')
    .executeTakeFirst();
  if (changed) announceMembershipChanged(unit, changed.id);
}

/** Makes every node forget what it remembers about who is in a conversation. */
export function announceMembershipChanged(unit: UnitOfWork, conversationId: string): void {
  unit.announce({ type: 'membership.changed', audience: { kind: 'nodes' }, data: { conversationId } });
}

export async function findDirect(reader: Reader, key: string): Promise<string | undefined> {
  const row = await reader.sql
    .selectFrom('conversations')
    .select('id')
    .where('direct_key', '=', key)
    .executeTakeFirst();
  return row?.id;
}

/** A member now, and what of the conversation decides what they may do. */
export interface Membership {
  readonly kind: ConversationKind;
  readonly direct_key: string | null;
  readonly blocked: boolean;
  readonly role: MemberRole;
  /** Sees messages with a larger `seq` only. */
  readonly history_from: number;
  readonly who_can_send: GroupPermission;
  readonly who_can_edit: GroupPermission;
  readonly who_can_add: GroupPermission;
}

const membership: PreparedStatement = {
  name: 'membership',
  text: `
    select c.kind, c.direct_key, c.blocked, m.role, greatest(m.history_from, c.history_from) as history_from,
      c.who_can_send, c.who_can_edit, c.who_can_add
    from members m join conversations c on c.id = m.conversation_id
    where m.conversation_id = $1 and m.person_id = $2 and m.left_at is null`,
};

/** Undefined where the person is not a member now. */
export async function findMembership(
  reader: Reader,
  conversationId: string,
  personId: string,
): Promise<Membership | undefined> {
  return (await reader.prepared<Membership>(membership, [conversationId, personId]))[0];
}

/**
 * Locks a conversation until the unit of work ends: its `rev` and its members stay as they are, and no message is stored.
 * Every use case that takes a `rev` begins with it, so that they run one after the other.
 */
export function lockConversation(unit: UnitOfWork, conversationId: string): Promise<ConversationRow | undefined> {
  return unit.sql
    .selectFrom('conversations')
    .selectAll()
    .where('id', '=', conversationId)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** The same for work that can wait: undefined also where somebody else has the lock now. */
export function tryLockConversation(unit: UnitOfWork, conversationId: string): Promise<ConversationRow | undefined> {
  return unit.sql
    .selectFrom('conversations')
    .selectAll()
    .where('id', '=', conversationId)
    .forNoKeyUpdate()
    .skipLocked()
    .executeTakeFirst();
}

/**
 * Notes that the messages of a conversation up to `seq` were removed for good, and takes its next `rev` for it. The caller
 * has locked it.
 */
export function retainFrom(unit: UnitOfWork, conversationId: string, seq: number): Promise<ConversationRow> {
  return unit.sql
    .updateTable('conversations')
    .set(({ eb }) => ({ history_from: seq, rev: eb('rev', '+', 1) }))
    .where('id', '=', conversationId)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/**
 * Takes the next `rev` of a conversation, which the caller has locked.
 *
 * @param count how many changes it stands for, each with a `rev` of its own
 * @returns the last of them
 */
export async function nextRev(unit: UnitOfWork, conversationId: string, count = 1): Promise<number> {
  const { rev } = await unit.sql
    .updateTable('conversations')
    .set(({ eb }) => ({ rev: eb('rev', '+', count) }))
    .where('id', '=', conversationId)
    .returning('rev')
    .executeTakeFirstOrThrow();
  return rev;
}

/** Which of the given people share a conversation with a person. */
export async function peersAmong(reader: Reader, personId: string, candidates: readonly string[]): Promise<string[]> {
  const rows = await reader.prepared<{ person_id: string }>(peers, [candidates, personId]);
  return rows.map((row) => row.person_id);
}

/** The pair has a conversation, or the candidate is in a group of the person. Their groups are found once, not for each. */
const peers: PreparedStatement = {
  name: 'peers-among',
  text: `
    with mine as materialized (
      select m.conversation_id
      from members m
      cross join lateral (select kind from conversations where id = m.conversation_id limit 1) c
      where m.person_id = $2::uuid and m.left_at is null and c.kind = 'group'
    )
    select candidate.id as person_id
    from unnest($1::uuid[]) as candidate (id)
    where exists (
      select from conversations c
      where c.direct_key = case when candidate.id < $2::uuid
        then candidate.id::text || ':' || $2::text else $2::text || ':' || candidate.id::text end
    ) or exists (
      select from mine
      cross join lateral (
        select from members
        where conversation_id = mine.conversation_id and person_id = candidate.id and left_at is null limit 1
      ) theirs
    )`,
};

const peersOfPerson: PreparedStatement = {
  name: 'peers-of',
  text: `
    select distinct other.person_id
    from members me
    cross join lateral (select member_count from conversations where id = me.conversation_id limit 1) c
    cross join lateral (
      select person_id from members where conversation_id = me.conversation_id and left_at is null limit $2
    ) other
    where me.person_id = $1 and me.left_at is null and c.member_count <= $2 and other.person_id <> $1
    limit $3`,
};

/** People who share a conversation of at most so many members with a person. */
export async function peersOf(reader: Reader, personId: string, maxMembers: number, limit: number): Promise<string[]> {
  const rows = await reader.prepared<{ person_id: string }>(peersOfPerson, [personId, maxMembers, limit]);
  return rows.map((row) => row.person_id);
}
