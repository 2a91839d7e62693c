import { assertSendable, type NewMessage } from '../messages/index.ts';
import { lockPerson, personNotFound } from '../people/index.ts';
import type { Actor } from '../shared/actor.ts';
import { EngineError } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import { announceScheduled } from './announce.ts';
import type { SchedulingDeps } from './deps.ts';
import { assertSendAt, maxScheduled } from './policy.ts';
import { countScheduled, insertScheduled, type ScheduledContent } from './store.ts';
import { type ScheduledMessageView, scheduledView } from './views.ts';

/**
 * Keeps a message until its time, and sends it then. It is checked now as if it were sent now, and again when it is.
 *
 * @throws EngineError `conversation_not_found`, `message_not_found`, `invalid_request`, `not_permitted`,
 *   `recipient_unavailable`, `limit_reached`, `media_not_found`, `media_not_ready`, `media_refused`
 */
export const scheduleMessage =
  (deps: SchedulingDeps) =>
  async (
    actor: Actor,
    given: Omit<NewMessage, 'clientId' | 'forwarded' | 'held'> & { readonly sendAt: Date },
    origin?: string,
  ): Promise<ScheduledMessageView> => {
    const { sendAt, conversationId, ...rest } = given;
    const now = deps.clock.now();
    assertSendAt(sendAt, now);
    // The row itself then keeps the files, until the message that is sent does.
    const message = contentOf({ ...rest, content: await deps.messages.takeContent(actor, rest) });
    return deps.database.write(async (unit) => {
      // Alone, so that of two at once each sees the other's; and no account is deleted meanwhile.
      if (!(await lockPerson(unit, actor.personId, 'alone'))) throw personNotFound();
      await assertSendable(unit, actor, { ...message, conversationId }, new Date(now));
      if ((await countScheduled(unit, actor.personId)) >= maxScheduled) {
        throw new EngineError('limit_reached', `At most ${maxScheduled} messages wait to be sent. Cancel one.`, {
          limit: maxScheduled,
        });
      }
      const row = await insertScheduled(unit, {
        id: newId(deps.clock),
        person_id: actor.personId,
        conversation_id: conversationId,
        message,
        send_at: sendAt,
        created_at: new Date(now),
      });
      const scheduled = scheduledView(row);
      announceScheduled(unit, actor.personId, { scheduledId: scheduled.id, scheduled }, origin);
      return scheduled;
    });
  };

/** What is stored, without what is not given. */
export function contentOf({ kind, text, content, replyTo, mentions }: ScheduledContent): ScheduledContent {
  return {
    kind,
    text,
    ...(content !== undefined && { content }),
    ...(replyTo !== undefined && { replyTo }),
    ...(mentions?.length && { mentions }),
  };
}
