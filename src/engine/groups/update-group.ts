import {
  announceMembershipChanged,
  type ConversationFacts,
  type GroupSettings,
  isAllowed,
  notPermitted,
} from '../conversations/index.ts';
import { choosePhoto, type PhotoChoice } from '../media/index.ts';
import type { Actor } from '../shared/actor.ts';
import { changeFacts, type FactColumns } from './change-facts.ts';
import type { GroupDeps } from './deps.ts';
import { disappearingAfter, groupDescription, groupPhotoUrl, groupTitle } from './group-facts.ts';
import { assertAdmin, lockGroup } from './policy.ts';

/** What is to change; what is undefined stays. */
export interface GroupChange extends PhotoChoice {
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly disappearingSeconds?: number | null | undefined;
  readonly settings?: { readonly [Name in keyof GroupSettings]?: GroupSettings[Name] | undefined } | undefined;
}

/**
 * Changes a group. Its settings are for admins; the rest is for whom they allow it.
 *
 * @throws EngineError `conversation_not_found`, `not_permitted`, `invalid_request`, `media_not_found`, `media_not_ready`,
 *   `media_refused`
 */
export const updateGroup =
  (deps: GroupDeps) =>
  async (actor: Actor, conversationId: string, change: GroupChange): Promise<ConversationFacts> => {
    const facts = factsOf(change);
    const settings = settingsOf(change.settings ?? {});
    const photo = { photoUrl: groupPhotoUrl(change.photoUrl), photoMediaId: change.photoMediaId };
    const edits = Object.keys(facts).length > 0 || Object.values(photo).some((choice) => choice !== undefined);
    return deps.database.write(async (unit) => {
      const { group, me } = await lockGroup(unit, actor, conversationId);
      if (edits && !isAllowed(me, group.who_can_edit)) throw notPermitted('admins');
      if (Object.keys(settings).length > 0) {
        assertAdmin(me);
        announceMembershipChanged(unit, conversationId);
      }
      const chosen = await choosePhoto(unit, deps.clock, actor.personId, photo);
      return changeFacts(unit, deps.clock, actor.personId, group, { ...facts, ...chosen, ...settings });
    });
  };

function factsOf({ title, description, disappearingSeconds }: GroupChange): FactColumns {
  return {
    ...(title !== undefined && groupTitle(title)),
    ...(description !== undefined && { description: groupDescription(description) }),
    ...(disappearingSeconds !== undefined && { disappearing_seconds: disappearingAfter(disappearingSeconds) }),
  };
}

function settingsOf(settings: NonNullable<GroupChange['settings']>): FactColumns {
  const { whoCanSend, whoCanEdit, whoCanAdd, joinApproval, historyForNewcomers } = settings;
  return {
    ...(whoCanSend !== undefined && { who_can_send: whoCanSend }),
    ...(whoCanEdit !== undefined && { who_can_edit: whoCanEdit }),
    ...(whoCanAdd !== undefined && { who_can_add: whoCanAdd }),
    ...(joinApproval !== undefined && { join_approval: joinApproval }),
    ...(historyForNewcomers !== undefined && { history_for_newcomers: historyForNewcomers }),
  };
}
