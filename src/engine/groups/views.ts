import type { MemberView } from '../conversations/index.ts';
import { type NotAddedReason, type PersonView, personView, type VisiblePerson } from '../people/index.ts';
import type { InviteRow } from './invite-store.ts';
import type { PresentMemberRow } from './store.ts';

/** Somebody who was not added to a group, and why. */
export interface NotAdded {
  readonly personId: string;
  readonly reason: NotAddedReason;
}

/** The invite link of a group, as its admins see it. */
export interface InviteView {
  readonly code: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  /** How many may come in by it; null: any number. */
  readonly maxUses: number | null;
  /** How many have come in by it. */
  readonly uses: number;
}

/** What an invite link shows of its group to anybody who has it. */
export interface InvitePreview {
  readonly title: string;
  readonly description: string;
  readonly photoUrl: string | null;
  readonly memberCount: number;
  /** Who comes by it waits until an admin lets them in. */
  readonly joinApproval: boolean;
  /** The group, where I am in it. */
  readonly conversationId: string | null;
  /** I have asked to come in, and nobody has answered. */
  readonly requested: boolean;
}

/** Somebody who waits to be let into a group. */
export interface JoinRequestView {
  readonly person: PersonView;
  readonly requestedAt: Date;
}

export function inviteView(row: InviteRow): InviteView {
  return {
    code: row.code,
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    maxUses: row.max_uses,
    uses: row.uses,
  };
}

export function memberView(row: PresentMemberRow): MemberView {
  return {
    person: personView(row),
    role: row.member_role,
    joinedAt: row.joined_at,
    read: row.read,
    delivered: row.delivered,
  };
}

export function joinRequestView(row: VisiblePerson & { readonly requested_at: Date }): JoinRequestView {
  return { person: personView(row), requestedAt: row.requested_at };
}
