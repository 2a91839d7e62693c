import { isDeepStrictEqual } from 'node:util';
import { isAllowed, notPermitted, recipientUnavailable } from '../conversations/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { beginChange, type MessagePlace, messageIn, storeChange } from './change-message.ts';
import { assertContent, type MessageKind } from './content.ts';
import { withoutFacts } from './hold-files.ts';
import { assertMentions } from './mentions.ts';
import { assertTouchable, lateness, type MessageWindows } from './policy.ts';
import type { Mention } from './references.ts';
import { countEdits, storeEdit } from './store-changes.ts';
import { type MessageView, messageView } from './views.ts';

/** Kinds whose text can be edited. */
const editable: ReadonlySet<MessageKind> = new Set(['text', 'image', 'video', 'audio', 'document', 'link']);

/** How often one message can be edited: all that it said is kept. */
export const maxEdits = 100;

export interface MessageEdit {
  /** What it says from now on, or its caption. */
  readonly text: string;
  /** People named in the new text. Places in the old one mean nothing in it, so those named there are not kept. */
  readonly mentions?: readonly Mention[] | undefined;
}

/**
 * Changes the text of an own message, or the caption of own media, within the edit window. What it said before is kept. To
 * say the same again changes nothing.
 *
 * @throws EngineError `conversation_not_found`, `message_not_found`, `message_deleted`, `not_permitted`, `too_late`,
 *   `recipient_unavailable`, `limit_reached`, `invalid_request`
 */
export const editMessage =
  (deps: { database: Database; clock: Clock; windows: MessageWindows }) =>
  (actor: Actor, place: MessagePlace, edit: MessageEdit, origin?: string): Promise<MessageView> =>
    deps.database.write(async (unit) => {
      const change = await beginChange(unit, deps.clock, actor, place.conversationId, origin);
      const { member, at } = change;
      const message = await messageIn(change, place.messageId);
      if (message.sender_id !== actor.personId) throw notPermitted('the sender');
      assertTouchable(message, at);
      if (!editable.has(message.kind)) {
        const { kind } = message;
        throw new EngineError('not_permitted', `A message of kind ${kind} cannot be edited.`, { kind });
      }
      const { text } = edit;
      const mentions = edit.mentions?.length ? edit.mentions : null;
      assertContent({ kind: message.kind, text, content: withoutFacts(message.content) });
      if (text === message.text && isDeepStrictEqual(mentions, message.mentions)) return messageView(message, at);
      if (member.blocked) throw recipientUnavailable();
      if (!isAllowed(member, member.who_can_send)) throw notPermitted('admins');
      const late = lateness(message, deps.windows.edit, at);
      if (late) throw late;
      await assertMentions(unit, place.conversationId, text, mentions ?? []);
      if ((await countEdits(unit, message)) >= maxEdits) {
        throw new EngineError('limit_reached', `A message can be edited ${maxEdits} times.`, { limit: maxEdits });
      }
      return storeChange(change, message, 'edited', { text, mentions, edited_at: at }, (rev) =>
        storeEdit(unit, message, { rev, text, mentions, at }),
      );
    });
