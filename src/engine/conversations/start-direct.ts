import { isBlockBetween, lockPeople, personNotFound, publicPersonView } from '../people/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { isId, newId } from '../shared/ids.ts';
import { showConversation } from './own-settings-store.ts';
import type { OwnViewEvent } from './own-view-event.ts';
import { recipientUnavailable } from './policy.ts';
import type { MemberRole } from './roles.ts';
import { audienceOf, directKey, findDirect, insertDirect } from './store.ts';
import { type ConversationFacts, conversationFacts, type MemberView } from './views.ts';

/** A conversation as it is for who comes into it, the same for all who come at once. */
export interface NewConversationView {
  readonly conversation: ConversationFacts;
  readonly lastActivityAt: Date;
  readonly lastSeq: number;
  /** All members, or none where they are more than {@link maxMembersShown}. */
  readonly members: readonly MemberView[];
  /** What each of the newcomers is in it; `version` is not 0 for who has been in it before. */
  readonly own: {
    readonly role: MemberRole;
    readonly joinedAt: Date;
    readonly historyFrom: number;
    readonly version: number;
  };
}

/**
 * Finds or makes the direct conversation of the actor and another person. A pair has one, also when both start it in
 * the same moment on two nodes. One that the actor has deleted for themself is shown again, without what was in it.
 *
 * @throws EngineError `person_not_found`, `conversation_with_self`, `recipient_unavailable`
 */
export const startDirect =
  (deps: { database: Database; clock: Clock; ownViewEvent: OwnViewEvent }) =>
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
      if (existing) {
        if (await showConversation(unit, existing, actor.personId)) {
          const event = await deps.ownViewEvent(unit, { personId: actor.personId, conversationId: existing, origin });
          if (event) unit.announce(event);
        }
        return { conversationId: existing, created: false };
      }
      // Locked, so that neither blocks the other, deletes the account or gets a feed at this moment. In the order in which
      // every later view has them.
      const rows = await lockPeople(unit, [actor.personId, personId], 'shared');
      if (rows.length < 2 || rows.some(({ deleted_at }) => deleted_at !== null)) throw personNotFound();
      if (await isBlockBetween(unit, actor.personId, personId)) throw recipientUnavailable();
      const conversationId = newId(deps.clock);
      const at = new Date(deps.clock.now());
      const notifies = rows.some(({ notified_kinds }) => notified_kinds !== null);
      const row = await insertDirect(unit, { id: conversationId, key, createdBy: actor.personId, at, notifies });
      if (!row) {
        const winner = await findDirect(unit, key);
        if (!winner) throw new Error('A conversation that has just conflicted is not there.');
        return { conversationId: winner, created: false };
      }
      const people = rows.map(publicPersonView);
      const conversation: NewConversationView = {
        conversation: conversationFacts(row),
        lastActivityAt: at,
        lastSeq: 0,
        members: people.map((person) => ({ person, role: 'member', joinedAt: at, read: 0, delivered: 0 })),
        own: { role: 'member', joinedAt: at, historyFrom: 0, version: 0 },
      };
      const audience = audienceOf(conversationId, key);
      unit.announce({ type: 'conversation.joined', audience, data: { conversation }, origin });
      return { conversationId, created: true };
    });
  };
