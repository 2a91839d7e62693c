import type { ConversationFacts, MemberRole, MemberView } from '../../../engine/conversations/index.ts';
import type { OwnMemberView, ShownConversation } from '../../../engine/inbox/index.ts';
import type { MessageView } from '../../../engine/messages/index.ts';
import type { PersonView } from '../../../engine/people/index.ts';
import { photoAddress } from '../routes/files.ts';
import { contentType, textOf } from './message.ts';
import { isoTime } from './time.ts';

/** How people are shown where a chat names them: what of them is known there differs. */
export type ShowPerson = (person: PersonView) => { readonly displayName: string };

/** What a chat is shown with. */
export interface ChatContext {
  readonly viewerId: string;
  /** Where the door is for the viewer. */
  readonly base: string;
  /** In milliseconds. */
  readonly now: number;
  readonly show: ShowPerson;
  /** The invite link of a group; null where there is none, or it is not told. */
  readonly inviteLink?: string | null;
  /** Members, where the conversation has more than its view shows. */
  readonly members?: readonly MemberView[];
}

/** Clients ask for a time where messages do not vanish, too. */
const usualDisappearing = 86_400;

/** From then on it is not a time but always: muted without an end. */
export const forever = new Date('9999-01-01T00:00:00.000Z');

const chatType = (facts: Pick<ConversationFacts, 'kind'>): 'private' | 'group' =>
  facts.kind === 'direct' ? 'private' : 'group';

/** What a chat is for all of its members alike. */
export function presentFacts(facts: ConversationFacts, base: string, inviteLink: string | null = null) {
  return {
    _id: facts.id,
    id: facts.id,
    type: chatType(facts),
    chatName: facts.title,
    participantCount: facts.memberCount,
    isActive: true,
    groupInfo: groupInfo(facts, base, inviteLink),
    settings: { disappearingMessages: disappearing(facts) },
    isEncrypted: false,
    createdAt: isoTime(facts.createdAt),
  };
}

/** What a group is, beside its members; null for a private chat. */
export function groupInfo(facts: ConversationFacts, base: string, inviteLink: string | null) {
  const { settings } = facts;
  if (!settings) return null;
  return {
    name: facts.title ?? '',
    description: facts.description,
    avatar: { url: photoAddress(base, facts.photoUrl) },
    inviteLink,
    settings: {
      whoCanAddMembers: settings.whoCanAdd,
      whoCanEditGroupInfo: settings.whoCanEdit,
      whoCanSendMessages: settings.whoCanSend,
      approveNewMembers: settings.joinApproval,
    },
  };
}

export const disappearing = ({ disappearingSeconds }: Pick<ConversationFacts, 'disappearingSeconds'>) => ({
  enabled: disappearingSeconds !== null,
  duration: disappearingSeconds ?? usualDisappearing,
});

/** How the caller alone has a chat. */
export function presentMySettings(me: OwnMemberView, now: number) {
  // An event of another node brings a text.
  const until = me.mutedUntil && new Date(me.mutedUntil);
  const muted = until !== null && until.getTime() > now;
  return {
    notifications: me.preferences.notifications,
    customName: me.customName,
    isPinned: me.pinnedAt !== null,
    isArchived: me.archived,
    isMuted: muted,
    mutedUntil: muted && until < forever ? until.toISOString() : null,
  };
}

export type MySettings = ReturnType<typeof presentMySettings>;

/** Somebody in a chat. */
export const presentParticipant = (
  chatId: string,
  member: { readonly person: PersonView; readonly role: MemberRole; readonly joinedAt: Date },
  show: ShowPerson,
) => ({
  _id: `${chatId}:${member.person.id}`,
  userId: show(member.person),
  role: member.role,
  joinedAt: isoTime(member.joinedAt),
  isActive: true,
});

/** A chat as the caller sees it. */
export function presentChat(view: ShownConversation, context: ChatContext) {
  const { viewerId, base, now, show, inviteLink = null, members = view.members } = context;
  const mine = presentMySettings(view.me, now);
  const participants = members.map((member) => ({
    ...presentParticipant(view.id, member, show),
    ...(member.person.id === viewerId && { settings: mine }),
  }));
  const facts = presentFacts(view, base, inviteLink);
  const lastActivity = view.lastActivityAt.toISOString();
  return {
    ...facts,
    participants,
    activeParticipants: participants,
    lastMessage: view.lastMessage && presentLastMessage(view.lastMessage, view.lastSender, show),
    unreadCount: view.unread,
    unreadCounts: [
      {
        userId: viewerId,
        count: view.unread,
        lastReadMessageId: view.readMessageId,
        lastReadAt: view.readAt?.toISOString() ?? null,
      },
    ],
    mySettings: mine,
    isArchived: mine.isArchived,
    isPinned: mine.isPinned,
    isMuted: mine.isMuted,
    myRole: view.me.role,
    settings: { ...facts.settings, autoDownload: view.me.preferences.autoDownload },
    analytics: { messageCount: view.lastSeq, mediaCount: 0, lastActivity },
    updatedAt: lastActivity,
  };
}

export type Chat = ReturnType<typeof presentChat>;

/** What a list of chats says of the last message of one. */
function presentLastMessage(message: MessageView, sender: PersonView | null, show: ShowPerson) {
  const type = contentType(message);
  return {
    messageId: message.id,
    content: textOf(message) || `[${type}]`,
    sender: { _id: message.senderId, displayName: sender ? show(sender).displayName : '' },
    timestamp: isoTime(message.createdAt),
    type,
  };
}
