import { changeOwnMember } from '../conversations/index.ts';
import { findPlaces, starMessage as mark, messageDeleted, messageNotFound } from '../messages/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { isId } from '../shared/ids.ts';
import { answerOwn, lockOwn } from './change-own.ts';
import type { OwnChangeView } from './own-change.ts';

/**
 * Stars a message for the actor alone, or with `starred: false` takes the star away. What is so already makes no change.
 *
 * @throws EngineError `conversation_not_found`, `message_not_found` (also where the actor has hidden it), `message_deleted`
 */
export const starMessage =
  (deps: { database: Database; clock: Clock }) =>
  async (
    actor: Actor,
    place: { conversationId: string; messageId: string },
    starred: boolean,
    origin?: string,
  ): Promise<OwnChangeView> =>
    deps.database.write(async (unit) => {
      const now = new Date(deps.clock.now());
      const { conversationId, messageId } = place;
      const member = await lockOwn(unit, actor, conversationId);
      const viewing = { conversationId, personId: actor.personId, historyFrom: member.history_from };
      const [message] = isId(messageId) ? await findPlaces(unit, viewing, [messageId], now) : [];
      if (!message || message.hidden) throw messageNotFound();
      if (starred && message.gone) throw messageDeleted();
      if (message.starred === starred) return answerOwn(unit, now, member, null, origin);
      const version = await changeOwnMember(unit, member, {});
      const marking = { conversationId, personId: actor.personId, version };
      await mark(unit, marking, message.seq, starred ? now : null);
      return answerOwn(unit, now, member, [{ messageId, seq: message.seq, hidden: false, starred }], origin);
    });
