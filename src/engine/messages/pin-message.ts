import { isAllowed, notPermitted, recipientUnavailable } from '../conversations/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { beginChange, type Change, type MessagePlace, messageIn, storeChange } from './change-message.ts';
import { assertTouchable } from './policy.ts';
import { countPins, storePin } from './store-changes.ts';
import { type MessageView, messageView } from './views.ts';

/** How many messages of a conversation can be pinned at the same time. */
export const maxPins = 50;

/**
 * Pins a message for everybody. In a group, who may edit it may pin. One that is pinned stays as it is.
 *
 * @throws EngineError `conversation_not_found`, `message_not_found`, `message_deleted`, `not_permitted`,
 *   `recipient_unavailable`, `limit_reached`
 */
export const pinMessage =
  (deps: { database: Database; clock: Clock }) =>
  (actor: Actor, place: MessagePlace, origin?: string): Promise<MessageView> =>
    deps.database.write(async (unit) => {
      const change = await beginChange(unit, deps.clock, actor, place.conversationId, origin);
      const message = await messageIn(change, place.messageId);
      assertMayPin(change);
      assertTouchable(message, change.at);
      if (message.pinned_at !== null) return messageView(message, change.at);
      if ((await countPins(unit, place.conversationId)) >= maxPins) {
        throw new EngineError('limit_reached', `At most ${maxPins} messages are pinned. Unpin one first.`, {
          limit: maxPins,
        });
      }
      const pinned = { at: change.at, by: actor.personId };
      return storeChange(change, message, 'pinned', { pinned_at: pinned.at, pinned_by: pinned.by }, (rev) =>
        storePin(unit, message, rev, pinned),
      );
    });

/**
 * Unpins a message for everybody. One that is not pinned stays as it is.
 *
 * @throws EngineError `conversation_not_found`, `message_not_found`, `not_permitted`, `recipient_unavailable`
 */
export const unpinMessage =
  (deps: { database: Database; clock: Clock }) =>
  (actor: Actor, place: MessagePlace, origin?: string): Promise<MessageView> =>
    deps.database.write(async (unit) => {
      const change = await beginChange(unit, deps.clock, actor, place.conversationId, origin);
      const message = await messageIn(change, place.messageId);
      assertMayPin(change);
      if (message.pinned_at === null) return messageView(message, change.at);
      return storeChange(change, message, 'unpinned', { pinned_at: null, pinned_by: null }, (rev) =>
        storePin(unit, message, rev, null),
      );
    });

function assertMayPin({ member }: Change): void {
  if (!isAllowed(member, member.who_can_edit)) throw notPermitted('admins');
  if (member.blocked) throw recipientUnavailable();
}
