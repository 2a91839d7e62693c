import type { ReceiptOfMember, ShownMessage } from '../../../engine/inbox/index.ts';
import type { MediaItem, MessageContext, MessageView } from '../../../engine/messages/index.ts';
import type { PublicFace } from '../../../engine/people/index.ts';
import type { ChatappDeps } from '../deps.ts';
import { fileUrl, thumbnailUrl } from '../routes/files.ts';
import { type ContentType, gifMark } from '../wire/content.ts';
import { folderOf } from '../wire/file-types.ts';
import { isoTime } from './time.ts';
import { displayName, presentPicture } from './user.ts';

/** For whom a message is shown, and where the door is for them. */
export interface MessageViewer {
  readonly personId: string;
  readonly base: string;
}

/** A message with what is shown beside it. */
export type MessageToShow = Omit<ShownMessage, 'sender'> & { readonly sender: PublicFace };

/** A message that was stored just now: nobody has got it yet. */
export const freshMessage = (told: { readonly message: MessageView } & MessageContext): MessageToShow => ({
  message: told.message,
  sender: told.sender,
  ...(told.quoted && { quoted: told.quoted }),
  ...(told.forwardedFrom && { forwardedFrom: told.forwardedFrom }),
  reach: 'sent',
  receipts: [],
});

/** What clients of this door call a message. */
export function contentType({
  kind,
  content,
}: Pick<MessageView, 'kind'> & { readonly content?: unknown }): ContentType {
  if (kind === 'link' || kind === 'system') return 'text';
  const { custom } = (content ?? {}) as { custom?: Readonly<Record<string, unknown>> };
  return kind === 'image' && custom?.[gifMark] === true ? 'gif' : kind;
}

/** A message as one person sees it. */
export function presentMessage(deps: Pick<ChatappDeps, 'fileNames'>, shown: MessageToShow, viewer: MessageViewer) {
  const { message, sender, quoted, forwardedFrom } = shown;
  const { base, personId } = viewer;
  const type = contentType(message);
  const media = presentMedia(deps, message, type, base);
  const own = message.senderId === personId;
  const reached = receiptsOf(shown);
  const at = message.createdAt;
  const createdAt = isoTime(at);
  return {
    _id: message.id,
    id: message.id,
    messageId: message.id,
    chatId: message.conversationId,
    sender: { ...presentSender(sender), profilePicture: presentPicture(sender, base) },
    content: { ...customOf(message), type, text: textOf(message), ...(media[0] && { url: media[0].url }) },
    media,
    location: presentLocation(message),
    contact: presentContact(message, base),
    replyTo: message.replyTo
      ? {
          messageId: message.replyTo.messageId,
          content: quoted ? quoted.text || `[${contentType(quoted)}]` : '',
          type: quoted ? contentType(quoted) : 'text',
          sender: presentSender({ id: message.replyTo.senderId, name: quoted?.senderName ?? '' }),
        }
      : null,
    forwardedFrom: forwardedFrom
      ? {
          originalSender: forwardedFrom.senderId,
          originalChatId: forwardedFrom.conversationId,
          forwardedAt: isoTime(at),
        }
      : null,
    mentions: presentMentions(message.mentions ?? []),
    hashtags: hashtagsOf(message.text),
    status: shown.reach,
    deliveredTo: reached
      .filter(({ delivered }) => delivered >= message.seq)
      .map(({ personId: userId, deliveredAt }) => ({ userId, deliveredAt: isoTime(deliveredAt ?? at) })),
    readBy: reached
      .filter(({ read }) => read >= message.seq)
      .map(({ personId: userId, readAt }) => ({ userId, readAt: isoTime(readAt ?? at) })),
    isRead: own
      ? shown.reach === 'read'
      : reached.some((receipt) => receipt.personId === personId && receipt.read >= message.seq),
    reactions: (message.reactions ?? []).map(({ personId: userId, emoji, at: reactedAt }) => ({
      userId,
      emoji,
      reactedAt: isoTime(reactedAt),
    })),
    isEdited: message.editedAt !== undefined,
    editedAt: timeOrNull(message.editedAt),
    isDeleted: message.deletedAt !== undefined,
    deletedAt: timeOrNull(message.deletedAt),
    priority: 'normal',
    isEncrypted: false,
    expiresAt: timeOrNull(message.expiresAt),
    createdAt,
    updatedAt: timeOrNull(message.deletedAt ?? message.editedAt) ?? createdAt,
    ...(own && {
      tempId: message.clientId,
      editHistory: (shown.former ?? []).map(({ text, replacedAt }) => ({
        content: text,
        editedAt: isoTime(replacedAt),
      })),
    }),
  };
}

export type PresentedMessage = ReturnType<typeof presentMessage>;

export const presentMentions = (mentions: NonNullable<MessageView['mentions']>) =>
  mentions.map(({ personId: userId, start, length }) => ({ userId, startIndex: start, length }));

const hashtagsOf = (text: string): string[] =>
  text.includes('#') ? [...text.matchAll(/(?<![\p{L}\p{N}_])#([\p{L}\p{N}_]+)/gu)].map(([, tag]) => tag as string) : [];

const timeOrNull = (at: Date | string | undefined): string | null => (at === undefined ? null : isoTime(at));

const presentSender = ({ id, name }: Pick<PublicFace, 'id' | 'name'>) => ({
  _id: id,
  id,
  displayName: displayName(name, null),
});

/** Of those who were there when it was sent, but not of its sender. */
const receiptsOf = ({ message, receipts }: MessageToShow): ReceiptOfMember[] =>
  receipts.filter(({ personId, joinedAt }) => personId !== message.senderId && joinedAt <= message.createdAt);

/** A link is a text for clients of this door. */
export function textOf({ kind, text, content }: MessageView): string {
  return kind === 'link' && text === '' && content && 'url' in content ? content.url : text;
}

type Values = Record<string, string | number | boolean>;

/** What a client has added for itself, as far as those of this door understand it. */
function customOf({ content }: MessageView): Values {
  const { custom = {} } = (content ?? {}) as { custom?: Readonly<Record<string, unknown>> };
  return Object.fromEntries(
    Object.entries(custom).filter(
      ([key, value]) => key !== gifMark && ['string', 'number', 'boolean'].includes(typeof value),
    ),
  ) as Values;
}

function presentMedia(
  deps: Pick<ChatappDeps, 'fileNames'>,
  { content, createdAt }: MessageView,
  type: ContentType,
  base: string,
) {
  if (!content || !('media' in content)) return [];
  const { duration } = customOf({ content } as MessageView);
  return content.media.map((item: MediaItem) => ({
    type: itemType(item, type),
    url: addressOf(deps, item, type, base),
    filename: item.fileName ?? null,
    size: item.size ?? null,
    mimeType: item.mimeType ?? null,
    duration: item.durationSeconds ?? (typeof duration === 'number' ? duration : null),
    thumbnail: thumbnailOf(deps, item, base),
    publicId: null,
    uploadedAt: isoTime(createdAt),
  }));
}

/** In a message of several files each may be of its own type. */
function itemType({ mimeType = '' }: MediaItem, type: ContentType): ContentType {
  if (type !== 'document') return type;
  const [main] = mimeType.split('/');
  return main === 'image' || main === 'video' || main === 'audio' ? main : type;
}

/** A path on this server begins at its origin, and not where the door is. */
const absolute = (url: string, base: string): string =>
  url.startsWith('/') ? `${base.slice(0, base.lastIndexOf('/'))}${url}` : url;

function addressOf(
  deps: Pick<ChatappDeps, 'fileNames'>,
  { mediaId, fileName, url = '' }: MediaItem,
  type: ContentType,
  base: string,
): string {
  if (mediaId === undefined) return absolute(url, base);
  const folder = type === 'audio' || type === 'document' ? folderOf(type) : 'messages';
  return fileUrl(deps, base, { mediaId, fileName }, folder);
}

function thumbnailOf(deps: Pick<ChatappDeps, 'fileNames'>, item: MediaItem, base: string): string | null {
  if (item.mediaId !== undefined && item.thumbnail) return thumbnailUrl(deps, base, item.mediaId);
  return item.thumbnailUrl === undefined ? null : absolute(item.thumbnailUrl, base);
}

function presentLocation({ content }: MessageView) {
  if (!content || !('latitude' in content)) return null;
  const { latitude, longitude, address = null, name = null } = content;
  return { latitude, longitude, address, name };
}

function presentContact({ content }: MessageView, base: string) {
  if (!content || !('phones' in content)) return null;
  const { name, phones, photoUrl } = content;
  return { name, phoneNumber: phones[0] ?? '', avatar: photoUrl === undefined ? null : absolute(photoUrl, base) };
}
