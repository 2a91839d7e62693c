import type { PersonView } from '../people/index.ts';
import type { ConversationKind, GroupPermission, MemberRole } from './roles.ts';
import type { ConversationRow } from './store.ts';

/** Rules of a group. */
export interface GroupSettings {
  readonly whoCanSend: GroupPermission;
  /** Title, description, photo, disappearing messages, pins. */
  readonly whoCanEdit: GroupPermission;
  readonly whoCanAdd: GroupPermission;
  /** Who comes by the invite link waits until an admin lets them in. */
  readonly joinApproval: boolean;
  /** Newcomers see what was said before they came. */
  readonly historyForNewcomers: boolean;
}

/** What a conversation is, for all of its members alike. */
export interface ConversationFacts {
  readonly id: string;
  readonly kind: ConversationKind;
  readonly createdAt: Date;
  /** The id of who started it, whether or not they are still in it. */
  readonly createdBy: string;
  /** null for a direct one, which is named after the other person. */
  readonly title: string | null;
  readonly description: string;
  readonly photoUrl: string | null;
  /** null for a direct one. */
  readonly settings: GroupSettings | null;
  /** New messages vanish after this many seconds; null: never. */
  readonly disappearingSeconds: number | null;
  readonly memberCount: number;
  /** Messages up to this `seq` were removed for good, because they were too old. */
  readonly retainedFrom: number;
  /** Number of changes so far. */
  readonly rev: number;
}

/** A member as the others see them, and how far they have read. */
export interface MemberView {
  readonly person: PersonView;
  readonly role: MemberRole;
  readonly joinedAt: Date;
  /** Has read everything up to this `seq`; stands still while their read receipts are off. */
  readonly read: number;
  readonly delivered: number;
}

/**
 * Conversations with more members than this show none of them, only how many: a client asks for pages of them. Keeps the
 * cost of a list of conversations, and of an event, independent of the size of groups.
 */
export const maxMembersShown = 100;

export function conversationFacts(row: ConversationRow): ConversationFacts {
  return {
    id: row.id,
    kind: row.kind,
    createdAt: row.created_at,
    createdBy: row.created_by,
    title: row.title,
    description: row.description,
    photoUrl: row.photo_url,
    settings:
      row.kind === 'direct'
        ? null
        : {
            whoCanSend: row.who_can_send,
            whoCanEdit: row.who_can_edit,
            whoCanAdd: row.who_can_add,
            joinApproval: row.join_approval,
            historyForNewcomers: row.history_for_newcomers,
          },
    disappearingSeconds: row.disappearing_seconds,
    memberCount: row.member_count,
    retainedFrom: row.history_from,
    rev: row.rev,
  };
}
