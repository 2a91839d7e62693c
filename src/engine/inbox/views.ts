import { type MessageView, messageView } from '../messages/index.ts';
import { type PersonView, personView } from '../people/index.ts';
import type { ConversationRow } from './store.ts';

/** A member, and how far they have read. */
export interface MemberView {
  readonly person: PersonView;
  readonly read: number;
  readonly delivered: number;
}

/** A conversation as one of its members sees it. */
export interface ConversationView {
  readonly id: string;
  readonly kind: 'direct';
  readonly createdAt: Date;
  readonly lastActivityAt: Date;
  readonly lastSeq: number;
  readonly rev: number;
  /**
   * Changes whenever anything shown here changes: `rev`, plus the sum over all members of `read`, `delivered` and the
   * version of the person. All of these only grow, so equal sums mean equal states.
   */
  readonly version: number;
  readonly members: readonly MemberView[];
  readonly lastMessage: MessageView | null;
  readonly unread: number;
}

/** The view of a row. */
export function conversationView(row: ConversationRow): ConversationView {
  return {
    id: row.id,
    kind: row.kind,
    createdAt: row.created_at,
    lastActivityAt: row.last_activity_at,
    lastSeq: row.last_seq,
    rev: row.rev,
    version: row.version,
    members: row.members.map(({ person, read, delivered }) => ({ person: personView(person), read, delivered })),
    lastMessage:
      row.last_message && messageView({ ...row.last_message, created_at: new Date(row.last_message.created_at) }),
    unread: row.unread,
  };
}
