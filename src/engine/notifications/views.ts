import type { PublicFace } from '../people/index.ts';
import type { NotificationKind } from './kinds.ts';

/** Something that a person was told of. What it says is as the message is now. */
export interface NotificationView {
  readonly id: string;
  readonly kind: NotificationKind;
  readonly conversationId: string;
  /** The message that it is of; null where it is of none. */
  readonly messageId: string | null;
  /** Of that message; null where it is of none. */
  readonly messageKind: string | null;
  /** Who did it; null where their account was deleted. */
  readonly actor: PublicFace | null;
  /** The actor's name; empty while they have none. */
  readonly title: string;
  /** The first {@link bodyLength} characters of the message, its kind where it has no text, or the group's title. */
  readonly body: string;
  readonly createdAt: Date;
  readonly readAt: Date | null;
}

/** Characters of a message that its notification shows. */
export const bodyLength = 100;

/** What a notification says of a message. */
export function bodyOf(text: string, messageKind: string): string {
  // A character has one or two units: more than these are never shown.
  const start = [...text.slice(0, 2 * bodyLength)].slice(0, bodyLength).join('');
  return start.trim() === '' ? messageKind : start;
}

/** A row of the feed, with what it is shown with. */
export interface NotificationRow {
  readonly id: string;
  readonly kind: NotificationKind;
  readonly conversation_id: string;
  readonly seq: number;
  readonly actor_id: string;
  readonly created_at: Date;
  readonly read_at: Date | null;
  readonly text: string | null;
  readonly message_kind: string | null;
  readonly group_title: string | null;
  /** null where the account was deleted. */
  readonly name: string | null;
  readonly username: string | null;
  readonly photo_url: string | null;
}

export function notificationView(row: NotificationRow): NotificationView {
  const { id, kind, name, username, photo_url: photoUrl, message_kind: messageKind } = row;
  return {
    id,
    kind,
    conversationId: row.conversation_id,
    messageId: kind === 'group_added' ? null : id,
    messageKind,
    actor: name === null ? null : { id: row.actor_id, name, username, photoUrl },
    title: name ?? '',
    body: messageKind === null ? (row.group_title ?? '') : bodyOf(row.text ?? '', messageKind),
    createdAt: row.created_at,
    readAt: row.read_at,
  };
}
