import type { ShownMessage } from '../../../engine/inbox/index.ts';
import type { MessageView } from '../../../engine/messages/index.ts';
import type { Named } from '../numbers/index.ts';
import { type MessageType, messageTypes, typeMark } from '../wire/message-fields.ts';
import { absolute, fileLink } from './file-links.ts';
import type { Showing } from './showing.ts';
import { isoTime, timeOrNull } from './time.ts';
import { type Card, presentUserCard } from './user.ts';

/** How far a message has come with its receiver. */
export interface MessageStatus {
  readonly status: 'sent' | 'delivered' | 'read';
  readonly deliveredAt: Date | string | null;
  readonly readAt: Date | string | null;
}

/** Of a message that was stored just now: nobody has got it yet. */
export const sent: MessageStatus = { status: 'sent', deliveredAt: null, readAt: null };

/**
 * How far a message has come, by the receipts of its conversation. They tell when somebody last came further, so the times
 * of older messages are those of newer ones.
 */
export function statusOf(
  { message, receipts }: Pick<ShownMessage, 'message' | 'receipts'>,
  receiverId: string,
): MessageStatus {
  const receipt = receipts.find(({ personId }) => personId === receiverId);
  if (!receipt || receipt.delivered < message.seq) return sent;
  const deliveredAt = receipt.deliveredAt ?? message.createdAt;
  if (receipt.read < message.seq) return { status: 'delivered', deliveredAt, readAt: null };
  return { status: 'read', deliveredAt, readAt: receipt.readAt ?? deliveredAt };
}

/** A message of a direct conversation, with its two people as the viewer sees them. */
export interface MessageToShow {
  readonly message: MessageView;
  readonly sender: Card;
  readonly receiver: Card;
  readonly status: MessageStatus;
}

/** What has to have a number before a message is presented. */
export const namedByMessage = (
  message: Pick<MessageView, 'id' | 'conversationId'>,
  peopleIds: readonly string[],
): Named => ({ user: peopleIds, conversation: [message.conversationId], message: [message.id] });

/** The status of a message for its receiver; it is known by the message's own number. Names the message and the user. */
export function presentStatusRow(
  message: Pick<MessageView, 'id' | 'createdAt'>,
  receiverId: string,
  { status, deliveredAt, readAt }: MessageStatus,
  { n }: Pick<Showing, 'n'>,
) {
  const id = n.message(message.id);
  return {
    id,
    message_id: id,
    user_id: n.user(receiverId),
    status,
    sent_at: isoTime(message.createdAt),
    delivered_at: timeOrNull(deliveredAt),
    read_at: timeOrNull(readAt),
  };
}

/** A message, the same over REST and sockets. Names the message, its conversation and its two people. */
export function presentMessage({ message, sender, receiver, status }: MessageToShow, show: Showing) {
  const { n } = show;
  const id = n.message(message.id);
  const statuses = [presentStatusRow(message, receiver.id, status, show)];
  const createdAt = isoTime(message.createdAt);
  const deletedAt = timeOrNull(message.deletedAt);
  return {
    id,
    message_id: id,
    conversation_id: n.conversation(message.conversationId),
    sender_id: n.user(sender.id),
    receiver_id: n.user(receiver.id),
    message_text: textOf(message),
    message_type: typeOf(message),
    ...fileOf(message, show),
    is_edited: message.editedAt !== undefined,
    is_deleted: deletedAt !== null,
    deleted_at: deletedAt,
    created_at: createdAt,
    updated_at: deletedAt ?? timeOrNull(message.editedAt) ?? createdAt,
    sender: presentUserCard(sender, show),
    receiver: presentUserCard(receiver, show),
    statuses,
    status: statuses,
  };
}

export type PresentedMessage = ReturnType<typeof presentMessage>;

/** What clients of this door call a message; what they do not know is shown as the nearest that they do. */
export function typeOf({ kind, content }: Pick<MessageView, 'kind' | 'content'>): MessageType {
  const { custom } = (content ?? {}) as { custom?: Readonly<Record<string, unknown>> };
  const own = messageTypes.find((type) => type === custom?.[typeMark]);
  if (own) return own;
  switch (kind) {
    case 'document':
      return 'file';
    case 'sticker':
      return 'image';
    case 'image':
    case 'video':
    case 'audio':
    case 'location':
      return kind;
    default:
      return 'text';
  }
}

/** What a message says. Where it says nothing in words and is no file, what it shows is put into words. */
export function textOf({ text, content }: Pick<MessageView, 'text' | 'content'>): string {
  if (text !== '' || !content) return text;
  if ('latitude' in content)
    return [content.name, `${content.latitude},${content.longitude}`].filter(Boolean).join(' ');
  if ('phones' in content) return [content.name, ...content.phones].join(' ');
  return 'url' in content ? content.url : text;
}

/** Its first file. */
function fileOf({ content }: Pick<MessageView, 'content'>, show: Showing) {
  const [file] = content && 'media' in content ? content.media : [];
  const url =
    file?.mediaId === undefined
      ? file?.url && absolute(show, file.url)
      : fileLink(show, { ...file, mediaId: file.mediaId });
  return { media_url: url ?? null, file_name: file?.fileName ?? null, file_size: file?.size ?? null };
}
