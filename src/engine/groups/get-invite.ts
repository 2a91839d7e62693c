import type { Actor } from '../shared/actor.ts';
import type { GroupDeps } from './deps.ts';
import { findInvite } from './invite-store.ts';
import { assertGroupAdmin } from './policy.ts';
import { type InviteView, inviteView } from './views.ts';

/**
 * The invite link of a group, for its admins; null where there is none.
 *
 * @throws EngineError `conversation_not_found`, `not_permitted`
 */
export const getInvite =
  (deps: GroupDeps) =>
  async (actor: Actor, conversationId: string): Promise<InviteView | null> =>
    deps.database.read(async (reader) => {
      await assertGroupAdmin(reader, actor, conversationId);
      const row = await findInvite(reader, conversationId);
      return row ? inviteView(row) : null;
    });
