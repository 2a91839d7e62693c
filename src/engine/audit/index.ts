import type { Database, Migration } from '../ports/database.ts';
import { type Clock, day } from '../shared/clock.ts';
import { adminOnly } from '../shared/policy.ts';
import { listEntries } from './list-entries.ts';
import { auditLog } from './migrations/0008-audit.ts';
import { deleteOldEntries } from './store.ts';

export { type AuditAction, type AuditTarget, auditActions, auditTargets } from './actions.ts';
export { audit, type PrivilegedAct } from './audit.ts';
export type { AuditEntryView, AuditQuery } from './list-entries.ts';

export const auditMigrations: readonly Migration[] = [auditLog];

const keepFor = 2 * 365 * day;
const sweepBatch = 1_000;

/** The audit log: every privileged act, who did it, to what, when and from where. */
export function createAuditLog(deps: { database: Database; clock: Clock }) {
  return {
    list: adminOnly(listEntries(deps)),
    /** Removes entries after two years, in transactions of bounded size. Run it now and then, on any node. */
    async sweep(): Promise<void> {
      const before = new Date(deps.clock.now() - keepFor);
      let removed: number;
      do removed = await deps.database.write((unit) => deleteOldEntries(unit, before, sweepBatch));
      while (removed === sweepBatch);
    },
  };
}

export type AuditLog = ReturnType<typeof createAuditLog>;
