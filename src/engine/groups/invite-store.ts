import type { Generated, Selectable } from 'kysely';
import { type PersonRow, type VisiblePerson, visibleProfile } from '../people/index.ts';
import { type PreparedStatement, plainArray, type Reader, type UnitOfWork } from '../ports/database.ts';

declare module '../ports/database.ts' {
  interface Tables {
    group_invites: GroupInvitesTable;
    join_requests: JoinRequestsTable;
  }
}

interface GroupInvitesTable {
  conversation_id: string;
  code: string;
  created_by: string;
  created_at: Date;
  expires_at: Date | null;
  max_uses: number | null;
  uses: Generated<number>;
}

interface JoinRequestsTable {
  conversation_id: string;
  person_id: string;
  code: string;
  requested_at: Date;
}

export type InviteRow = Selectable<GroupInvitesTable>;

/** Makes the link of a group, in the place of the one before. */
export function replaceInvite(unit: UnitOfWork, invite: Omit<InviteRow, 'uses'>): Promise<InviteRow> {
  const { conversation_id: _, ...fresh } = { ...invite, uses: 0 };
  return unit.sql
    .insertInto('group_invites')
    .values(invite)
    .onConflict((conflict) => conflict.column('conversation_id').doUpdateSet(fresh))
    .returningAll()
    .executeTakeFirstOrThrow();
}

export function findInvite(reader: Reader, conversationId: string): Promise<InviteRow | undefined> {
  return reader.sql
    .selectFrom('group_invites')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .executeTakeFirst();
}

export function findInviteByCode(reader: Reader, code: string): Promise<InviteRow | undefined> {
  return reader.sql.selectFrom('group_invites').selectAll().where('code', '=', code).executeTakeFirst();
}

/** Counts somebody who came in by a link. One that was replaced since is gone, and counts nothing. */
export async function countUse(unit: UnitOfWork, code: string): Promise<void> {
  await unit.sql
    .updateTable('group_invites')
    .set(({ eb }) => ({ uses: eb('uses', '+', 1) }))
    .where('code', '=', code)
    .execute();
}

export async function deleteInvite(unit: UnitOfWork, conversationId: string): Promise<void> {
  await unit.sql.deleteFrom('group_invites').where('conversation_id', '=', conversationId).execute();
}

/** @returns false where the person waits already */
export async function insertRequest(
  unit: UnitOfWork,
  request: { conversationId: string; personId: string; code: string; at: Date },
): Promise<boolean> {
  const inserted = await unit.sql
    .insertInto('join_requests')
    .values({
      conversation_id: request.conversationId,
      person_id: request.personId,
      code: request.code,
      requested_at: request.at,
    })
    .onConflict((conflict) => conflict.columns(['conversation_id', 'person_id']).doNothing())
    .returning('person_id')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** A request with its person. */
export type JoinRequestRow = PersonRow & { readonly code: string; readonly requested_at: Date };

const deleteRequests: PreparedStatement = {
  name: 'delete-join-requests',
  text: `
    with gone as (
      delete from join_requests where conversation_id = $1 and person_id = any ($2::uuid[])
      returning person_id, code, requested_at
    )
    select p.*, gone.code, gone.requested_at
    from gone cross join lateral (select * from people where id = gone.person_id limit 1) p`,
};

/** Takes requests away: of two who do it at once, one gets them. */
export function takeRequests(
  unit: UnitOfWork,
  conversationId: string,
  personIds: readonly string[],
): Promise<JoinRequestRow[]> {
  return unit.prepared<JoinRequestRow>(deleteRequests, [conversationId, plainArray(personIds)]);
}

/** In which group a person waits who came by a code. */
export async function findRequestByCode(reader: Reader, personId: string, code: string): Promise<string | undefined> {
  const row = await reader.sql
    .selectFrom('join_requests')
    .select('conversation_id')
    .where('person_id', '=', personId)
    .where('code', '=', code)
    .executeTakeFirst();
  return row?.conversation_id;
}

/** The groups that a person has asked to come into, at most `limit` of them. */
export async function groupsAskedBy(reader: Reader, personId: string, limit: number): Promise<string[]> {
  const rows = await reader.sql
    .selectFrom('join_requests')
    .select('conversation_id')
    .where('person_id', '=', personId)
    .limit(limit)
    .execute();
  return rows.map((row) => row.conversation_id);
}

export async function hasRequest(reader: Reader, conversationId: string, personId: string): Promise<boolean> {
  const row = await reader.sql
    .selectFrom('join_requests')
    .select('person_id')
    .where('conversation_id', '=', conversationId)
    .where('person_id', '=', personId)
    .executeTakeFirst();
  return row !== undefined;
}

export async function deleteAllRequests(unit: UnitOfWork, conversationId: string): Promise<void> {
  await unit.sql.deleteFrom('join_requests').where('conversation_id', '=', conversationId).execute();
}

const requestPage: PreparedStatement = {
  name: 'join-requests-page',
  text: `
    select ${visibleProfile('$5', 'p')}, r.requested_at
    from join_requests r cross join lateral (select * from people where id = r.person_id limit 1) p
    where r.conversation_id = $1 and (r.requested_at, r.person_id) > ($2, $3::uuid)
    order by r.requested_at, r.person_id limit $4`,
};

/** People who wait to be let into a group, the first at first. */
export function selectRequests(
  reader: Reader,
  conversationId: string,
  viewerId: string,
  after: { at: Date; id: string },
  limit: number,
): Promise<(VisiblePerson & { readonly requested_at: Date })[]> {
  return reader.prepared(requestPage, [conversationId, after.at, after.id, limit, viewerId]);
}
