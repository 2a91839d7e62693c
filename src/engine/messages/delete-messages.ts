import { nextRev, notPermitted } from '../conversations/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import {
  announceUpdate,
  beginChange,
  type Change,
  type MessageOutcome,
  type MessagePlace,
  viewingOf,
} from './change-message.ts';
import { isAdmin, lateness, type MessageWindows, messageDeleted, messageNotFound, untouchable } from './policy.ts';
import { findMessages, type MessageRow } from './store.ts';
import { bury } from './store-changes.ts';
import { type MessageView, messageView } from './views.ts';

/** The most messages that are deleted at once. */
export const maxDeletions = 100;

type Deps = { readonly database: Database; readonly clock: Clock; readonly windows: MessageWindows };

/**
 * Deletes messages of one conversation for everybody, all in one commit: own ones within the delete window, and in a group
 * its owner and admins any. Their places stay, and who sent them; what they said is gone. One that was deleted already
 * stays as it is.
 *
 * @param messageIds at most {@link maxDeletions}
 * @returns what became of each, in the same order
 * @throws EngineError `conversation_not_found`, `invalid_request`; of single messages: `message_not_found`,
 *   `not_permitted`, `too_late`
 */
export const deleteMessages =
  (deps: Deps) =>
  async (
    actor: Actor,
    conversationId: string,
    messageIds: readonly string[],
    origin?: string,
  ): Promise<MessageOutcome[]> => {
    if (messageIds.length > maxDeletions) {
      throw new EngineError('invalid_request', `At most ${maxDeletions} messages are deleted at once.`, {
        path: '/messageIds',
      });
    }
    return deleteIn(deps, actor, conversationId, messageIds, origin, 'leave');
  };

function deleteIn(
  deps: Deps,
  actor: Actor,
  conversationId: string,
  messageIds: readonly string[],
  origin: string | undefined,
  again: 'leave' | 'refuse',
): Promise<MessageOutcome[]> {
  return deps.database.write(async (unit) => {
    const change = await beginChange(unit, deps.clock, actor, conversationId, origin);
    const found = await findMessages(unit, viewingOf(change), messageIds.filter(isId));
    const visible = new Map(found.filter(({ hidden }) => !hidden).map((row) => [row.id, row]));
    const doomed = found.filter((row) => row.deleted_at === null && !refusal(deps, change, visible.get(row.id)));
    const buried = await buryAll(change, doomed);
    return messageIds.map((messageId) => {
      const row = visible.get(messageId);
      const error =
        refusal(deps, change, row) ?? (again === 'refuse' && row?.deleted_at ? messageDeleted() : undefined);
      if (!row || error) return { messageId, error: error ?? messageNotFound() };
      return { messageId, message: buried.get(messageId) ?? messageView(row, change.at) };
    });
  });
}

/**
 * Deletes one message for everybody; see {@link deleteMessages}.
 *
 * @param again what to do with one that was deleted already: leave it as it is, or refuse
 * @throws EngineError also what that gives of single messages, and `message_deleted`
 */
export const deleteMessage =
  (deps: Deps) =>
  async (
    actor: Actor,
    place: MessagePlace,
    origin?: string,
    again: 'leave' | 'refuse' = 'leave',
  ): Promise<MessageView> => {
    const [outcome] = await deleteIn(deps, actor, place.conversationId, [place.messageId], origin, again);
    if (!outcome) throw messageNotFound();
    if ('error' in outcome) throw outcome.error;
    return outcome.message;
  };

function refusal(deps: Deps, { actor, member, at }: Change, row: MessageRow | undefined): EngineError | undefined {
  if (!row) return messageNotFound();
  const admin = isAdmin(member);
  if (row.sender_id !== actor.personId && !admin) return notPermitted('the sender and admins');
  if (row.deleted_at !== null) return undefined;
  // One whose time is over but that is still there may as well be deleted.
  if (row.kind === 'system') return untouchable(row, at);
  return admin ? undefined : lateness(row, deps.windows.delete, at);
}

/** @returns the messages as they are now, by id */
async function buryAll(change: Change, rows: readonly MessageRow[]): Promise<Map<string, MessageView>> {
  if (rows.length === 0) return new Map();
  const { unit, conversationId, actor, at } = change;
  const last = await nextRev(unit, conversationId, rows.length);
  const graves = rows.map((row, i) => ({ row, rev: last - rows.length + 1 + i }));
  await bury(unit, {
    conversationId,
    graves: graves.map(({ row, rev }) => ({ seq: row.seq, rev })),
    by: actor.personId,
    at,
  });
  return new Map(
    graves.map(({ row, rev }) => [row.id, announceUpdate(change, { ...row, rev, deleted_at: at }, 'deleted')]),
  );
}
