import type { MessageView } from '../messages/index.ts';
import { findPerson, personNotFound } from '../people/index.ts';
import type { LimitRule } from '../ports/limiter.ts';
import type { Actor } from '../shared/actor.ts';
import { day, second } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { isId, newId } from '../shared/ids.ts';
import type { ModerationDeps } from './deps.ts';
import type { ReportReason } from './report-terms.ts';
import { putReport, type Snapshot } from './store.ts';

/** What is reported. */
export type ReportTarget =
  | { readonly personId: string }
  | { readonly conversationId: string; readonly messageId: string };

export interface NewReport {
  readonly target: ReportTarget;
  readonly reason: ReportReason;
  /** The reporter's own words. */
  readonly note?: string | undefined;
}

/** What the reporter learns of it. */
export interface ReportReceipt {
  readonly id: string;
  readonly createdAt: Date;
  /** False where it changed the reporter's open report about the same thing. */
  readonly created: boolean;
}

const perPerson: LimitRule = { name: 'reports', points: 50, windowSeconds: day / second };

/**
 * Reports a person, or a message that the actor may see, to the admins. Who is reported is told nothing. While a report
 * is open, another one about the same thing by the same person changes it, also where two arrive at once.
 *
 * @throws EngineError `person_not_found`, `conversation_not_found`, `message_not_found`, `invalid_request`, `rate_limited`
 */
export const createReport =
  (deps: ModerationDeps) =>
  async (actor: Actor, report: NewReport): Promise<ReportReceipt> => {
    await deps.limiter.consume(perPerson, actor.personId);
    const { target } = report;
    // Who was removed since then has still seen it.
    const message =
      'messageId' in target ? await deps.messages.get(actor, target.conversationId, target.messageId) : null;
    const personId = 'messageId' in target ? (message as MessageView).senderId : target.personId;
    if (personId === actor.personId) {
      const path = message ? '/messageId' : '/personId';
      throw new EngineError('invalid_request', 'Report somebody else, not yourself.', { path });
    }
    const id = newId(deps.clock);
    const row = await deps.database.write(async (unit) => {
      const person = isId(personId) ? await findPerson(unit, personId) : undefined;
      // What a deleted account has sent can be reported; the account itself is no more.
      if (!person || (person.deleted_at !== null && !message)) throw personNotFound();
      return putReport(unit, {
        id,
        reporter_id: actor.personId,
        person_id: personId,
        conversation_id: message?.conversationId ?? null,
        message_id: message?.id ?? null,
        reason: report.reason,
        note: report.note?.trim() || null,
        snapshot: message && snapshotOf(message),
        created_at: new Date(deps.clock.now()),
      });
    });
    return { id: row.id, createdAt: row.created_at, created: row.id === id };
  };

/** All that the message says, whatever kinds of content there are, but not what the reporter keeps for themself. */
function snapshotOf({ id, conversationId, rev, clientId, starred, ...said }: MessageView): Snapshot {
  return said;
}
