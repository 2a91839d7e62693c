import {
  assertMember,
  audienceOf,
  conversationNotFound,
  lockConversation,
  type Membership,
  nextRev,
} from '../conversations/index.ts';
import type { UnitOfWork } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import type { EngineError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import type { MessageChange } from './events.ts';
import { messageNotFound } from './policy.ts';
import { findMessage, type MessageRow } from './store.ts';
import { type MessageView, messageView } from './views.ts';

/** A message as clients name it. */
export interface MessagePlace {
  readonly conversationId: string;
  readonly messageId: string;
}

/** Of one of several messages: what it is now, or why nothing was done with it. */
export type MessageOutcome =
  | { readonly messageId: string; readonly message: MessageView }
  | { readonly messageId: string; readonly error: EngineError };

/** A change that all members see, while nothing else in the conversation changes. */
export interface Change {
  readonly unit: UnitOfWork;
  readonly conversationId: string;
  readonly actor: Actor;
  /** What the actor is in it. */
  readonly member: Membership;
  readonly at: Date;
  /** The connection that asks, which gets the answer and not the event. */
  readonly origin: string | undefined;
}

/**
 * Locks the conversation and looks up who asks: what is judged from here on holds until the unit of work ends.
 *
 * @throws EngineError `conversation_not_found`
 */
export async function beginChange(
  unit: UnitOfWork,
  clock: Clock,
  actor: Actor,
  conversationId: string,
  origin: string | undefined,
): Promise<Change> {
  if (!isId(conversationId) || !(await lockConversation(unit, conversationId))) throw conversationNotFound();
  const member = await assertMember(unit, actor, conversationId);
  return { unit, conversationId, actor, member, at: new Date(clock.now()), origin };
}

/** @throws EngineError `message_not_found`, also where the actor has hidden it */
export async function messageIn(change: Change, messageId: string): Promise<MessageRow> {
  const row = isId(messageId) ? await findMessage(change.unit, viewingOf(change), messageId) : undefined;
  if (!row || row.hidden) throw messageNotFound();
  return row;
}

export const viewingOf = ({ conversationId, actor, member }: Change) => ({
  conversationId,
  personId: actor.personId,
  historyFrom: member.history_from,
});

/**
 * Stores one change of a message under the next `rev` and tells the members.
 *
 * @param what it is
 * @param update what of the row is different
 * @param store writes it
 * @returns the message as the actor sees it
 */
export async function storeChange(
  change: Change,
  message: MessageRow,
  what: MessageChange,
  update: Partial<MessageRow>,
  store: (rev: number) => Promise<void>,
): Promise<MessageView> {
  const rev = await nextRev(change.unit, change.conversationId);
  await store(rev);
  return announceUpdate(change, { ...message, ...update, rev }, what);
}

/**
 * Tells the members what a message is now.
 *
 * @returns the message as the actor sees it
 */
export function announceUpdate(
  { unit, conversationId, actor, member, at, origin }: Change,
  row: MessageRow,
  change: MessageChange,
): MessageView {
  // What the actor alone has done with it is nobody else's business.
  const message = messageView({ ...row, hidden: null, starred: null }, at);
  const audience = audienceOf(conversationId, member.direct_key);
  unit.announce({ type: 'message.updated', audience, data: { message, change, by: actor.personId }, origin });
  return messageView(row, at);
}
