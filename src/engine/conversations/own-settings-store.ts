import type { Updateable } from 'kysely';
import type { PreparedStatement, Tables, UnitOfWork } from '../ports/database.ts';
import type { MemberRow } from './store.ts';

/**
 * SQL of whether a conversation lies in the archive of a member, of the tables `members me` and `conversations c`. A later
 * message brings it back, unless it came while the conversation was muted. Nothing is written for it, and it does not
 * change by time alone, so that a client can tell it as well.
 */
export const archived = `(
  me.archived_seq is not null and (c.last_seq <= me.archived_seq or coalesce(c.last_activity_at < me.muted_until, false)))`;

/** A member's row, and what of the conversation their own settings depend on. */
export type OwnMember = MemberRow & {
  readonly archived: boolean;
  readonly last_seq: number;
};

const ownMember: PreparedStatement = {
  name: 'own-member',
  text: `
    select me.*, ${archived} as archived, c.last_seq
    from members me join conversations c on c.id = me.conversation_id
    where me.conversation_id = $1 and me.person_id = $2 and me.left_at is null
    for no key update of me`,
};

/**
 * Locks what a member has of a conversation for themself until the unit of work ends: settings, marks and their `version`.
 * Messages and the other members do not wait for it. Who also locks the conversation does that first.
 *
 * @returns undefined where the person is not a member now
 */
export async function lockOwnMember(
  unit: UnitOfWork,
  conversationId: string,
  personId: string,
): Promise<OwnMember | undefined> {
  return (await unit.prepared<OwnMember>(ownMember, [conversationId, personId]))[0];
}

/** What a member may change of their row: nothing that others see. */
export type OwnChange = Pick<
  Updateable<Tables['members']>,
  | 'history_from'
  | 'marks'
  | 'muted_until'
  | 'archived_seq'
  | 'hidden_seq'
  | 'pinned_at'
  | 'marked_unread'
  | 'custom_name'
  | 'preferences'
>;

/** Changes the row of a member, which the caller has locked, and takes the next `version`. */
export async function changeOwnMember(unit: UnitOfWork, member: OwnMember, change: OwnChange): Promise<number> {
  const { version } = await unit.sql
    .updateTable('members')
    .set(({ eb }) => ({ ...change, version: eb('version', '+', 1) }))
    .where('conversation_id', '=', member.conversation_id)
    .where('person_id', '=', member.person_id)
    .returning('version')
    .executeTakeFirstOrThrow();
  return version;
}

const pinned: PreparedStatement = {
  name: 'count-pinned',
  text: 'select count(*) as n from members where person_id = $1 and left_at is null and pinned_at is not null',
};

/** How many conversations a person has pinned. To keep it below a limit, lock the person first. */
export async function countPinned(unit: UnitOfWork, personId: string): Promise<number> {
  return (await unit.prepared<{ n: number }>(pinned, [personId]))[0]?.n ?? 0;
}

const bumped: PreparedStatement = {
  name: 'bump-own-versions',
  text: `
    with mine as materialized (
      select conversation_id from members
      where person_id = $1 and conversation_id = any ($2::uuid[]) and left_at is null
      order by conversation_id for no key update
    )
    update members set version = version + 1
    from mine where members.conversation_id = mine.conversation_id and members.person_id = $1
    returning members.conversation_id as id`,
};

/** Takes the next `version` of several conversations, for what has changed outside of them. @returns those it is in */
export async function bumpOwnVersions(
  unit: UnitOfWork,
  personId: string,
  conversationIds: readonly string[],
): Promise<string[]> {
  return (await unit.prepared<{ id: string }>(bumped, [personId, conversationIds])).map(({ id }) => id);
}

const shown: PreparedStatement = {
  name: 'show-conversation',
  text: `
    update members me set hidden_seq = null, version = me.version + 1
    from conversations c
    where me.conversation_id = $1 and me.person_id = $2 and c.id = me.conversation_id
      and me.left_at is null and me.hidden_seq >= c.last_seq
    returning me.version`,
};

/** Shows a conversation again that a member has deleted for themself. @returns whether it was hidden */
export async function showConversation(unit: UnitOfWork, conversationId: string, personId: string): Promise<boolean> {
  return (await unit.prepared(shown, [conversationId, personId])).length > 0;
}
