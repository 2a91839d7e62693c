import {
  assertMember,
  type ConversationRow,
  conversationNotFound,
  lockConversation,
  type Membership,
  notPermitted,
} from '../conversations/index.ts';
import type { Reader, UnitOfWork } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { EngineError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';

/** Of a direct conversation, to one of its two people. */
const notAGroup = (): EngineError =>
  new EngineError('not_permitted', 'A direct conversation has its two people for ever. Do this with a group.', {
    kind: 'direct',
  });

export const notInGroup = (): EngineError => new EngineError('person_not_found', 'This person is not in the group.');

export const limitReached = (limit: number): EngineError =>
  new EngineError('limit_reached', `A group has at most ${limit} members.`, { limit });

/**
 * Locks a conversation and then finds out what the actor is in it: nothing of both changes until the unit of work ends.
 *
 * @throws EngineError `conversation_not_found`
 */
export async function lockAsMember(
  unit: UnitOfWork,
  actor: Pick<Actor, 'personId'>,
  conversationId: string,
): Promise<{ row: ConversationRow; me: Membership }> {
  const row = isId(conversationId) ? await lockConversation(unit, conversationId) : undefined;
  if (!row) throw conversationNotFound();
  return { row, me: await assertMember(unit, actor, conversationId) };
}

/**
 * {@link lockAsMember} for what only groups have.
 *
 * @throws EngineError `conversation_not_found`, `not_permitted`
 */
export async function lockGroup(
  unit: UnitOfWork,
  actor: Pick<Actor, 'personId'>,
  conversationId: string,
): Promise<{ group: ConversationRow; me: Membership }> {
  const { row, me } = await lockAsMember(unit, actor, conversationId);
  if (row.kind !== 'group') throw notAGroup();
  return { group: row, me };
}

/** @throws EngineError `not_permitted` for who is neither owner nor admin */
export function assertAdmin(me: Pick<Membership, 'role'>): void {
  if (me.role === 'member') throw notPermitted('admins');
}

/** @throws EngineError `not_permitted` */
export function assertOwner(me: Pick<Membership, 'role'>): void {
  if (me.role !== 'owner') throw notPermitted('the owner');
}

/**
 * For reads that only admins of a group may.
 *
 * @throws EngineError `conversation_not_found`, `not_permitted`
 */
export async function assertGroupAdmin(
  reader: Reader,
  actor: Pick<Actor, 'personId'>,
  conversationId: string,
): Promise<void> {
  const me = await assertMember(reader, actor, conversationId);
  if (me.kind !== 'group') throw notAGroup();
  assertAdmin(me);
}
