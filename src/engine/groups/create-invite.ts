import { randomBytes } from 'node:crypto';
import type { Actor } from '../shared/actor.ts';
import { EngineError } from '../shared/errors.ts';
import type { GroupDeps } from './deps.ts';
import { replaceInvite } from './invite-store.ts';
import { assertAdmin, lockGroup } from './policy.ts';
import { type InviteView, inviteView } from './views.ts';

/** Of a code, in bytes: nobody guesses 128 random bits. */
const codeBytes = 16;

/**
 * Makes an invite link. A group has one: that before is good no more.
 *
 * @param limits.expiresAt it is good until then; null: for ever
 * @param limits.maxUses how many may come in by it; null: any number
 * @throws EngineError `conversation_not_found`, `not_permitted`, `invalid_request`
 */
export const createInvite =
  (deps: GroupDeps) =>
  async (
    actor: Actor,
    conversationId: string,
    limits: { expiresAt: Date | null; maxUses: number | null },
  ): Promise<InviteView> => {
    const now = deps.clock.now();
    if (limits.expiresAt && !(limits.expiresAt.getTime() > now)) {
      throw new EngineError('invalid_request', 'A link expires at a time that is still to come.', {
        path: '/expiresAt',
      });
    }
    return deps.database.write(async (unit) => {
      const { me } = await lockGroup(unit, actor, conversationId);
      assertAdmin(me);
      const row = await replaceInvite(unit, {
        conversation_id: conversationId,
        code: randomBytes(codeBytes).toString('base64url'),
        created_by: actor.personId,
        created_at: new Date(now),
        expires_at: limits.expiresAt,
        max_uses: limits.maxUses,
      });
      return inviteView(row);
    });
  };
