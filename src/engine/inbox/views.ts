import {
  type ConversationFacts,
  conversationFacts,
  defaultPreferences,
  type MemberRole,
  type MemberView,
  type Preferences,
} from '../conversations/index.ts';
import { type MessageView, messageView } from '../messages/index.ts';
import { personView } from '../people/index.ts';
import type { ConversationRow } from './store.ts';

/** What one member has of a conversation for themself. */
export interface OwnMemberView {
  readonly role: MemberRole;
  readonly joinedAt: Date;
  readonly read: number;
  readonly delivered: number;
  /** Sees messages with a larger `seq` only: came later, or has cleared the history. */
  readonly historyFrom: number;
  /** Number of changes to what is shown here and of the member's marks on messages, but for the watermarks. */
  readonly version: number;
  /** No sound until then; null: with sound. */
  readonly mutedUntil: Date | null;
  /** A new message ends it, unless the conversation is muted. */
  readonly archived: boolean;
  readonly pinnedAt: Date | null;
  readonly markedUnread: boolean;
  /** What the member calls it. */
  readonly customName: string | null;
  readonly preferences: Preferences;
}

/** A conversation as one of its members sees it. */
export interface ConversationView extends ConversationFacts {
  readonly lastActivityAt: Date;
  readonly lastSeq: number;
  /**
   * Changes whenever anything shown here changes, as long as the members are the same: `rev`, plus `me.version`, plus the
   * sum over all members shown of `read`, `delivered` and the version of the person (where none are shown: my own `read`
   * and `delivered`). All of these only grow, so equal sums mean equal states.
   */
  readonly version: number;
  /** All members, those who joined first at first; none where they are more than `maxMembersShown`. */
  readonly members: readonly MemberView[];
  readonly me: OwnMemberView;
  /** The last one that I have not hidden. */
  readonly lastMessage: MessageView | null;
  readonly unread: number;
}

/** The view of a row, with what has vanished by `now` left out. */
export function conversationView(row: ConversationRow, now: Date): ConversationView {
  return {
    ...conversationFacts(row),
    lastActivityAt: row.last_activity_at,
    lastSeq: row.last_seq,
    version: row.version,
    members: (row.members ?? []).map(({ person, role, joined_at, read, delivered }) => ({
      person: personView(person),
      role,
      joinedAt: new Date(joined_at),
      read,
      delivered,
    })),
    me: ownMemberView(row),
    lastMessage: row.last_message && messageView(row.last_message, now),
    unread: row.unread,
  };
}

export function ownMemberView(row: ConversationRow): OwnMemberView {
  return {
    role: row.role,
    joinedAt: row.joined_at,
    read: row.read_seq,
    delivered: row.delivered_seq,
    historyFrom: row.own_history_from,
    version: row.mine,
    mutedUntil: row.muted_until,
    archived: row.archived,
    pinnedAt: row.pinned_at,
    markedUnread: row.marked_unread,
    customName: row.custom_name,
    preferences: row.preferences ?? defaultPreferences,
  };
}
