import type { NewMessage } from '../messages/index.ts';
import type { PreparedStatement, Reader, UnitOfWork } from '../ports/database.ts';
import type { ErrorCode } from '../shared/errors.ts';

declare module '../ports/database.ts' {
  interface Tables {
    scheduled_messages: ScheduledMessagesTable;
  }
}

/** What is stored of the message itself. */
export type ScheduledContent = Pick<NewMessage, 'kind' | 'text' | 'content' | 'replyTo' | 'mentions'>;

interface ScheduledMessagesTable {
  id: string;
  person_id: string;
  conversation_id: string;
  message: ScheduledContent;
  send_at: Date;
  created_at: Date;
  claimed_until: Date | null;
  failed_at: Date | null;
  failure: ErrorCode | null;
}

export type ScheduledRow = ScheduledMessagesTable;

export async function insertScheduled(
  unit: UnitOfWork,
  row: Pick<ScheduledRow, 'id' | 'person_id' | 'conversation_id' | 'message' | 'send_at' | 'created_at'>,
): Promise<ScheduledRow> {
  return unit.sql
    .insertInto('scheduled_messages')
    .values({ ...row, message: json(row.message), claimed_until: null, failed_at: null, failure: null })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The driver would make an array of PostgreSQL of an array, and text of text. */
const json = (message: ScheduledContent): ScheduledContent => JSON.stringify(message) as unknown as ScheduledContent;

/** How many a person has. There are never more than a few over the limit. */
export async function countScheduled(reader: Reader, personId: string): Promise<number> {
  const rows = await reader.sql
    .selectFrom('scheduled_messages')
    .select('id')
    .where('person_id', '=', personId)
    .execute();
  return rows.length;
}

/** All of a person, or those of one conversation, the next to be sent first. */
export function selectScheduled(
  reader: Reader,
  personId: string,
  conversationId: string | undefined,
): Promise<ScheduledRow[]> {
  let select = reader.sql.selectFrom('scheduled_messages').selectAll().where('person_id', '=', personId);
  if (conversationId !== undefined) select = select.where('conversation_id', '=', conversationId);
  return select.orderBy('send_at').orderBy('id').execute();
}

/** One of a person. */
export function findScheduled(reader: Reader, personId: string, id: string): Promise<ScheduledRow | undefined> {
  return ofPerson(reader, personId, id).executeTakeFirst();
}

/** One of a person, locked: no node takes it to send it until the unit of work ends. */
export function lockScheduled(unit: UnitOfWork, personId: string, id: string): Promise<ScheduledRow | undefined> {
  return ofPerson(unit, personId, id).forUpdate().executeTakeFirst();
}

const ofPerson = (reader: Reader, personId: string, id: string) =>
  reader.sql.selectFrom('scheduled_messages').selectAll().where('id', '=', id).where('person_id', '=', personId);

/** Changes one that its author has corrected: it is to be sent, whatever happened before. */
export function updateScheduled(
  unit: UnitOfWork,
  id: string,
  change: { message: ScheduledContent; sendAt: Date },
): Promise<ScheduledRow> {
  return unit.sql
    .updateTable('scheduled_messages')
    .set({ message: json(change.message), send_at: change.sendAt, failed_at: null, failure: null })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Takes one for its author, who does not want to wait. Where this node dies at it, it is due. */
export async function claimScheduled(unit: UnitOfWork, id: string, now: Date, until: Date): Promise<void> {
  await unit.sql
    .updateTable('scheduled_messages')
    .set({ send_at: now, claimed_until: until, failed_at: null, failure: null })
    .where('id', '=', id)
    .execute();
}

/** @returns false where it is gone already */
export async function deleteScheduled(unit: UnitOfWork, id: string): Promise<boolean> {
  const deleted = await unit.sql.deleteFrom('scheduled_messages').where('id', '=', id).returning('id').execute();
  return deleted.length > 0;
}

/** Deletes all of a person. */
export async function deleteScheduledOf(unit: UnitOfWork, personId: string): Promise<void> {
  await unit.sql.deleteFrom('scheduled_messages').where('person_id', '=', personId).execute();
}

/** @returns undefined where it is gone, or another node has settled it */
export function failScheduled(
  unit: UnitOfWork,
  id: string,
  failure: ErrorCode,
  at: Date,
): Promise<ScheduledRow | undefined> {
  return unit.sql
    .updateTable('scheduled_messages')
    .set({ failure, failed_at: at, claimed_until: null })
    .where('id', '=', id)
    .where('failed_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
}

/** Whether anything is due. What wakes every second asks no more than this while nothing is. */
export async function anyDue(reader: Reader, now: Date): Promise<boolean> {
  return (await reader.prepared(due, [now])).length > 0;
}

const due: PreparedStatement = {
  name: 'scheduled-due',
  text: `
    select from scheduled_messages
    where failed_at is null and send_at <= $1 and (claimed_until is null or claimed_until <= $1) limit 1`,
};

const claim: PreparedStatement = {
  name: 'claim-scheduled',
  text: `
    with due as materialized (
      select id from scheduled_messages
      where failed_at is null and send_at <= $1 and (claimed_until is null or claimed_until <= $1)
      order by send_at limit $3 for update skip locked
    )
    update scheduled_messages s set claimed_until = $2
    from due
    where s.id = due.id
    returning s.*, (
      select p.suspended_at is not null and (p.suspended_until is null or p.suspended_until > $1)
      from people p where p.id = s.person_id
    ) as suspended`,
};

/** What is due, and whether its author's account is suspended at that time. */
export type DueMessage = ScheduledRow & { readonly suspended: boolean };

/**
 * Takes messages that are due for this node alone, until a time at which others may take them again: then this node
 * has died at it.
 */
export function claimDue(unit: UnitOfWork, now: Date, until: Date, limit: number): Promise<DueMessage[]> {
  return unit.prepared<DueMessage>(claim, [now, until, limit]);
}
