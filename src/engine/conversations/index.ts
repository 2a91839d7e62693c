import './events.ts';
import type { Database, Migration } from '../ports/database.ts';
import type { Clock } from '../shared/clock.ts';
import type { Publish } from '../shared/events.ts';
import { announceRead } from './announce-read.ts';
import { ReceiptWriter } from './mark-receipt.ts';
import { conversations } from './migrations/0003-conversations.ts';
import { groups } from './migrations/0010-groups.ts';
import { membersLeft } from './migrations/0017-members-left.ts';
import { receiptTimes } from './migrations/0022-receipt-times.ts';
import type { OwnViewEvent } from './own-view-event.ts';
import { MembershipCache } from './policy.ts';
import { setTyping } from './set-typing.ts';
import { setViewing } from './set-viewing.ts';
import { startDirect } from './start-direct.ts';

export type { ReceiptChange, ReceiptMark, ReceiptView } from './mark-receipt.ts';
export {
  closeDirects,
  type MembershipRow,
  resetOwnSettings,
  selectCurrentMemberships,
  selectMemberships,
} from './membership-store.ts';
export { conversationData } from './my-data.ts';
export {
  archived,
  bumpOwnVersions,
  changeOwnMember,
  countPinned,
  lockOwnMember,
  type OwnMember,
} from './own-settings-store.ts';
export type { OwnViewEvent } from './own-view-event.ts';
export { assertMember, conversationNotFound, isAllowed, notPermitted, recipientUnavailable } from './policy.ts';
export {
  changePreferences,
  defaultPreferences,
  type Preferences,
  type PreferencesChange,
} from './preferences.ts';
export { type MemberReceiptRow, selectReceipts } from './receipt-store.ts';
export type { ConversationKind, GroupPermission, MemberRole } from './roles.ts';
export type { NewConversationView } from './start-direct.ts';
export {
  announceMembershipChanged,
  audienceOf,
  type ConversationRow,
  findMembership,
  lockConversation,
  type MemberRow,
  type Membership,
  nextRev,
  peersAmong,
  peersOf,
  retainFrom,
  setDirectBlocked,
  tryLockConversation,
} from './store.ts';
export {
  type ConversationFacts,
  conversationFacts,
  type GroupSettings,
  type MemberView,
  maxMembersShown,
} from './views.ts';

export const conversationMigrations: readonly Migration[] = [conversations, groups, membersLeft, receiptTimes];

/** Conversations, who is in them, and how far each member has read. */
export function createConversations(deps: {
  database: Database;
  clock: Clock;
  publish: Publish;
  /** Makes the event that tells a person's own devices how they see a conversation now; the inbox knows that. */
  ownViewEvent: OwnViewEvent;
}) {
  const memberships = new MembershipCache(deps.database, deps.clock);
  const receipts = new ReceiptWriter(deps);
  return {
    startDirect: startDirect(deps),
    markReceipt: receipts.mark.bind(receipts),
    announceRead: announceRead(deps),
    setTyping: setTyping({ memberships, publish: deps.publish }),
    setViewing: setViewing({ memberships, publish: deps.publish }),
    /** Drops what this node remembers about who is in a conversation, or in any. */
    forgetMembers: memberships.forget.bind(memberships),
    /** Resolves when no receipt waits to be stored. */
    idle: () => receipts.idle(),
  };
}

export type Conversations = ReturnType<typeof createConversations>;
