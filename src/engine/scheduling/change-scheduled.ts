import { assertSendable, type NewMessage } from '../messages/index.ts';
import type { UnitOfWork } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { isId } from '../shared/ids.ts';
import { announceScheduled } from './announce.ts';
import type { SchedulingDeps } from './deps.ts';
import { assertSendAt, beingSent, scheduledNotFound } from './policy.ts';
import { contentOf } from './schedule-message.ts';
import { deleteScheduled, findScheduled, lockScheduled, type ScheduledRow, updateScheduled } from './store.ts';
import { type ScheduledMessageView, scheduledView } from './views.ts';

/** What is to be different. What is left out stays. */
export interface ScheduledChange {
  readonly text?: string | undefined;
  readonly content?: unknown;
  readonly mentions?: NewMessage['mentions'];
  readonly sendAt?: Date | undefined;
}

/**
 * Changes a scheduled message. One that could not be sent is to be sent again, and needs a new time for it.
 *
 * @throws EngineError `scheduled_not_found`, `too_late`, and what scheduling it anew would throw
 */
export const updateScheduledMessage =
  (deps: SchedulingDeps) =>
  async (actor: Actor, id: string, change: ScheduledChange, origin?: string): Promise<ScheduledMessageView> => {
    const content = change.content === undefined ? undefined : await takeContent(deps, actor, id, change);
    return deps.database.write(async (unit) => {
      const row = await lockOwn(unit, actor, id);
      const { text, mentions, sendAt = row.send_at } = change;
      const now = deps.clock.now();
      if (change.sendAt !== undefined || row.failed_at !== null) assertSendAt(sendAt, now);
      const message = contentOf({
        ...row.message,
        ...(text !== undefined && { text }),
        ...(content !== undefined && { content }),
        ...(mentions !== undefined && { mentions }),
      });
      await assertSendable(unit, actor, { ...message, conversationId: row.conversation_id }, new Date(now));
      const scheduled = scheduledView(await updateScheduled(unit, row.id, { message, sendAt }));
      announceScheduled(unit, actor.personId, { scheduledId: row.id, scheduled }, origin);
      return scheduled;
    });
  };

/** Before the lock: it may have to keep files. The kind never changes. */
async function takeContent(deps: SchedulingDeps, actor: Actor, id: string, change: ScheduledChange): Promise<unknown> {
  const row = isId(id) ? await deps.database.read((reader) => findScheduled(reader, actor.personId, id)) : undefined;
  if (!row) throw scheduledNotFound();
  const { kind, text } = row.message;
  return deps.messages.takeContent(actor, { kind, text: change.text ?? text, content: change.content });
}

/**
 * Gives a scheduled message up.
 *
 * @throws EngineError `scheduled_not_found`, `too_late`
 */
export const cancelScheduled =
  (deps: SchedulingDeps) =>
  async (actor: Actor, id: string, origin?: string): Promise<void> =>
    deps.database.write(async (unit) => {
      const row = await lockOwn(unit, actor, id);
      await deleteScheduled(unit, row.id);
      announceScheduled(unit, actor.personId, { scheduledId: row.id, scheduled: null }, origin);
    });

/**
 * One's own scheduled message, locked.
 *
 * @throws EngineError `scheduled_not_found`, or `too_late` where a node has begun to send it
 */
export async function lockOwn(unit: UnitOfWork, actor: Actor, id: string): Promise<ScheduledRow> {
  const row = isId(id) ? await lockScheduled(unit, actor.personId, id) : undefined;
  if (!row) throw scheduledNotFound();
  if (row.claimed_until !== null) throw beingSent();
  return row;
}
