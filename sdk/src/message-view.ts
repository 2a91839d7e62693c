import type { ConversationState } from './conversation-state.ts';
import type { Mention, Message, Reaction } from './generated/protocol.ts';
import type { QueuedMessage } from './outbox.ts';

/**
 * How far a message has come.
 * - `pending`: it waits to be sent, or for its acknowledgement.
 * - `sent`: the server has stored it.
 * - `delivered`, `read`: by everybody else in the conversation, where its members are shown; for a message of somebody
 *   else, by me.
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
  /** Its place in the conversation; null until the server has it. Places of messages that I have hidden are left out. */
  readonly seq: number | null;
  readonly senderId: string;
  /** I have sent it. */
  readonly mine: boolean;
  readonly kind: Message['kind'];
  /** What is said, or the caption. Empty where it was deleted. */
  readonly text: string;
  /** What the kind has beside the text. */
  readonly content: NonNullable<Message['content']> | null;
  /** What it answers. */
  readonly replyTo: Quote | null;
  readonly mentions: readonly Mention[];
  /** The oldest first. */
  readonly reactions: readonly Reaction[];
  /** Until the server has it, by the clock of this machine. */
  readonly createdAt: string;
  readonly editedAt: string | null;
  /** It was deleted for everybody, or has vanished. */
  readonly deletedAt: string | null;
  readonly pinnedAt: string | null;
  /** When it vanishes. */
  readonly expiresAt: string | null;
  /** I have deleted it for myself. `messages` leaves these out. */
  readonly hidden: boolean;
  /** I have starred it. */
  readonly starred: boolean;
  /** How many times it was passed on; 0 where it is no copy. */
  readonly forwardCount: number;
  readonly status: MessageStatus;
  readonly failure: { readonly code: string; readonly message: string } | null;
}

/** The message that another one answers. */
export interface Quote {
  readonly messageId: string;
  /** null where it is not known yet. */
  readonly seq: number | null;
  readonly senderId: string | null;
  /** What it says now; null where it is not held. */
  readonly message: Message | null;
}

export function messageView(message: Message, me: string, state: ConversationState | undefined): ChatMessage {
  const { id, clientId, senderId, replyTo } = message;
  const mine = senderId === me;
  return {
    // A clientId is only unique among the messages of its sender.
    key: mine && clientId !== null ? clientId : id,
    id,
    clientId,
    conversationId: message.conversationId,
    seq: message.seq,
    senderId,
    mine,
    kind: message.kind,
    text: message.text,
    content: message.content ?? null,
    replyTo: replyTo ? { ...replyTo, message: state?.find(replyTo.seq) ?? null } : null,
    mentions: message.mentions ?? [],
    reactions: message.reactions ?? [],
    createdAt: message.createdAt,
    editedAt: message.editedAt ?? null,
    deletedAt: message.deletedAt ?? null,
    pinnedAt: message.pinnedAt ?? null,
    expiresAt: message.expiresAt ?? null,
    hidden: message.hidden === true,
    starred: message.starred === true,
    forwardCount: message.forwardCount ?? 0,
    status: state ? statusOf(message.seq, mine, me, state) : 'sent',
    failure: null,
  };
}

/** Of groups that do not show their members it is only known that a message of mine is stored. */
function statusOf(seq: number, mine: boolean, me: string, { view }: ConversationState): MessageStatus {
  const judges = mine ? view.members.filter(({ person }) => person.id !== me) : [view.me];
  if (judges.length === 0) return 'sent';
  if (judges.every(({ read }) => read >= seq)) return 'read';
  return judges.every(({ delivered }) => delivered >= seq) ? 'delivered' : 'sent';
}

export function queuedView(message: QueuedMessage, me: string, state: ConversationState | undefined): ChatMessage {
  const { clientId, conversationId, kind = 'text', text, content, replyTo, mentions, createdAt, failure } = message;
  const quoted = replyTo === undefined ? undefined : state?.messages.find(({ id }) => id === replyTo);
  const quote = { seq: quoted?.seq ?? null, senderId: quoted?.senderId ?? null, message: quoted ?? null };
  return {
    key: clientId,
    id: null,
    clientId,
    conversationId,
    seq: null,
    senderId: me,
    mine: true,
    kind,
    text,
    content: content ?? null,
    replyTo: replyTo === undefined ? null : { messageId: replyTo, ...quote },
    mentions: mentions ?? [],
    reactions: [],
    createdAt,
    editedAt: null,
    deletedAt: null,
    pinnedAt: null,
    expiresAt: null,
    hidden: false,
    starred: false,
    forwardCount: 0,
    status: failure ? 'failed' : 'pending',
    failure,
  };
}
