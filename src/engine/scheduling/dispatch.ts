import type { SendAck } from '../messages/index.ts';
import type { Actor } from '../shared/actor.ts';
import { second } from '../shared/clock.ts';
import { EngineError, type ErrorCode } from '../shared/errors.ts';
import { announceScheduled } from './announce.ts';
import { lockOwn } from './change-scheduled.ts';
import type { SchedulingDeps } from './deps.ts';
import { anyDue, claimDue, claimScheduled, deleteScheduled, failScheduled, type ScheduledRow } from './store.ts';
import { scheduledView } from './views.ts';

/** Sending takes milliseconds. A node that has not finished by then is taken for dead. */
const lease = 30 * second;
const batchSize = 100;

/** Refusals that say nothing about the message: it is sent when the server can again. */
const passing: ReadonlySet<ErrorCode> = new Set(['overloaded', 'storage_unavailable', 'shutting_down', 'internal']);

/**
 * Sends what is due. Run it every second, on all nodes.
 *
 * A node takes messages for a short time, sends them, and deletes them in the end. Where it dies in between, or where two
 * nodes come to send the same, the message's `clientId` makes the second time find the first one's.
 */
export const dispatchScheduled =
  (deps: SchedulingDeps) =>
  async (stopping?: AbortSignal): Promise<void> => {
    for (let full = true; full && !stopping?.aborted; ) {
      const now = deps.clock.now();
      if (!(await deps.database.read((reader) => anyDue(reader, new Date(now))))) return;
      const until = new Date(now + lease);
      const due = await deps.database.write((unit) => claimDue(unit, new Date(now), until, batchSize));
      full = due.length === batchSize;
      const settled = await Promise.allSettled(
        due.map((row) => (row.suspended ? fail(deps, row, 'account_suspended') : send(deps, row))),
      );
      const broken = settled.find(({ status, reason }: { status: string; reason?: unknown }) => {
        return status === 'rejected' && !(reason instanceof EngineError && !passing.has(reason.code));
      });
      if (broken) throw (broken as PromiseRejectedResult).reason;
    }
  };

/**
 * Sends a scheduled message now.
 *
 * @throws EngineError `scheduled_not_found`, `too_late`, and what `messages.send` throws; then it waits as failed
 */
export const sendScheduledNow =
  (deps: SchedulingDeps) =>
  async (actor: Actor, id: string): Promise<SendAck> => {
    const row = await deps.database.write(async (unit) => {
      const own = await lockOwn(unit, actor, id);
      const now = deps.clock.now();
      await claimScheduled(unit, own.id, new Date(now), new Date(now + lease));
      return own;
    });
    return send(deps, row);
  };

/** Sends one that this node has claimed, and settles what becomes of it. */
async function send(deps: SchedulingDeps, row: ScheduledRow): Promise<SendAck> {
  // Nobody is signed in for it: who it is from was proved when it was scheduled.
  const author: Actor = { personId: row.person_id, sessionId: '', role: 'user' };
  const place = { conversationId: row.conversation_id, clientId: `scheduled:${row.id}` };
  // Its files are kept by the row, which goes when the message shows them.
  const message = { ...row.message, ...place, held: true as const };
  let ack: SendAck;
  try {
    ack = await deps.messages.send(author, message);
  } catch (error) {
    if (error instanceof EngineError && !passing.has(error.code)) await fail(deps, row, error.code);
    throw error;
  }
  await deps.database.write(async (unit) => {
    if (!(await deleteScheduled(unit, row.id))) return;
    announceScheduled(unit, row.person_id, { scheduledId: row.id, scheduled: null });
  });
  return ack;
}

async function fail(deps: SchedulingDeps, row: ScheduledRow, code: ErrorCode): Promise<void> {
  await deps.database.write(async (unit) => {
    const failed = await failScheduled(unit, row.id, code, new Date(deps.clock.now()));
    if (!failed) return;
    announceScheduled(unit, row.person_id, { scheduledId: row.id, scheduled: scheduledView(failed) });
  });
}
