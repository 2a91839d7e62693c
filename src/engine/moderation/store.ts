import type { PreparedStatement, Reader, UnitOfWork } from '../ports/database.ts';
import type { ReportOutcome, ReportReason, ReportStatus } from './report-terms.ts';

declare module '../ports/database.ts' {
  interface Tables {
    reports: ReportsTable;
  }
}

/** A message as it is kept in a report: JSON of what its view says, without what only its place says. */
export type Snapshot = Readonly<Record<string, unknown>>;

interface ReportsTable {
  id: string;
  reporter_id: string;
  person_id: string;
  conversation_id: string | null;
  message_id: string | null;
  reason: ReportReason;
  note: string | null;
  snapshot: Snapshot | null;
  created_at: Date;
  updated_at: Date;
  status: ReportStatus;
  outcome: ReportOutcome | null;
  resolution_note: string | null;
  resolved_by: string | null;
  resolved_at: Date | null;
}

/** A report, with how many others about the same person are open. */
export type ReportRow = ReportsTable & { readonly others: number };

const put: PreparedStatement = {
  name: 'put-report',
  text: `
    insert into reports (
      id, reporter_id, person_id, conversation_id, message_id, reason, note, snapshot, created_at, updated_at, status
    ) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, 'open')
    on conflict (reporter_id, coalesce(message_id, person_id)) where status = 'open'
      do update set reason = excluded.reason, note = excluded.note, updated_at = excluded.updated_at
    returning id, created_at`,
};

/**
 * Stores a report, or changes the reporter's open one about the same thing, whose snapshot stays: it shows what was there
 * when they first complained.
 *
 * @returns the report that is open now; its id is the given one where it is new
 */
export async function putReport(
  unit: UnitOfWork,
  report: Omit<ReportsTable, 'updated_at' | 'status' | 'outcome' | 'resolution_note' | 'resolved_by' | 'resolved_at'>,
): Promise<Pick<ReportsTable, 'id' | 'created_at'>> {
  const [row] = await unit.prepared<Pick<ReportsTable, 'id' | 'created_at'>>(put, [
    report.id,
    report.reporter_id,
    report.person_id,
    report.conversation_id,
    report.message_id,
    report.reason,
    report.note,
    report.snapshot === null ? null : JSON.stringify(report.snapshot),
    report.created_at,
  ]);
  if (!row) throw new Error('A report is either inserted or updated.');
  return row;
}

/** Other open reports are counted so far. In the order of the index, or the planner may look at all of them first. */
const mostOthers = 100;

const columns = `
  r.id, r.reporter_id, r.person_id, r.conversation_id, r.message_id, r.reason, r.note, r.created_at, r.updated_at,
  r.status, r.outcome, r.resolution_note, r.resolved_by, r.resolved_at,
  (select count(*) from (
    select from reports o where o.person_id = r.person_id and o.status = 'open' and o.id <> r.id
    order by o.id limit ${mostOthers}
  ) as counted) as others`;

const queue: PreparedStatement = {
  name: 'report-queue',
  text: `
    select ${columns} from reports r
    where r.status = $1 and (r.created_at, r.id) < (
      coalesce($2::timestamptz, 'infinity'), coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
    )
    order by r.created_at desc, r.id desc limit $4`,
};

/** Reports of a status, the newest first, without their snapshots: reading those is recorded. */
export function selectReports(
  reader: Reader,
  status: ReportStatus,
  before: { at: Date; id: string } | null,
  limit: number,
): Promise<Omit<ReportRow, 'snapshot'>[]> {
  return reader.prepared(queue, [status, before?.at ?? null, before?.id ?? null, limit]);
}

const byId: PreparedStatement = {
  name: 'report-by-id',
  text: `select ${columns}, r.snapshot from reports r where r.id = $1`,
};

export async function findReport(reader: Reader, id: string): Promise<ReportRow | undefined> {
  return (await reader.prepared<ReportRow>(byId, [id]))[0];
}

/** @returns false where it is not open, or not there: of two who close it one wins */
export async function closeReport(
  unit: UnitOfWork,
  id: string,
  resolution: { outcome: ReportOutcome; note: string | null; by: string; at: Date },
): Promise<boolean> {
  const closed = await unit.sql
    .updateTable('reports')
    .set({
      status: resolution.outcome === 'dismissed' ? 'dismissed' : 'resolved',
      outcome: resolution.outcome,
      resolution_note: resolution.note,
      resolved_by: resolution.by,
      resolved_at: resolution.at,
    })
    .where('id', '=', id)
    .where('status', '=', 'open')
    .returning('id')
    .executeTakeFirst();
  return closed !== undefined;
}

const oldReports: PreparedStatement = {
  name: 'delete-old-reports',
  text: `
    with old as materialized (
      select id from reports where resolved_at < $1 order by resolved_at limit $2 for update skip locked
    )
    delete from reports r using old where r.id = old.id returning r.id`,
};

/** @returns how many closed reports were removed, at most `limit` */
export async function deleteClosedReports(unit: UnitOfWork, before: Date, limit: number): Promise<number> {
  return (await unit.prepared(oldReports, [before, limit])).length;
}
