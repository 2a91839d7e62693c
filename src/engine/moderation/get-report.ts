import { audit } from '../audit/index.ts';
import { filesOf, type MessageContent } from '../messages/index.ts';
import type { Origin } from '../shared/actor.ts';
import { EngineError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import type { Admin } from '../shared/policy.ts';
import type { ModerationDeps } from './deps.ts';
import { findReport } from './store.ts';
import { type ReportDetailsView, reportView } from './views.ts';

export const reportNotFound = (): EngineError => new EngineError('report_not_found', 'There is no such report.');

/**
 * One report with the message that is reported, and links to the files that the report keeps. What people say to each other is private, so reading it is recorded.
 *
 * @throws EngineError `report_not_found`
 */
export const getReport =
  (deps: ModerationDeps) =>
  async (admin: Admin, reportId: string, origin: Origin): Promise<ReportDetailsView> =>
    deps.database.write(async (unit) => {
      const row = isId(reportId) ? await findReport(unit, reportId) : undefined;
      if (!row) throw reportNotFound();
      const target = { kind: 'report', id: row.id } as const;
      const details = { personId: row.person_id };
      await audit(unit, deps.clock, { by: { admin, origin }, action: 'report.read', target, details });
      const content = row.snapshot?.content as MessageContent | undefined;
      const ids = filesOf(content).map(({ id }) => id);
      const files = ids.length === 0 ? [] : await deps.media.reportedLinks(unit, admin, row.id, ids);
      return { ...reportView(row), message: row.snapshot, files };
    });
