import { EngineError } from '../shared/errors.ts';

/** The columns that say whether an account is suspended. */
export interface SuspensionColumns {
  readonly suspended_at: Date | null;
  /** null: until it is restored. */
  readonly suspended_until: Date | null;
}

/** Whether an account is suspended at a time, in milliseconds. After its end nobody needs to restore it. */
export function isSuspended(row: SuspensionColumns, now: number): boolean {
  return row.suspended_at !== null && (row.suspended_until === null || row.suspended_until.getTime() > now);
}

export function accountSuspended(row: SuspensionColumns): EngineError {
  const until = row.suspended_until?.toISOString() ?? null;
  const message = until === null ? 'This account is suspended.' : `This account is suspended until ${until}.`;
  return new EngineError('account_suspended', message, { until });
}
