import { changeOwnMember, type OwnMember } from '../conversations/index.ts';
import { clearMarks } from '../messages/index.ts';
import type { Database, UnitOfWork } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { answerOwn, lockOwn } from './change-own.ts';
import type { OwnChangeView } from './own-change.ts';

/** What emptying a conversation changes in the member's row. Removes their marks on what is in it. */
export async function emptied(unit: UnitOfWork, member: OwnMember) {
  const hidden = await clearMarks(unit, member.person_id, member.conversation_id, member.last_seq);
  return { history_from: member.last_seq, marks: member.marks - hidden, marked_unread: false };
}

/**
 * Empties a conversation for the actor: everything said so far is gone for them, with their stars, and nothing of it is
 * unread. For the others nothing changes: the watermarks stay, because who clears has not read.
 *
 * @throws EngineError `conversation_not_found`
 */
export const clearHistory =
  (deps: { database: Database; clock: Clock }) =>
  async (actor: Actor, conversationId: string, origin?: string): Promise<OwnChangeView> =>
    deps.database.write(async (unit) => {
      const now = new Date(deps.clock.now());
      const member = await lockOwn(unit, actor, conversationId);
      const isEmpty = member.history_from >= member.last_seq && !member.marked_unread;
      if (isEmpty) return answerOwn(unit, now, member, null, origin);
      await changeOwnMember(unit, member, await emptied(unit, member));
      return answerOwn(unit, now, member, [], origin);
    });
