import type { Updateable } from 'kysely';
import type { ConversationRow, MemberRole } from '../conversations/index.ts';
import { type PersonRow, type VisiblePerson, visibleProfile } from '../people/index.ts';
import { type PreparedStatement, plainArray, type Reader, type Tables, type UnitOfWork } from '../ports/database.ts';

/**
 * Groups are conversations: these statements are over the tables of `conversations`. All that write need the lock of the
 * conversation, but for {@link insertGroup}.
 */
export function insertGroup(
  unit: UnitOfWork,
  group: { id: string; createdBy: string; at: Date; memberCount: number; historyForNewcomers: boolean } & Pick<
    ConversationRow,
    'title' | 'description' | 'photo_url' | 'photo_media_id' | 'search'
  >,
): Promise<ConversationRow> {
  return unit.sql
    .insertInto('conversations')
    .values({
      id: group.id,
      kind: 'group',
      direct_key: null,
      created_by: group.createdBy,
      created_at: group.at,
      last_activity_at: group.at,
      last_seq: 0,
      rev: 1,
      title: group.title,
      description: group.description,
      photo_url: group.photo_url,
      photo_media_id: group.photo_media_id,
      search: group.search,
      member_count: group.memberCount,
      history_for_newcomers: group.historyForNewcomers,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** @throws where it is not there: it was named by a row that refers to it */
export function findGroup(reader: Reader, id: string): Promise<ConversationRow> {
  return reader.sql.selectFrom('conversations').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

/** Changes a conversation and takes its next `rev`. */
export function changeConversation(
  unit: UnitOfWork,
  id: string,
  change: Updateable<Tables['conversations']>,
): Promise<ConversationRow> {
  return unit.sql
    .updateTable('conversations')
    .set(({ eb }) => ({ ...change, rev: eb('rev', '+', 1) }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

const insertAll: PreparedStatement = {
  name: 'insert-members',
  text: `
    insert into members (conversation_id, person_id, joined_at, left_at, role, added_by, read_seq, delivered_seq,
      shown_read_seq, history_from)
    select $1, new.id, $3, null, $4, $5, $6, $6, $6, $7 from unnest($2::uuid[]) as new (id)
    on conflict (conversation_id, person_id) do update set
      joined_at = excluded.joined_at, left_at = null, removed_by = null, role = excluded.role,
      added_by = excluded.added_by, read_seq = excluded.read_seq, delivered_seq = excluded.delivered_seq,
      shown_read_seq = excluded.shown_read_seq, history_from = excluded.history_from, version = members.version + 1,
      muted_until = null, archived_seq = null, hidden_seq = null, pinned_at = null, marked_unread = false,
      custom_name = null, preferences = null, read_at = null, shown_read_at = null, delivered_at = null
    where members.left_at is not null
    returning person_id, version`,
};

/**
 * Brings people into a conversation, all by one statement. Who was in it before gets their row again, as new but for the
 * marks on messages.
 *
 * @returns the version of each one's own settings
 */
export async function insertMembers(
  unit: UnitOfWork,
  members: {
    conversationId: string;
    personIds: readonly string[];
    role: MemberRole;
    addedBy: string;
    at: Date;
    lastSeq: number;
    historyFrom: number;
  },
): Promise<Map<string, number>> {
  const { conversationId, personIds, at, role, addedBy, lastSeq, historyFrom } = members;
  if (personIds.length === 0) return new Map();
  const values = [conversationId, plainArray(personIds), at, role, addedBy, lastSeq, historyFrom];
  const rows = await unit.prepared<{ person_id: string; version: number }>(insertAll, values);
  return new Map(rows.map((row) => [row.person_id, row.version]));
}

const memberships: PreparedStatement = {
  name: 'memberships-of',
  text: `
    select person_id, left_at is null as present, removed_by is not null as removed, role
    from members where conversation_id = $1 and person_id = any ($2::uuid[])`,
};

/** What somebody is, or was, in a conversation. */
export interface PastOrPresentMember {
  readonly person_id: string;
  readonly present: boolean;
  /** Was removed, and has not left by themself. */
  readonly removed: boolean;
  readonly role: MemberRole;
}

/** Those of some people who are, or once were, in a conversation. */
export async function membershipsOf(
  reader: Reader,
  conversationId: string,
  personIds: readonly string[],
): Promise<Map<string, PastOrPresentMember>> {
  const rows = await reader.prepared<PastOrPresentMember>(memberships, [conversationId, plainArray(personIds)]);
  return new Map(rows.map((row) => [row.person_id, row]));
}

/** Of somebody who is no more in it: nothing of how they had set it up is kept. */
const leaving = {
  role: 'member',
  muted_until: null,
  archived_seq: null,
  hidden_seq: null,
  pinned_at: null,
  marked_unread: false,
  custom_name: null,
  preferences: null,
} as const;

/** @param removedBy null where they leave by themselves */
export async function endMembership(
  unit: UnitOfWork,
  conversationId: string,
  personId: string,
  at: Date,
  removedBy: string | null,
): Promise<void> {
  await unit.sql
    .updateTable('members')
    .set({ ...leaving, left_at: at, removed_by: removedBy })
    .where('conversation_id', '=', conversationId)
    .where('person_id', '=', personId)
    .where('left_at', 'is', null)
    .execute();
}

/** In the order of their ids, in which receipts lock them too. */
const lockMembers: PreparedStatement = {
  name: 'lock-all-members',
  text: `
    select from members where conversation_id = $1 and left_at is null
    order by conversation_id, person_id for no key update`,
};

/** Nobody is in the group any more, and so nobody sees its photo. */
export async function endAllMemberships(unit: UnitOfWork, conversationId: string, at: Date): Promise<void> {
  await unit.prepared(lockMembers, [conversationId]);
  const nothing = { photo_url: null, photo_media_id: null };
  await unit.sql.updateTable('conversations').set(nothing).where('id', '=', conversationId).execute();
  await unit.sql
    .updateTable('members')
    .set({ ...leaving, left_at: at })
    .where('conversation_id', '=', conversationId)
    .where('left_at', 'is', null)
    .execute();
}

/** A group has one owner at most at any time: take the role from the old one before the new one gets it. */
export async function setMemberRole(
  unit: UnitOfWork,
  conversationId: string,
  personId: string,
  role: MemberRole,
): Promise<void> {
  await unit.sql
    .updateTable('members')
    .set({ role })
    .where('conversation_id', '=', conversationId)
    .where('person_id', '=', personId)
    .where('left_at', 'is', null)
    .execute();
}

const admins: PreparedStatement = {
  name: 'admins-of',
  text: `select person_id from members where conversation_id = $1 and role <> 'member' and left_at is null`,
};

/** The owner and the admins of a group. */
export async function adminsOf(reader: Reader, conversationId: string): Promise<string[]> {
  return (await reader.prepared<{ person_id: string }>(admins, [conversationId])).map((row) => row.person_id);
}

const firstOf = (condition: string): string => `
  (select m.person_id from members m
   where m.conversation_id = $1 and m.left_at is null and m.person_id <> $2 and ${condition}
     and exists (select from people p where p.id = m.person_id and p.deleted_at is null)
   order by m.joined_at, m.person_id limit 1)`;

const successor: PreparedStatement = {
  name: 'successor-of-owner',
  text: `select coalesce(${firstOf("m.role <> 'member'")}, ${firstOf('true')}) as person_id`,
};

/** Who follows an owner: the admin who joined first, else the member. Nobody whose account is deleted. */
export async function findSuccessor(
  reader: Reader,
  conversationId: string,
  ownerId: string,
): Promise<string | undefined> {
  const [row] = await reader.prepared<{ person_id: string | null }>(successor, [conversationId, ownerId]);
  return row?.person_id ?? undefined;
}

/** What a person is as a member. */
interface AsMember {
  readonly member_role: MemberRole;
  readonly joined_at: Date;
  readonly read: number;
  readonly delivered: number;
}

/** A person as a member, as another one sees them. */
export type PresentMemberRow = VisiblePerson & AsMember;

const everybody: PreparedStatement = {
  name: 'members-everybody',
  text: `
    select p.*, m.role as member_role, m.joined_at, m.delivered_seq as delivered, m.shown_read_seq as read
    from members m
    cross join lateral (select * from people where id = m.person_id limit 1) p
    where m.conversation_id = $1 and m.left_at is null order by m.joined_at, m.person_id`,
};

/** All members, those who joined first at first. Only for groups that show them. */
export function allMembers(reader: Reader, conversationId: string): Promise<(PersonRow & AsMember)[]> {
  return reader.prepared(everybody, [conversationId]);
}

const pageOf = (condition: string): string => `
  select ${visibleProfile('$2', 'p')}, m.role as member_role, m.joined_at, m.delivered_seq as delivered,
    case when m.person_id = $2 then m.read_seq else m.shown_read_seq end as read
  from members m
  cross join lateral (select * from people where id = m.person_id limit 1) p
  where m.conversation_id = $1 and m.left_at is null and (m.joined_at, m.person_id) > ($3, $4::uuid)
    and ($5::text is null or strpos(p.search, $5) > 0) and ${condition}
  order by m.joined_at, m.person_id limit $6`;

const pages: Record<MemberRole | 'any', PreparedStatement> = {
  any: { name: 'members-page', text: pageOf('true') },
  // Said twice, so that the index of admins is seen to fit.
  owner: { name: 'members-page-owner', text: pageOf("m.role = 'owner' and m.role <> 'member'") },
  admin: { name: 'members-page-admins', text: pageOf("m.role = 'admin' and m.role <> 'member'") },
  member: { name: 'members-page-members', text: pageOf("m.role = 'member'") },
};

/** Before all members. */
export const firstPlace = { at: new Date(0), id: '00000000-0000-0000-0000-000000000000' } as const;

/**
 * Members of a conversation, those who joined first at first. To look for a name costs a look-up for each member that is
 * passed over.
 *
 * @param query.key made by `searchWords`; null: all
 */
export function selectMembers(
  reader: Reader,
  conversationId: string,
  viewerId: string,
  query: { after: { at: Date; id: string }; key: string | null; role: MemberRole | 'any'; limit: number },
): Promise<PresentMemberRow[]> {
  const { after, key, role, limit } = query;
  return reader.prepared<PresentMemberRow>(pages[role], [conversationId, viewerId, after.at, after.id, key, limit]);
}
