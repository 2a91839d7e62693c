import type { ConversationState } from './conversation-state.ts';
import type { Conversation, Member, Message, Person } from './generated/protocol.ts';

/** A conversation as an app shows it. */
export interface ChatConversation {
  readonly id: string;
  readonly kind: Conversation['kind'];
  /** What I call it, or its title; of a direct one, the other person's name. */
  readonly title: string;
  /** Of the group; of a direct one, of the other person. */
  readonly photoUrl: string | null;
  readonly description: string;
  /** Rules of a group; null for a direct one. */
  readonly settings: Conversation['settings'];
  /** New messages vanish after this time; null: never. */
  readonly disappearingSeconds: number | null;
  /** What I am in it. */
  readonly role: Member['role'];
  readonly memberCount: number;
  /** All members; empty where they are more than 100: ask `members.list` for pages of them. */
  readonly members: readonly Member[];
  /** The other person of a direct conversation. */
  readonly peer: Person | null;
  /** I have blocked the other person of a direct conversation. */
  readonly blocked: boolean;
  readonly createdAt: string;
  readonly lastActivityAt: string;
  readonly lastSeq: number;
  /** The last message that I have not hidden. */
  readonly lastMessage: Message | null;
  /** Messages of others that I have not read, counting what this client has just marked. */
  readonly unread: number;
  /** I have marked it as unread, to come back to it. */
  readonly markedUnread: boolean;
  /** No sound now. */
  readonly muted: boolean;
  /** No sound until then. */
  readonly mutedUntil: string | null;
  readonly archived: boolean;
  /** I keep it at the top. */
  readonly pinned: boolean;
  readonly pinnedAt: string | null;
  /** What I call it, where I have given it a name. */
  readonly customName: string | null;
  /** There are messages before those that are held; `loadOlder` brings them. */
  readonly hasOlder: boolean;
  /** Ids of people who type now. */
  readonly typing: readonly string[];
}

export function conversationView(
  state: ConversationState,
  self: { id: string; blocked: ReadonlySet<string> },
  local: { read: number; typing: readonly string[] },
): ChatConversation {
  const { view } = state;
  const { role, mutedUntil, archived, pinnedAt, markedUnread, customName } = view.me;
  const others = view.members.filter(({ person }) => person.id !== self.id);
  const peer = view.kind === 'direct' ? (others[0]?.person ?? null) : null;
  return {
    id: view.id,
    kind: view.kind,
    title: customName ?? view.title ?? peer?.name ?? '',
    photoUrl: peer ? peer.photoUrl : view.photoUrl,
    description: view.description,
    settings: view.settings,
    disappearingSeconds: view.disappearingSeconds,
    role,
    memberCount: view.memberCount,
    members: view.members,
    peer,
    blocked: peer !== null && self.blocked.has(peer.id),
    createdAt: view.createdAt,
    lastActivityAt: view.lastActivityAt,
    lastSeq: view.lastSeq,
    lastMessage: view.lastMessage,
    unread: state.unreadAfter(local.read),
    markedUnread,
    muted: mutedUntil !== null && Date.parse(mutedUntil) > Date.now(),
    mutedUntil,
    archived,
    pinned: pinnedAt !== null,
    pinnedAt,
    customName,
    hasOlder: state.hasOlder,
    typing: local.typing,
  };
}
