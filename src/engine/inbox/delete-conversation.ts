import { changeOwnMember } from '../conversations/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { lockOwn } from './change-own.ts';
import { emptied } from './clear-history.ts';

/**
 * Deletes a conversation for the actor: it is emptied, and gone from their list until something is said in it. They stay a
 * member; the others notice nothing. What they call it, and that it is muted, stays.
 *
 * @throws EngineError `conversation_not_found`
 */
export const deleteConversation =
  (deps: { database: Database }) =>
  async (actor: Actor, conversationId: string, origin?: string): Promise<void> =>
    deps.database.write(async (unit) => {
      const member = await lockOwn(unit, actor, conversationId);
      const lastSeq = member.last_seq;
      if (member.hidden_seq !== null && lastSeq <= member.hidden_seq) return;
      const version = await changeOwnMember(unit, member, {
        ...(await emptied(unit, member)),
        hidden_seq: lastSeq,
        archived_seq: null,
        pinned_at: null,
      });
      const audience = { kind: 'people', ids: [actor.personId] } as const;
      unit.announce({ type: 'conversation.hidden', audience, data: { conversationId, lastSeq, version }, origin });
    });
