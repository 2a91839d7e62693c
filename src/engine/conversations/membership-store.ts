import { sql } from 'kysely';
import type { PreparedStatement, Reader, UnitOfWork } from '../ports/database.ts';
import { announceMembershipChanged, type ConversationRow, type MemberRow } from './store.ts';

/** A membership of a person, past or present, with what it is in. */
export type MembershipRow = MemberRow &
  Pick<ConversationRow, 'kind' | 'title' | 'direct_key' | 'last_seq'> & {
    /** Messages up to this `seq` are removed. */
    readonly retained_from: number;
  };

const pageOf = (condition: string): string => `(
  select * from members where person_id = $1 and ${condition} and conversation_id > $2
  order by person_id, conversation_id limit $3)`;

const withConversation = (members: string): string => `
  select m.*, c.kind, c.title, c.direct_key, c.last_seq, c.history_from as retained_from
  from (${members}) m
  cross join lateral (select * from conversations where id = m.conversation_id limit 1) c
  order by m.conversation_id limit $3`;

const everyMembership: PreparedStatement = {
  name: 'every-membership',
  text: withConversation(`${pageOf('left_at is null')} union all ${pageOf('left_at is not null')}`),
};
const currentMemberships: PreparedStatement = {
  name: 'current-memberships',
  text: withConversation(pageOf('left_at is null')),
};

const start = '00000000-0000-0000-0000-000000000000';

/** The conversations in which a person is or was, by id, those after `after`. */
export function selectMemberships(
  reader: Reader,
  personId: string,
  after: string | undefined,
  limit: number,
): Promise<MembershipRow[]> {
  return reader.prepared<MembershipRow>(everyMembership, [personId, after ?? start, limit]);
}

/** The same of those in which the person is now. */
export function selectCurrentMemberships(
  reader: Reader,
  personId: string,
  after: string,
  limit: number,
): Promise<MembershipRow[]> {
  return reader.prepared<MembershipRow>(currentMemberships, [personId, after, limit]);
}

/** Lets nobody send in these direct conversations any more: one of the two people is gone. */
export async function closeDirects(unit: UnitOfWork, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  // In one order, so that it does not wait in a circle with whoever stores messages.
  await sql`select id from conversations where id = any (${ids}::uuid[]) order by id for no key update`.execute(
    unit.sql,
  );
  await unit.sql.updateTable('conversations').set({ blocked: true }).where('id', 'in', ids).execute();
  for (const id of ids) announceMembershipChanged(unit, id);
}

/** Forgets how a person had set up their conversations. */
export async function resetOwnSettings(unit: UnitOfWork, personId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await unit.sql
    .updateTable('members')
    .set({
      muted_until: null,
      archived_seq: null,
      hidden_seq: null,
      pinned_at: null,
      marked_unread: false,
      custom_name: null,
      preferences: null,
      marks: 0,
    })
    .where('person_id', '=', personId)
    .where('conversation_id', 'in', ids)
    .execute();
}
