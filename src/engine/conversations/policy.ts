import { LRUCache } from 'lru-cache';
import type { Database, Reader } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { type Clock, second } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import type { GroupPermission } from './roles.ts';
import { findMembership, type Membership } from './store.ts';

/** To a stranger a conversation does not exist: its id must not tell whether it does. */
export const conversationNotFound = (): EngineError =>
  new EngineError('conversation_not_found', 'You have no such conversation.');

/** The same whether they block me, I block them, or the account is gone: nobody learns which. */
export const recipientUnavailable = (): EngineError =>
  new EngineError('recipient_unavailable', 'This person cannot be reached.');

/** A member may see it, but not do that. */
export const notPermitted = (who: string): EngineError =>
  new EngineError('not_permitted', `Only ${who} may do this in this conversation.`);

/**
 * Refuses who is not a member now. Reads the database: for what shows or changes a conversation.
 *
 * @returns what the member is in it
 * @throws EngineError `conversation_not_found`
 */
export async function assertMember(
  reader: Reader,
  actor: Pick<Actor, 'personId'>,
  conversationId: string,
): Promise<Membership> {
  const row = isId(conversationId) ? await findMembership(reader, conversationId, actor.personId) : undefined;
  if (!row) throw conversationNotFound();
  return row;
}

/** Whether a member may do what the group leaves to `all` or to `admins`. In a direct conversation both may. */
export function isAllowed(member: Pick<Membership, 'kind' | 'role'>, permission: GroupPermission): boolean {
  return member.kind === 'direct' || permission === 'all' || member.role !== 'member';
}

const rememberFor = 15 * second;

/**
 * Remembers memberships for a moment, for what is frequent and stored nowhere (typing). A change of members makes every
 * node forget them at once; the time is for a node that has lost the bus. Whatever is stored is decided by the
 * database itself.
 */
export class MembershipCache {
  readonly #database: Database;
  readonly #clock: Clock;
  /** By conversation, then by person. */
  readonly #known = new LRUCache<string, Map<string, { membership: Membership; readAt: number }>>({ max: 10_000 });
  /** Counts forgetting, so that what was read before it is not remembered after it. */
  #generation = 0;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** @throws EngineError `conversation_not_found` */
  async assertMember(actor: Actor, conversationId: string): Promise<Membership> {
    const now = this.#clock.now();
    const known = this.#known.get(conversationId)?.get(actor.personId);
    if (known && now - known.readAt <= rememberFor) return known.membership;
    const generation = this.#generation;
    const membership = await this.#database.read((reader) => assertMember(reader, actor, conversationId));
    if (generation === this.#generation) {
      const members = this.#known.get(conversationId) ?? new Map();
      this.#known.set(conversationId, members.set(actor.personId, { membership, readAt: now }));
    }
    return membership;
  }

  /** Drops what is remembered of a conversation, or of all. */
  forget(conversationId?: string): void {
    this.#generation += 1;
    if (conversationId === undefined) this.#known.clear();
    else this.#known.delete(conversationId);
  }
}
