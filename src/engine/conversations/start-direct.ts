import { findPerson, type PersonView, personNotFound, personView } from '../people/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { isId, newId } from '../shared/ids.ts';
import { audienceOf, directKey, findDirect, insertDirect } from './store.ts';

/** A conversation in which nothing has been said yet. */
export interface NewConversationView {
  readonly id: string;
  readonly kind: 'direct';
  readonly createdAt: Date;
  readonly rev: number;
  readonly people: readonly PersonView[];
}

/**
 * Finds or makes the direct conversation of the actor and another person. A pair has one, also when both start it in
 * the same moment on two nodes.
 *
 * @throws EngineError `person_not_found`, `conversation_with_self`
 */
export const startDirect =
  (deps: { database: Database; clock: Clock }) =>
  async (actor: Actor, personId: string, origin?: string): Promise<{ conversationId: string; created: boolean }> => {
    if (personId === actor.personId) {
      throw new EngineError('conversation_with_self', 'A direct conversation is with somebody else.', {
        path: '/personId',
      });
    }
    if (!isId(personId)) throw personNotFound();
    const key = directKey(actor.personId, personId);
    return deps.database.write(async (unit) => {
      const existing = await findDirect(unit, key);
      if (existing) return { conversationId: existing, created: false };
      const [self, other] = [await findPerson(unit, actor.personId), await findPerson(unit, personId)];
      if (!self || !other || other.deleted_at !== null) throw personNotFound();
      const conversationId = newId(deps.clock);
      const at = new Date(deps.clock.now());
      if (!(await insertDirect(unit, { id: conversationId, key, createdBy: actor.personId, at }))) {
        const winner = await findDirect(unit, key);
        if (!winner) throw new Error('A conversation that has just conflicted is not there.');
        return { conversationId: winner, created: false };
      }
      const conversation: NewConversationView = {
        id: conversationId,
        kind: 'direct',
        createdAt: at,
        rev: 1,
        // In the order in which every later view has them.
        people: [self, other].sort((a, b) => (a.id < b.id ? -1 : 1)).map(personView),
      };
      const audience = audienceOf(conversationId, key);
      unit.announce({ type: 'conversation.created', audience, data: { conversation }, origin });
      return { conversationId, created: true };
    });
  };
