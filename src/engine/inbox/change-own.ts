import { conversationNotFound, lockOwnMember, type OwnMember } from '../conversations/index.ts';
import type { UnitOfWork } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { isId } from '../shared/ids.ts';
import { announceInbox, type MarkView, type OwnChangeView, readOwn } from './own-change.ts';

/**
 * The actor's own row of a conversation, locked.
 *
 * @throws EngineError `conversation_not_found`
 */
export async function lockOwn(unit: UnitOfWork, actor: Actor, conversationId: string): Promise<OwnMember> {
  const member = isId(conversationId) ? await lockOwnMember(unit, conversationId, actor.personId) : undefined;
  if (!member) throw conversationNotFound();
  return member;
}

/**
 * Answers a change of what only the actor sees, and tells their other devices.
 *
 * @param marks what it did to messages; null where it has changed nothing, of which nobody is told
 */
export async function answerOwn(
  unit: UnitOfWork,
  now: Date,
  member: OwnMember,
  marks: readonly MarkView[] | null,
  origin: string | undefined,
): Promise<OwnChangeView> {
  const { person_id: personId, conversation_id: conversationId } = member;
  const view = marks
    ? await announceInbox(unit, now, personId, conversationId, marks, origin)
    : (await readOwn(unit, now, personId, [conversationId]))[0];
  // Its row is locked, so the actor cannot have left.
  if (!view) throw conversationNotFound();
  return view;
}
