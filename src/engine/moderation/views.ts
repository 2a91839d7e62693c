import type { ReportedFile } from '../media/index.ts';
import type { SuspensionColumns } from '../people/index.ts';
import type { ReportOutcome, ReportReason, ReportStatus } from './report-terms.ts';
import type { ReportRow, Snapshot } from './store.ts';

/** A report as admins see it in the queue. */
export interface ReportView {
  readonly id: string;
  readonly status: ReportStatus;
  readonly reporterId: string;
  /** Who is reported; of a message, its sender. */
  readonly personId: string;
  /** null where a person is reported and not a message. */
  readonly conversationId: string | null;
  readonly messageId: string | null;
  readonly reason: ReportReason;
  readonly note: string | null;
  readonly createdAt: Date;
  /** When the reporter last changed it. */
  readonly updatedAt: Date;
  /** How many other reports about the same person are open, counted to 100. */
  readonly otherOpen: number;
  readonly resolution: {
    readonly outcome: ReportOutcome;
    readonly note: string | null;
    readonly adminId: string;
    readonly at: Date;
  } | null;
}

/** A report with the message as the reporter saw it. */
export interface ReportDetailsView extends ReportView {
  /** null where a person is reported. */
  readonly message: Snapshot | null;
  /** Its files, while the report is open. */
  readonly files: readonly ReportedFile[];
}

export function reportView(row: Omit<ReportRow, 'snapshot'>): ReportView {
  const { outcome, resolved_by: adminId, resolved_at: at } = row;
  const closed = outcome !== null && adminId !== null && at !== null;
  return {
    id: row.id,
    status: row.status,
    reporterId: row.reporter_id,
    personId: row.person_id,
    conversationId: row.conversation_id,
    messageId: row.message_id,
    reason: row.reason,
    note: row.note,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    otherOpen: row.others,
    resolution: closed ? { outcome, note: row.resolution_note, adminId, at } : null,
  };
}

/** A suspension as admins see it, also one that has ended by itself. */
export interface SuspensionView {
  readonly reason: string;
  readonly at: Date;
  /** null: until it is restored. */
  readonly until: Date | null;
}

export function suspensionView(
  row: SuspensionColumns & { readonly suspension_reason: string | null },
): SuspensionView | null {
  if (row.suspended_at === null) return null;
  return { reason: row.suspension_reason ?? '', at: row.suspended_at, until: row.suspended_until };
}
