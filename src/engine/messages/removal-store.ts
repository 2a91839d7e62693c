import type { ConversationKind } from '../conversations/index.ts';
import type { PreparedStatement, Reader, UnitOfWork } from '../ports/database.ts';
import { joinMarks, type MessageRow, messageColumns } from './store.ts';

declare module '../ports/database.ts' {
  interface Tables {
    retention_walk: { singleton: boolean; position: string; not_before: Date };
  }
}

const expired: PreparedStatement = {
  name: 'expired-messages',
  text: `
    select conversation_id, seq from messages
    where expires_at is not null and deleted_at is null and expires_at <= $1
    order by expires_at limit $2`,
};

/** Messages whose time is up, the first to vanish first. */
export function selectExpired(
  reader: Reader,
  now: Date,
  limit: number,
): Promise<{ readonly conversation_id: string; readonly seq: number }[]> {
  return reader.prepared(expired, [now, limit]);
}

const stillExpired: PreparedStatement = {
  name: 'still-expired',
  text: `
    select m.seq from unnest($2::bigint[]) as wanted (seq)
    cross join lateral (
      select seq, expires_at, deleted_at from messages where conversation_id = $1 and seq = wanted.seq limit 1
    ) m
    where m.deleted_at is null and m.expires_at <= $3
    order by m.seq`,
};

/** Those of the given messages that have vanished and are not empty yet. The caller has locked their conversation. */
export async function selectStillExpired(
  unit: UnitOfWork,
  conversationId: string,
  seqs: readonly number[],
  now: Date,
): Promise<number[]> {
  const rows = await unit.prepared<{ seq: number }>(stillExpired, [conversationId, seqs, now]);
  return rows.map(({ seq }) => seq);
}

const asAll: PreparedStatement = {
  name: 'messages-as-all',
  text: `
    select ${messageColumns('m')} from unnest($2::bigint[]) as wanted (seq)
    cross join lateral (
      select * from messages where conversation_id = $1 and seq = wanted.seq limit 1
    ) m ${joinMarks('m', 'null')}
    order by m.seq`,
};

/** Messages of one conversation as all members see them, in their order. */
export function selectAsAll(unit: UnitOfWork, conversationId: string, seqs: readonly number[]): Promise<MessageRow[]> {
  return unit.prepared<MessageRow>(asAll, [conversationId, seqs]);
}

const firstPosition = '00000000-0000-0000-0000-000000000000';

const claimWalk: PreparedStatement = {
  name: 'claim-retention-walk',
  text: `
    insert into retention_walk (singleton, position, not_before) values (true, '${firstPosition}', $2)
    on conflict (singleton) do update set not_before = $2 where retention_walk.not_before <= $1
    returning position`,
};

/** Whether the walk may go on now. Cheap where it may not. */
export async function isWalkDue(reader: Reader, now: Date): Promise<boolean> {
  const row = await reader.sql.selectFrom('retention_walk').select('not_before').executeTakeFirst();
  return row === undefined || row.not_before <= now;
}

/**
 * Takes the walk for one node.
 *
 * @param until another node may take it then, if this one has died
 * @returns where it goes on, or undefined where another node has it
 */
export async function takeWalk(unit: UnitOfWork, now: Date, until: Date): Promise<string | undefined> {
  return (await unit.prepared<{ position: string }>(claimWalk, [now, until]))[0]?.position;
}

/** Gives the walk back. @param position null: the round is over, and the next begins at the start */
export async function leaveWalk(unit: UnitOfWork, position: string | null, notBefore: Date): Promise<void> {
  await unit.sql
    .updateTable('retention_walk')
    .set({ position: position ?? firstPosition, not_before: notBefore })
    .execute();
}

const walkPage: PreparedStatement = {
  name: 'retention-page',
  text: `
    select c.id, c.kind, first.created_at as since
    from (select id, kind, history_from from conversations where id > $1 order by id limit $2) c
    left join lateral (
      select created_at from messages where conversation_id = c.id and seq > c.history_from order by seq limit 1
    ) first on true
    order by c.id`,
};

/** The next conversations of the walk, each with the time of its first message: one look-up a conversation. */
export function selectWalkPage(
  reader: Reader,
  position: string,
  limit: number,
): Promise<{ readonly id: string; readonly kind: ConversationKind; readonly since: Date | null }[]> {
  return reader.prepared(walkPage, [position, limit]);
}

const oldest: PreparedStatement = {
  name: 'oldest-messages',
  text: 'select seq, created_at from messages where conversation_id = $1 and seq > $2 order by seq limit $3',
};

/** The first messages of a conversation after `after`. */
export function selectOldest(
  reader: Reader,
  conversationId: string,
  after: number,
  limit: number,
): Promise<{ readonly seq: number; readonly created_at: Date }[]> {
  return reader.prepared(oldest, [conversationId, after, limit]);
}

const removals = ['messages', 'reactions', 'message_edits', 'message_marks'].map(
  (table): PreparedStatement => ({
    name: `remove-old-${table}`,
    text: `delete from ${table} where conversation_id = $1 and seq > $2 and seq <= $3`,
  }),
);
/** In the order of `seq`, in which each person locks their own marks. */
const lockMarks: PreparedStatement = {
  name: 'lock-old-marks',
  text: `
    select from message_marks
    where conversation_id = $1 and seq > $2 and seq <= $3 order by seq, person_id for update`,
};

/**
 * Removes messages of a conversation, and all that belongs to them, for good: those after one `seq` up to another. What
 * `members.marks` counted of them stays counted; it only says whether to look.
 */
export async function removeMessages(
  unit: UnitOfWork,
  conversationId: string,
  after: number,
  upTo: number,
): Promise<void> {
  for (const statement of [lockMarks, ...removals]) await unit.prepared(statement, [conversationId, after, upTo]);
}

/** Deletes all marks of a person. */
export async function deleteMarksOf(unit: UnitOfWork, personId: string): Promise<void> {
  await unit.sql.deleteFrom('message_marks').where('person_id', '=', personId).execute();
}
