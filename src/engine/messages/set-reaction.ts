import { audienceOf, nextRev, recipientUnavailable } from '../conversations/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { beginChange, type Change, type MessagePlace, messageIn } from './change-message.ts';
import { assertEmoji } from './emoji.ts';
import type { ReactionChange } from './events.ts';
import { assertTouchable } from './policy.ts';
import type { MessageRow } from './store.ts';
import { deleteReaction, storeReaction } from './store-changes.ts';

/** How many people can react to one message: each who reads it gets all of them. */
export const maxReactions = 1_000;

/**
 * Reacts to a message with one emoji, instead of the actor's earlier one. The same again changes nothing.
 *
 * @throws EngineError `conversation_not_found`, `message_not_found`, `message_deleted`, `not_permitted`,
 *   `recipient_unavailable`, `limit_reached`, `invalid_request`
 */
export const setReaction =
  (deps: { database: Database; clock: Clock }) =>
  async (actor: Actor, place: MessagePlace, emoji: string, origin?: string): Promise<ReactionChange> => {
    assertEmoji(emoji);
    return deps.database.write(async (unit) => {
      const change = await beginChange(unit, deps.clock, actor, place.conversationId, origin);
      const message = await messageIn(change, place.messageId);
      assertTouchable(message, change.at);
      if (change.member.blocked) throw recipientUnavailable();
      const earlier = ownReaction(change, message);
      if (earlier?.emoji === emoji) return viewOf(change, message, message.rev, emoji, new Date(earlier.at));
      if (!earlier && message.reaction_count >= maxReactions) {
        throw new EngineError('limit_reached', `At most ${maxReactions} people react to a message.`, {
          limit: maxReactions,
        });
      }
      const at = afterAll(message, change.at);
      return announce(change, message, emoji, at, (rev) =>
        storeReaction(unit, message, { personId: actor.personId, emoji, at, rev }),
      );
    });
  };

/**
 * Takes the actor's reaction back. Where there is none, nothing changes.
 *
 * @throws EngineError `conversation_not_found`, `message_not_found`, `recipient_unavailable`
 */
export const removeReaction =
  (deps: { database: Database; clock: Clock }) =>
  (actor: Actor, place: MessagePlace, origin?: string): Promise<ReactionChange> =>
    deps.database.write(async (unit) => {
      const change = await beginChange(unit, deps.clock, actor, place.conversationId, origin);
      const message = await messageIn(change, place.messageId);
      if (change.member.blocked) throw recipientUnavailable();
      if (!ownReaction(change, message)) return viewOf(change, message, message.rev, null, change.at);
      return announce(change, message, null, change.at, (rev) =>
        deleteReaction(unit, message, { personId: actor.personId, rev }),
      );
    });

const ownReaction = ({ actor }: Change, { reactions }: MessageRow) =>
  reactions?.find(({ personId }) => personId === actor.personId);

/** A client puts a new reaction behind the others. So it is there by its time too, whatever the clocks of the nodes say. */
function afterAll({ reactions }: MessageRow, at: Date): Date {
  const last = reactions?.at(-1);
  return last ? new Date(Math.max(at.getTime(), Date.parse(last.at) + 1)) : at;
}

async function announce(
  change: Change,
  message: MessageRow,
  emoji: string | null,
  at: Date,
  store: (rev: number) => Promise<void>,
): Promise<ReactionChange> {
  const { unit, conversationId, member, origin } = change;
  const rev = await nextRev(unit, conversationId);
  await store(rev);
  const data = viewOf(change, message, rev, emoji, at);
  unit.announce({ type: 'reaction.changed', audience: audienceOf(conversationId, member.direct_key), data, origin });
  return data;
}

function viewOf(change: Change, message: MessageRow, rev: number, emoji: string | null, at: Date): ReactionChange {
  const { conversationId, actor } = change;
  const before = ownReaction(change, message)?.emoji ?? null;
  const replaced = before === emoji ? null : before;
  return {
    conversationId,
    messageId: message.id,
    seq: message.seq,
    rev,
    personId: actor.personId,
    emoji,
    replaced,
    at,
  };
}
