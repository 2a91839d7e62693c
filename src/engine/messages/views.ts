import type { MessageKind, MessageRow } from './store.ts';

/** A message as a member of its conversation sees it. */
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
  readonly text: string;
  readonly createdAt: Date;
}

export function messageView(row: MessageRow): MessageView {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    seq: row.seq,
    rev: row.rev,
    senderId: row.sender_id,
    clientId: row.client_id,
    kind: row.kind,
    text: row.text,
    createdAt: row.created_at,
  };
}
