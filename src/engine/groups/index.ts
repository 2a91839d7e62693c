import './events.ts';
import type { Migration } from '../ports/database.ts';
import { addMembers } from './add-members.ts';
import { approveJoinRequest, denyJoinRequest } from './answer-join-request.ts';
import { closeGroup } from './close-group.ts';
import { createGroup } from './create-group.ts';
import { createInvite } from './create-invite.ts';
import type { GroupDeps } from './deps.ts';
import { getInvite } from './get-invite.ts';
import { joinByInvite } from './join-by-invite.ts';
import { leaveGroup } from './leave-group.ts';
import { listJoinRequests } from './list-join-requests.ts';
import { listMembers } from './list-members.ts';
import { groupInvites } from './migrations/0012-group-invites.ts';
import { previewInvite } from './preview-invite.ts';
import { removeMember } from './remove-member.ts';
import { revokeInvite } from './revoke-invite.ts';
import { setDisappearing } from './set-disappearing.ts';
import { setRole } from './set-role.ts';
import { transferOwnership } from './transfer-ownership.ts';
import { updateGroup } from './update-group.ts';
import { withdrawJoinRequest } from './withdraw-join-request.ts';

export { maxAddedAtOnce } from './add-members.ts';
export type { NewGroup } from './create-group.ts';
export type { JoinRequestState } from './events.ts';
export {
  disappearingRange,
  maxDescriptionLength,
  maxPhotoUrlLength,
  maxTitleLength,
  photoUrlPattern,
} from './group-facts.ts';
export { leaveWithin } from './leave-group.ts';
export type { MemberQuery } from './list-members.ts';
export type { GroupChange } from './update-group.ts';
export type { InvitePreview, InviteView, JoinRequestView, NotAdded } from './views.ts';
export { withdrawAllRequests } from './withdraw-all-requests.ts';

export const groupMigrations: readonly Migration[] = [groupInvites];

/**
 * Groups: making and changing them, who is in them, and coming in by a link. Whatever changes one locks its conversation
 * first, so that changes of one group run one after the other.
 */
export function createGroups(deps: GroupDeps) {
  return {
    create: createGroup(deps),
    update: updateGroup(deps),
    setDisappearing: setDisappearing(deps),
    close: closeGroup(deps),
    leave: leaveGroup(deps),
    transfer: transferOwnership(deps),
    members: {
      list: listMembers(deps),
      add: addMembers(deps),
      remove: removeMember(deps),
      setRole: setRole(deps),
    },
    invites: {
      create: createInvite(deps),
      get: getInvite(deps),
      revoke: revokeInvite(deps),
      preview: previewInvite(deps),
      join: joinByInvite(deps),
    },
    joinRequests: {
      list: listJoinRequests(deps),
      approve: approveJoinRequest(deps),
      deny: denyJoinRequest(deps),
      withdraw: withdrawJoinRequest(deps),
    },
  };
}

export type Groups = ReturnType<typeof createGroups>;
