import { findMembership } from '../conversations/index.ts';
import type { Actor } from '../shared/actor.ts';
import type { GroupDeps } from './deps.ts';
import { goodInvite } from './good-invite.ts';
import { hasRequest } from './invite-store.ts';
import { findGroup } from './store.ts';
import type { InvitePreview } from './views.ts';

/**
 * What an invite link leads to, for anybody who has it.
 *
 * @throws EngineError `invite_not_found`
 */
export const previewInvite =
  (deps: GroupDeps) =>
  async (actor: Actor, code: string): Promise<InvitePreview> =>
    deps.database.read(async (reader) => {
      const { conversation_id: id } = await goodInvite(reader, deps.clock, code);
      const group = await findGroup(reader, id);
      return {
        title: group.title ?? '',
        description: group.description,
        photoUrl: group.photo_url,
        memberCount: group.member_count,
        joinApproval: group.join_approval,
        conversationId: (await findMembership(reader, id, actor.personId)) ? id : null,
        requested: await hasRequest(reader, id, actor.personId),
      };
    });
