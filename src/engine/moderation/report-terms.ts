/** Why something is reported. */
export const reportReasons = ['spam', 'harassment', 'violence', 'nudity', 'impersonation', 'illegal', 'other'] as const;

export type ReportReason = (typeof reportReasons)[number];

/** `open` until an admin has decided; `dismissed` where there was nothing to do. */
export const reportStatuses = ['open', 'resolved', 'dismissed'] as const;

export type ReportStatus = (typeof reportStatuses)[number];

/** What an admin did about a report. */
export const reportOutcomes = ['dismissed', 'warned', 'message_deleted', 'suspended', 'other'] as const;

export type ReportOutcome = (typeof reportOutcomes)[number];
