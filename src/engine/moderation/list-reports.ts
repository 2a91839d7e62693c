import { decodeCursor, encodeCursor, type Page } from '../shared/page.ts';
import type { Admin } from '../shared/policy.ts';
import type { ModerationDeps } from './deps.ts';
import type { ReportStatus } from './report-terms.ts';
import { selectReports } from './store.ts';
import { type ReportView, reportView } from './views.ts';

/** The admins' queue: reports of a status, the newest first. */
export const listReports =
  (deps: ModerationDeps) =>
  async (
    _admin: Admin,
    query: { status: ReportStatus; cursor?: string | undefined; limit: number },
  ): Promise<Page<ReportView>> => {
    let before: { at: Date; id: string } | null = null;
    if (query.cursor !== undefined) {
      const [at, id] = decodeCursor(query.cursor, ['time', 'id']);
      before = { at: new Date(at as number), id: id as string };
    }
    const rows = await deps.database.read((reader) => selectReports(reader, query.status, before, query.limit + 1));
    const items = rows.slice(0, query.limit).map(reportView);
    const last = items.at(-1);
    const more = last && rows.length > query.limit;
    return { items, next: more ? encodeCursor([last.createdAt.getTime(), last.id]) : null };
  };
