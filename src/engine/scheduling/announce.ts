import type { UnitOfWork } from '../ports/database.ts';
import type { ScheduledMessageView } from './views.ts';

/** Tells a person's own devices what a scheduled message is now, or that it is gone. */
export function announceScheduled(
  unit: UnitOfWork,
  personId: string,
  change: { readonly scheduledId: string; readonly scheduled: ScheduledMessageView | null },
  origin?: string,
): void {
  unit.announce({ type: 'scheduled.changed', audience: { kind: 'people', ids: [personId] }, data: change, origin });
}
