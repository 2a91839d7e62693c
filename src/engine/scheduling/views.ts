import type { Mention, MessageContent, MessageKind } from '../messages/index.ts';
import type { ErrorCode } from '../shared/errors.ts';
import type { ScheduledRow } from './store.ts';

/** A message that waits for its time. What it has not is absent. */
export interface ScheduledMessageView {
  readonly id: string;
  readonly conversationId: string;
  readonly kind: MessageKind;
  readonly text: string;
  readonly content?: MessageContent;
  /** Id of the message that it answers. */
  readonly replyTo?: string;
  readonly mentions?: readonly Mention[];
  readonly sendAt: Date;
  readonly createdAt: Date;
  /** Why it was not sent when its time had come; it waits for its author. Absent where it is still to be sent. */
  readonly failure?: ErrorCode;
}

export function scheduledView(row: ScheduledRow): ScheduledMessageView {
  const { kind, text, content, replyTo, mentions } = row.message;
  return {
    id: row.id,
    conversationId: row.conversation_id,
    kind,
    text,
    ...(content !== undefined && { content: content as MessageContent }),
    ...(replyTo !== undefined && { replyTo }),
    ...(mentions?.length && { mentions }),
    sendAt: row.send_at,
    createdAt: row.created_at,
    ...(row.failure !== null && { failure: row.failure }),
  };
}
