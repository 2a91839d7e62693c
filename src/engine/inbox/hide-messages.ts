import { changeOwnMember } from '../conversations/index.ts';
import { findPlaces, hideMessages as hide, messageNotFound } from '../messages/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import { answerOwn, lockOwn } from './change-own.ts';
import type { OwnChangeView } from './own-change.ts';

/** The most messages that are hidden at once. */
export const maxHiddenAtOnce = 100;

/**
 * Deletes messages for the actor alone, for good: they keep their place without what they said, are not unread any more,
 * and their stars are gone. All of them or, where one is not there, none. Doing it again changes nothing.
 *
 * @throws EngineError `conversation_not_found`, `message_not_found` with the `path` of the first that is not there
 */
export const hideMessages =
  (deps: { database: Database; clock: Clock }) =>
  async (
    actor: Actor,
    conversationId: string,
    messageIds: readonly string[],
    origin?: string,
  ): Promise<OwnChangeView> => {
    if (messageIds.length === 0 || messageIds.length > maxHiddenAtOnce) {
      throw new EngineError('invalid_request', `Name 1 to ${maxHiddenAtOnce} messages.`, { path: '/messageIds' });
    }
    return deps.database.write(async (unit) => {
      const now = new Date(deps.clock.now());
      const member = await lockOwn(unit, actor, conversationId);
      const viewing = { conversationId, personId: actor.personId, historyFrom: member.history_from };
      const places = await findPlaces(unit, viewing, [...new Set(messageIds.filter(isId))], now);
      const found = new Set(places.map(({ id }) => id));
      const missing = messageIds.findIndex((id) => !found.has(id));
      if (missing >= 0) throw messageNotFound(`/messageIds/${missing}`);

      const shown = places.filter(({ hidden }) => !hidden);
      if (shown.length === 0) return answerOwn(unit, now, member, null, origin);
      const version = await changeOwnMember(unit, member, { marks: member.marks + shown.length });
      const marking = { conversationId, personId: actor.personId, version };
      await hide(
        unit,
        marking,
        shown.map(({ seq }) => seq),
      );
      const marks = shown.map(({ id, seq }) => ({ messageId: id, seq, hidden: true, starred: false }));
      return answerOwn(unit, now, member, marks, origin);
    });
  };
