import { LRUCache } from 'lru-cache';
import type { Database, Reader } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { type Clock, second } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import type { Audience } from '../shared/events.ts';
import { isId } from '../shared/ids.ts';
import { audienceOf, findMembership } from './store.ts';

/** To a stranger a conversation does not exist: its id must not tell whether it does. */
export const conversationNotFound = (): EngineError =>
  new EngineError('conversation_not_found', 'You have no such conversation.');

/**
 * Refuses who is not a member now. Reads the database: for what shows or changes a conversation.
 *
 * @returns who gets events of the conversation
 * @throws EngineError `conversation_not_found`
 */
export async function assertMember(reader: Reader, actor: Actor, conversationId: string): Promise<Audience> {
  const row = isId(conversationId) ? await findMembership(reader, conversationId, actor.personId) : undefined;
  if (!row) throw conversationNotFound();
  return audienceOf(conversationId, row.direct_key);
}

const rememberFor = 15 * second;

/**
 * Remembers memberships for a moment, for what is frequent, stored nowhere and harmless if a second late (typing).
 * Whatever is stored is decided by the database itself.
 */
export class MembershipCache {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #known = new LRUCache<string, { audience: Audience; readAt: number }>({ max: 50_000 });

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** @throws EngineError `conversation_not_found` */
  async assertMember(actor: Actor, conversationId: string): Promise<Audience> {
    const key = `${conversationId}:${actor.personId}`;
    const now = this.#clock.now();
    let known = this.#known.get(key);
    if (!known || now - known.readAt > rememberFor) {
      const row = isId(conversationId)
        ? await this.#database.read((reader) => findMembership(reader, conversationId, actor.personId))
        : undefined;
      if (!row) throw conversationNotFound();
      known = { audience: audienceOf(conversationId, row.direct_key), readAt: now };
      this.#known.set(key, known);
    }
    return known.audience;
  }
}
