import './events.ts';
import type { Migration } from '../ports/database.ts';
import { cancelScheduled, updateScheduledMessage } from './change-scheduled.ts';
import type { SchedulingDeps } from './deps.ts';
import { dispatchScheduled, sendScheduledNow } from './dispatch.ts';
import { listScheduled } from './list-scheduled.ts';
import { scheduledMessages } from './migrations/0015-scheduled-messages.ts';
import { scheduleMessage } from './schedule-message.ts';
import { deleteScheduledOf } from './store.ts';

export { schedulingData } from './my-data.ts';
export { maxScheduled } from './policy.ts';
export type { ScheduledMessageView } from './views.ts';

export const schedulingMigrations: readonly Migration[] = [scheduledMessages];

/** Messages that wait for their time. */
export function createScheduling(deps: SchedulingDeps) {
  return {
    create: scheduleMessage(deps),
    list: listScheduled(deps),
    update: updateScheduledMessage(deps),
    cancel: cancelScheduled(deps),
    sendNow: sendScheduledNow(deps),
    /** Deletes all of a person, in the transaction that deletes their account. */
    erase: deleteScheduledOf,
    /** Sends what is due. Run it every second, on all nodes. */
    dispatch: dispatchScheduled(deps),
  };
}

export type Scheduling = ReturnType<typeof createScheduling>;
