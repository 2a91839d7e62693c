import type { MessageContent, MessageKind } from './content.ts';
import type { Mention, ReplyTo } from './references.ts';
import type { MessageRow } from './store.ts';

/** What somebody thinks of a message. A person has one reaction to a message. */
export interface Reaction {
  readonly personId: string;
  readonly emoji: string;
  readonly at: Date;
}

/** A message as a member of its conversation sees it. What it has not is absent. */
export interface MessageView {
  readonly id: string;
  readonly conversationId: string;
  /** Its place in the conversation: 1, 2, 3 ... without gaps. */
  readonly seq: number;
  /** The conversation's change counter at the last change of this message. */
  readonly rev: number;
  readonly senderId: string;
  /** The sender's own name for it. */
  readonly clientId: string | null;
  readonly kind: MessageKind;
  /** Empty where it was deleted. */
  readonly text: string;
  readonly createdAt: Date;
  readonly content?: MessageContent;
  readonly replyTo?: ReplyTo;
  readonly mentions?: readonly Mention[];
  /** It is a copy, and so many times it was passed on. */
  readonly forwardCount?: number;
  /** All of them, the oldest first. */
  readonly reactions?: readonly Reaction[];
  readonly editedAt?: Date;
  /** It was deleted for everybody, or has vanished. */
  readonly deletedAt?: Date;
  readonly pinnedAt?: Date;
  /** When it vanishes. */
  readonly expiresAt?: Date;
  /** I have deleted it for myself. In what all members get alike, this and `starred` are absent. */
  readonly hidden?: true;
  readonly starred?: true;
}

/** A row, or what `to_jsonb` makes of it: then times are strings. */
type Loose<Row> = { readonly [K in keyof Row]: Date extends Row[K] ? Row[K] | string : Row[K] };

const date = (time: Date | string): Date => (typeof time === 'string' ? new Date(time) : time);

/** When a message was deleted for everybody or vanished, also where the row does not say so yet; null where it is there. */
export function goneSince(row: Pick<Loose<MessageRow>, 'deleted_at' | 'expires_at'>, now: Date): Date | null {
  if (row.deleted_at !== null) return date(row.deleted_at);
  if (row.expires_at === null) return null;
  const expiresAt = date(row.expires_at);
  return expiresAt <= now ? expiresAt : null;
}

/** @param now a message that has vanished by then is shown so, even before it is removed */
export function messageView(row: Loose<MessageRow>, now: Date): MessageView {
  const deletedAt = goneSince(row, now);
  const gone = deletedAt !== null || row.hidden === true;
  return {
    id: row.id,
    conversationId: row.conversation_id,
    seq: row.seq,
    rev: row.rev,
    senderId: row.sender_id,
    clientId: row.client_id,
    kind: row.kind,
    text: gone ? '' : row.text,
    createdAt: date(row.created_at),
    ...(row.hidden && { hidden: true }),
    ...(deletedAt && { deletedAt }),
    ...(!gone && more(row)),
  };
}

/** What most messages have not. */
function more(row: Loose<MessageRow>): Partial<MessageView> {
  return {
    ...(row.content !== null && { content: row.content }),
    ...(row.reply_to !== null && { replyTo: row.reply_to }),
    ...(row.mentions !== null && { mentions: row.mentions }),
    ...(row.forwarded !== null && { forwardCount: row.forwarded.count }),
    ...(row.reactions && {
      reactions: row.reactions.map(({ at, ...reaction }) => ({ ...reaction, at: new Date(at) })),
    }),
    ...(row.edited_at !== null && { editedAt: date(row.edited_at) }),
    ...(row.pinned_at !== null && { pinnedAt: date(row.pinned_at) }),
    ...(row.expires_at !== null && { expiresAt: date(row.expires_at) }),
    ...(row.starred && { starred: true }),
  };
}
