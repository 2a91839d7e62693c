import { audit } from '../audit/index.ts';
import type { Origin } from '../shared/actor.ts';
import { EngineError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import type { Admin } from '../shared/policy.ts';
import type { ModerationDeps } from './deps.ts';
import { reportNotFound } from './get-report.ts';
import type { ReportOutcome } from './report-terms.ts';
import { closeReport, findReport } from './store.ts';
import { assertUntil, suspend } from './suspend-person.ts';
import { type ReportView, reportView } from './views.ts';

export interface Resolution {
  readonly outcome: ReportOutcome;
  /** For other admins. */
  readonly note?: string | undefined;
  /** Suspends the person who is reported, in the same transaction. Only with the outcome `suspended`. */
  readonly suspend?: boolean | undefined;
  /** When that suspension ends; without it, when an admin restores the account. */
  readonly until?: Date | undefined;
}

/**
 * Closes a report. Of two admins who close it at once one wins.
 *
 * @throws EngineError `report_not_found`, `report_closed`, `invalid_request`; where it suspends, also `person_not_found`
 *   and `forbidden`, and then the report stays open
 */
export const resolveReport =
  (deps: ModerationDeps) =>
  async (admin: Admin, reportId: string, resolution: Resolution, origin: Origin): Promise<ReportView> => {
    const { outcome, until } = resolution;
    const suspends = resolution.suspend ?? false;
    if (suspends && outcome !== 'suspended') {
      throw new EngineError('invalid_request', 'To suspend the person, give the outcome suspended.', {
        path: '/outcome',
      });
    }
    if (!suspends && until !== undefined) {
      throw new EngineError('invalid_request', 'Give until together with suspend: true only.', { path: '/until' });
    }
    assertUntil(until, deps.clock.now());
    if (!isId(reportId)) throw reportNotFound();
    const note = resolution.note?.trim() || null;
    return deps.database.write(async (unit) => {
      const at = new Date(deps.clock.now());
      const closed = await closeReport(unit, reportId, { outcome, note, by: admin.personId, at });
      const row = await findReport(unit, reportId);
      if (!row) throw reportNotFound();
      if (!closed) throw new EngineError('report_closed', 'Another admin has closed this report.');
      const by = { admin, origin };
      const personId = row.person_id;
      const target = { kind: 'report', id: reportId } as const;
      const details = { outcome, personId, suspended: suspends };
      await audit(unit, deps.clock, { by, action: 'report.resolved', target, details });
      if (suspends) await suspend(unit, deps.clock, by, { personId, reason: note ?? row.reason, until, reportId });
      return reportView(row);
    });
  };
