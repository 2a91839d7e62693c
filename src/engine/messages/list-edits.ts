import { assertMember, notPermitted } from '../conversations/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { isId } from '../shared/ids.ts';
import type { MessagePlace } from './change-message.ts';
import { assertTouchable, isAdmin, messageNotFound } from './policy.ts';
import type { Mention } from './references.ts';
import { findMessage } from './store.ts';
import { selectEdits } from './store-changes.ts';

/** What a message said from some time on. */
export interface EditView {
  readonly text: string;
  readonly mentions?: readonly Mention[];
  readonly at: Date;
}

/**
 * All that a message has said, the oldest first and what it says now last. For its sender, and in a group for the owner and
 * the admins.
 *
 * @throws EngineError `conversation_not_found`, `message_not_found`, `message_deleted`, `not_permitted`
 */
export const listEdits =
  (deps: { database: Database; clock: Clock }) =>
  (actor: Actor, { conversationId, messageId }: MessagePlace): Promise<EditView[]> =>
    deps.database.read(async (reader) => {
      const member = await assertMember(reader, actor, conversationId);
      const viewing = { conversationId, personId: actor.personId, historyFrom: member.history_from };
      const message = isId(messageId) ? await findMessage(reader, viewing, messageId) : undefined;
      if (!message || message.hidden) throw messageNotFound();
      if (message.sender_id !== actor.personId && !isAdmin(member)) throw notPermitted('the sender and admins');
      assertTouchable(message, new Date(deps.clock.now()));
      const edits = await selectEdits(reader, message);
      let from = message.created_at;
      return edits.map(({ text, mentions, replaced_at }) => {
        const view = { text, ...(mentions && { mentions }), at: from };
        from = replaced_at ?? from;
        return view;
      });
    });
