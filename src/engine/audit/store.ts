import { type RawBuilder, sql } from 'kysely';
import type { PreparedStatement, Reader, UnitOfWork } from '../ports/database.ts';
import type { AuditAction, AuditTarget } from './actions.ts';

declare module '../ports/database.ts' {
  interface Tables {
    audit_log: AuditLogTable;
  }
}

interface AuditLogTable {
  id: string;
  at: Date;
  actor_id: string | null;
  action: AuditAction;
  target_kind: AuditTarget;
  target_id: string;
  details: Record<string, unknown>;
  ip: string | null;
  door: string | null;
}

export type AuditRow = AuditLogTable;

export async function insertEntry(unit: UnitOfWork, entry: AuditRow): Promise<void> {
  await unit.sql.insertInto('audit_log').values(entry).execute();
}

/** Which entries are wanted; those that fit all that is given. */
export interface AuditFilter {
  readonly actorId?: string | undefined;
  readonly targetId?: string | undefined;
  readonly action?: AuditAction | undefined;
}

/** The index of each kind of filter: a column or expression, after which the index goes on with `at` and `id`. */
const target = sql`target_id`;
const actorAndAction = sql`(actor_id::text || ' ' || action)`;
const actor = sql`actor_id`;
const action = sql`action`;

/**
 * Entries that fit a filter, the latest first.
 *
 * What the index begins with is pinned from both sides and not by `=`, and stands in the order: so only that index has
 * the order, and the planner cannot go through all entries by time in the hope that many fit.
 */
export async function selectEntries(
  reader: Reader,
  filter: AuditFilter,
  before: { at: Date; id: string } | null,
  limit: number,
): Promise<AuditRow[]> {
  const at = before?.at ?? 'infinity';
  const id = before?.id ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  const pinned = (key: RawBuilder<unknown>, value: string, more = sql`true`) => sql<AuditRow>`
    select * from audit_log
    where (${key}, at, id) < (${value}, ${at}, ${id}) and ${key} >= ${value} and ${more}
    order by ${key} desc, at desc, id desc limit ${limit}`;
  let query = sql<AuditRow>`
    select * from audit_log where (at, id) < (${at}, ${id}) order by at desc, id desc limit ${limit}`;
  if (filter.targetId !== undefined) {
    // A target has few entries: the rest is looked at in each.
    const byActor = filter.actorId === undefined ? sql`true` : sql`(actor_id = ${filter.actorId}) is true`;
    const byAction = filter.action === undefined ? sql`true` : sql`(action = ${filter.action}) is true`;
    query = pinned(target, filter.targetId, sql`${byActor} and ${byAction}`);
  } else if (filter.actorId !== undefined && filter.action !== undefined) {
    query = pinned(actorAndAction, `${filter.actorId} ${filter.action}`);
  } else if (filter.actorId !== undefined) {
    query = pinned(actor, filter.actorId);
  } else if (filter.action !== undefined) {
    query = pinned(action, filter.action);
  }
  return (await query.execute(reader.sql)).rows;
}

const oldEntries: PreparedStatement = {
  name: 'delete-old-audit-entries',
  text: `
    with old as materialized (
      select id from audit_log where at < $1 order by at, id limit $2 for update skip locked
    )
    delete from audit_log a using old where a.id = old.id returning a.id`,
};

/** @returns how many were removed, at most `limit` */
export async function deleteOldEntries(unit: UnitOfWork, before: Date, limit: number): Promise<number> {
  return (await unit.prepared(oldEntries, [before, limit])).length;
}
