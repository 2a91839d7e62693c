import type { Migration } from '../ports/database.ts';
import { day } from '../shared/clock.ts';
import { adminOnly } from '../shared/policy.ts';
import { createReport } from './create-report.ts';
import type { ModerationDeps } from './deps.ts';
import { getAccount } from './get-account.ts';
import { getReport } from './get-report.ts';
import { listReports } from './list-reports.ts';
import { moderation } from './migrations/0007-moderation.ts';
import { myReports } from './migrations/0018-my-reports.ts';
import { resolveReport } from './resolve-report.ts';
import { restorePerson } from './restore-person.ts';
import { deleteClosedReports } from './store.ts';
import { suspendPerson } from './suspend-person.ts';

export type { NewReport, ReportReceipt, ReportTarget } from './create-report.ts';
export type { AccountView } from './get-account.ts';
export { moderationData } from './my-data.ts';
export {
  type ReportOutcome,
  type ReportReason,
  type ReportStatus,
  reportOutcomes,
  reportReasons,
  reportStatuses,
} from './report-terms.ts';
export type { Resolution } from './resolve-report.ts';
export type { ReportDetailsView, ReportView, SuspensionView } from './views.ts';

export const moderationMigrations: readonly Migration[] = [moderation, myReports];

/** How long closed reports are kept. */
const keepFor = 365 * day;
const sweepBatch = 1_000;

/** Reports by anybody, and what admins do about them and about accounts. */
export function createModeration(deps: ModerationDeps) {
  return {
    report: createReport(deps),
    listReports: adminOnly(listReports(deps)),
    getReport: adminOnly(getReport(deps)),
    resolveReport: adminOnly(resolveReport(deps)),
    suspend: adminOnly(suspendPerson(deps)),
    restore: adminOnly(restorePerson(deps)),
    getAccount: adminOnly(getAccount(deps)),
    /** Removes closed reports after a year, in transactions of bounded size. Run it now and then, on any node. */
    async sweep(): Promise<void> {
      const before = new Date(deps.clock.now() - keepFor);
      let removed: number;
      do removed = await deps.database.write((unit) => deleteClosedReports(unit, before, sweepBatch));
      while (removed === sweepBatch);
    },
  };
}

export type Moderation = ReturnType<typeof createModeration>;
