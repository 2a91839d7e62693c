/** Everything that leaves an entry in the audit log. Never renamed: old entries have the name. */
export const auditActions = [
  'account.read',
  'account.suspended',
  'account.restored',
  'admin.created',
  'report.read',
  'report.resolved',
] as const;

export type AuditAction = (typeof auditActions)[number];

/** What an entry is about. */
export const auditTargets = ['person', 'report'] as const;

export type AuditTarget = (typeof auditTargets)[number];
