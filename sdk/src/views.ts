import type { ConversationState } from './conversation-state.ts';
import type { Conversation, Member, Message, Person } from './generated/protocol.ts';
import type { QueuedMessage } from './outbox.ts';

/**
 * How far a message has come.
 * - `pending`: it waits to be sent, or for its acknowledgement.
 * - `sent`: the server has stored it.
 * - `delivered`, `read`: by everybody else in the conversation; for a message of somebody else, by me.
 * - `failed`: the server has refused it for good; see `failure`.
 */
export type MessageStatus = 'pending' | 'sent' | 'delivered' | 'read' | 'failed';

/** A message as an app shows it. */
export interface ChatMessage {
  /** Stays the same from `pending` on: for lists that track their items. */
  readonly key: string;
  /** null until the server has it. */
  readonly id: string | null;
  readonly clientId: string | null;
  readonly conversationId: string;
  /** Its place in the conversation; null until the server has it. */
  readonly seq: number | null;
  readonly senderId: string;
  /** I have sent it. */
  readonly mine: boolean;
  readonly text: string;
  /** Until the server has it, by the clock of this machine. */
  readonly createdAt: string;
  readonly status: MessageStatus;
  readonly failure: { readonly code: string; readonly message: string } | null;
}

/** A conversation as an app shows it. */
export interface ChatConversation {
  readonly id: string;
  readonly kind: Conversation['kind'];
  readonly createdAt: string;
  readonly lastActivityAt: string;
  readonly lastSeq: number;
  readonly members: readonly Member[];
  /** The other person of a direct conversation. */
  readonly peer: Person | null;
  readonly lastMessage: Message | null;
  /** Messages of others that I have not read, counting what this client has just marked. */
  readonly unread: number;
  /** There are messages before those that are held; `loadOlder` brings them. */
  readonly hasOlder: boolean;
  /** Ids of people who type now. */
  readonly typing: readonly string[];
}

export function conversationView(
  state: ConversationState,
  me: string,
  local: { read: number; typing: readonly string[] },
): ChatConversation {
  const { id, kind, createdAt, lastActivityAt, lastSeq, members, lastMessage } = state.view;
  return {
    id,
    kind,
    createdAt,
    lastActivityAt,
    lastSeq,
    members,
    peer: kind === 'direct' ? (members.find(({ person }) => person.id !== me)?.person ?? null) : null,
    lastMessage,
    unread: state.unreadAfter(local.read),
    hasOlder: state.hasOlder,
    typing: local.typing,
  };
}

export function messageView(message: Message, me: string, members: readonly Member[]): ChatMessage {
  const { id, clientId, conversationId, seq, senderId, text, createdAt } = message;
  const mine = senderId === me;
  const judges = members.filter(({ person }) => (person.id === me) !== mine);
  const all = (mark: 'read' | 'delivered') => judges.length > 0 && judges.every((member) => member[mark] >= seq);
  const status = all('read') ? 'read' : all('delivered') ? 'delivered' : 'sent';
  // A clientId is only unique among the messages of its sender.
  const key = mine && clientId !== null ? clientId : id;
  return { key, id, clientId, conversationId, seq, senderId, mine, text, createdAt, status, failure: null };
}

export function queuedView(message: QueuedMessage, me: string): ChatMessage {
  const { clientId, conversationId, text, createdAt, failure } = message;
  return {
    key: clientId,
    id: null,
    clientId,
    conversationId,
    seq: null,
    senderId: me,
    mine: true,
    text,
    createdAt,
    status: failure ? 'failed' : 'pending',
    failure,
  };
}
