import type { Database } from '../ports/database.ts';
import { isId } from '../shared/ids.ts';
import { decodeCursor, encodeCursor, type Page } from '../shared/page.ts';
import type { Admin } from '../shared/policy.ts';
import type { AuditAction, AuditTarget } from './actions.ts';
import { type AuditFilter, type AuditRow, selectEntries } from './store.ts';

/** One privileged act, as it was recorded. */
export interface AuditEntryView {
  readonly id: string;
  readonly at: Date;
  /** null where the operator acted, on the machine itself. */
  readonly actorId: string | null;
  readonly action: AuditAction;
  readonly targetKind: AuditTarget;
  readonly targetId: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly ip: string | null;
  readonly door: string | null;
}

export interface AuditQuery extends AuditFilter {
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** The audit log, the latest entries first. */
export const listEntries =
  (deps: { database: Database }) =>
  async (_admin: Admin, { cursor, limit, ...filter }: AuditQuery): Promise<Page<AuditEntryView>> => {
    const before = cursor === undefined ? null : positionOf(cursor);
    const ids = [filter.actorId, filter.targetId].filter((id) => id !== undefined);
    if (!ids.every(isId)) return { items: [], next: null };
    const rows = await deps.database.read((reader) => selectEntries(reader, filter, before, limit + 1));
    const items = rows.slice(0, limit).map(entryView);
    const last = items.at(-1);
    return { items, next: last && rows.length > limit ? encodeCursor([last.at.getTime(), last.id]) : null };
  };

function positionOf(cursor: string): { at: Date; id: string } {
  const [at, id] = decodeCursor(cursor, ['time', 'id']);
  return { at: new Date(at as number), id: id as string };
}

const entryView = (row: AuditRow): AuditEntryView => ({
  id: row.id,
  at: row.at,
  actorId: row.actor_id,
  action: row.action,
  targetKind: row.target_kind,
  targetId: row.target_id,
  details: row.details,
  ip: row.ip,
  door: row.door,
});
