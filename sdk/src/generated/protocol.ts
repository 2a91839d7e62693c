// Made from the schemas of the server by `npm run docs`. Do not edit.

/** Every reason for which the server refuses. New ones may be added. */
export type ErrorCode =
  | 'invalid_request'
  | 'invalid_text'
  | 'payload_too_large'
  | 'rate_limited'
  | 'unauthenticated'
  | 'token_expired'
  | 'session_revoked'
  | 'account_suspended'
  | 'forbidden'
  | 'invalid_phone'
  | 'code_invalid'
  | 'code_expired'
  | 'code_attempts_exceeded'
  | 'credentials_invalid'
  | 'refresh_token_invalid'
  | 'refresh_token_reused'
  | 'identity_taken'
  | 'password_too_weak'
  | 'sms_unavailable'
  | 'route_not_found'
  | 'not_supported'
  | 'person_not_found'
  | 'session_not_found'
  | 'conversation_not_found'
  | 'message_not_found'
  | 'report_not_found'
  | 'contact_not_found'
  | 'device_not_found'
  | 'notification_not_found'
  | 'invite_not_found'
  | 'join_request_not_found'
  | 'scheduled_not_found'
  | 'media_not_found'
  | 'link_expired'
  | 'client_id_conflict'
  | 'conversation_with_self'
  | 'contact_with_self'
  | 'block_with_self'
  | 'report_closed'
  | 'message_deleted'
  | 'too_late'
  | 'limit_reached'
  | 'media_not_ready'
  | 'media_refused'
  | 'link_unavailable'
  | 'link_previews_off'
  | 'not_permitted'
  | 'recipient_unavailable'
  | 'shutting_down'
  | 'overloaded'
  | 'storage_unavailable'
  | 'storage_full'
  | 'internal';

export interface CustomStatus {
  text: string;
  emoji: string;
  /** From then on it is not shown any more. */
  expiresAt: string | null;
}

export interface OwnProfile {
  /** The person. */
  id: string;
  /** Empty while none is set, and after the account was deleted. */
  name: string;
  username: string | null;
  /** Empty where I may not see it. */
  about: string;
  /** Address of a picture; null where there is none, or I may not see it. */
  photoUrl: string | null;
  /** The account was deleted; its messages stay. */
  deleted: boolean;
  /** Grows with each change. */
  version: number;
  role: 'user' | 'admin';
  /** When the account was made. */
  createdAt: string;
  /** What I have chosen. With `offline` I am online for nobody; of others it says that they are not. */
  availability: 'online' | 'away' | 'busy' | 'offline';
  customStatus: CustomStatus | null;
  identities: {
    /** `door_phone`: a number at one door only, after its name and a colon. */
    kind: 'phone' | 'email' | 'username' | 'door_phone';
    value: string;
    verified: boolean;
  }[];
}

export interface Person {
  /** The person. */
  id: string;
  /** Empty while none is set, and after the account was deleted. */
  name: string;
  username: string | null;
  /** Empty where I may not see it. */
  about: string;
  /** Address of a picture; null where there is none, or I may not see it. */
  photoUrl: string | null;
  /** The account was deleted; its messages stay. */
  deleted: boolean;
  /** Grows with each change. */
  version: number;
  /**
   * Only in events, which are the same for all who get them: `about` or `photoUrl` was left out, and I may be allowed
   * to see it. Ask `people.get`.
   */
  limited?: boolean | undefined;
}

export interface Privacy {
  /** Who sees whether I am online, and when I last was. */
  lastSeen: 'everyone' | 'contacts' | 'nobody';
  /** Who sees my photo. */
  photo: 'everyone' | 'contacts' | 'nobody';
  /** Who sees what I say about me. */
  about: 'everyone' | 'contacts' | 'nobody';
  /** Who may add me to groups; others can only invite me. */
  groups: 'everyone' | 'contacts' | 'nobody';
  /** Who finds me by my phone number. */
  phone: 'everyone' | 'contacts' | 'nobody';
  /** Whether others learn how far I have read. */
  readReceipts: boolean;
}

export interface Block {
  person: Person;
  /** When I blocked them. */
  blockedAt: string;
}

export interface Contact {
  /** The contact. */
  id: string;
  person: Person | null;
  /** As I know it. Without a person, nobody is known by it yet. */
  phone: string | null;
  /** The name that I gave; null where the person's own is shown. */
  name: string | null;
  favourite: boolean;
  closeFriend: boolean;
  /** I have blocked the person. `block.changed` tells when it changes, and not `contact.updated`. */
  blocked: boolean;
  /** When it was added. */
  createdAt: string;
  /** When I last changed what is written here; when I added it, where I never did. */
  changedAt: string;
}

export interface Mention {
  /** Who. */
  personId: string;
  /** Where in the text, in UTF-16 code units. */
  start: number;
  /** How much of the text. */
  length: number;
}

export interface Message {
  /** The message. */
  id: string;
  /** Where it was sent. */
  conversationId: string;
  /** Its place in the conversation: 1, 2, 3 ... without gaps. */
  seq: number;
  /** The conversation's change counter at the last change of this message. */
  rev: number;
  /** Who sent it. */
  senderId: string;
  /** The sender's own name for it. */
  clientId: string | null;
  /** What it is. */
  kind: 'text' | 'image' | 'video' | 'audio' | 'document' | 'sticker' | 'location' | 'contact' | 'link' | 'system';
  /** What is said, or the caption. Empty where it was deleted. */
  text: string;
  /** When it was stored. Order is by `seq`, not by this. */
  createdAt: string;
  /**
   * By `kind`: what a client adds (text), media (image, video, audio, document, sticker), location, contact, link, or
   * what has happened (system).
   */
  content?: {
    /** Of the client; at most 8 KiB of JSON. Numbers are 0, or between 1e-30 and 1e30. */
    custom?: Record<string, unknown> | undefined;
  } | {
    /**
     * The files; `text` is their caption. None where `custom` says what is shown. A server takes 10 in a new message
     * unless it is set otherwise.
     */
    media: {
      /** Where it is, if not here: http(s), or a path on this server. */
      url?: string | undefined;
      /** A file here, instead of `url`. Whoever sends it gives nothing else of it: the server says what the file is. */
      mediaId?: string | undefined;
      /** Media type, such as image/jpeg. */
      mimeType?: string | undefined;
      /** Name for the person who saves it. */
      fileName?: string | undefined;
      /** In bytes. */
      size?: number | undefined;
      /** In pixels. */
      width?: number | undefined;
      /** In pixels. */
      height?: number | undefined;
      durationSeconds?: number | undefined;
      /** A small picture of what has a `url`. */
      thumbnailUrl?: string | undefined;
      /** What has a `mediaId` has a small picture, of this size. */
      thumbnail?: {
        width: number;
        height: number;
      } | undefined;
      /** A blurred picture of it, to show while it loads (https://blurha.sh). */
      blurhash?: string | undefined;
      /** Loudness of a voice note. */
      waveform?: number[] | undefined;
    }[];
    /** Of the client; at most 8 KiB of JSON. Numbers are 0, or between 1e-30 and 1e30. */
    custom?: Record<string, unknown> | undefined;
  } | {
    latitude: number;
    longitude: number;
    accuracyMetres?: number | undefined;
    /** Of the place. */
    name?: string | undefined;
    /** Of the place. */
    address?: string | undefined;
    /** Of the client; at most 8 KiB of JSON. Numbers are 0, or between 1e-30 and 1e30. */
    custom?: Record<string, unknown> | undefined;
  } | {
    name: string;
    phones: string[];
    emails?: string[] | undefined;
    /** Where the contact has an account here. */
    personId?: string | undefined;
    /** Their picture. */
    photoUrl?: string | undefined;
    /** Of the client; at most 8 KiB of JSON. Numbers are 0, or between 1e-30 and 1e30. */
    custom?: Record<string, unknown> | undefined;
  } | {
    url: string;
    /** Of the page. */
    title?: string | undefined;
    /** Of the page. */
    description?: string | undefined;
    /** Its picture. */
    imageUrl?: string | undefined;
    /** A file here that is its picture, instead of `imageUrl`. */
    imageMediaId?: string | undefined;
  } | {
    /** What has happened, such as `members.added`. */
    event: string;
    /** To whom. */
    personIds?: string[] | undefined;
    /** What it is now. */
    value?: string | number | null | undefined;
  } | undefined;
  /** It answers another message of the conversation. */
  replyTo?: {
    /** The message that it answers. */
    messageId: string;
    /** Its place. */
    seq: number;
    /** Who sent that one. */
    senderId: string;
  } | undefined;
  mentions?: Mention[] | undefined;
  /** It is a copy, and so many times it was passed on. */
  forwardCount?: number | undefined;
  /** All of them, the oldest first. */
  reactions?: Reaction[] | undefined;
  /** When its text was last changed. */
  editedAt?: string | undefined;
  /** It was deleted for everybody, or has vanished; its place stays. */
  deletedAt?: string | undefined;
  /** It is pinned, since then. */
  pinnedAt?: string | undefined;
  /** When it vanishes. */
  expiresAt?: string | undefined;
  /** I have deleted it for myself; its place stays. */
  hidden?: true | undefined;
  /** I have starred it. */
  starred?: true | undefined;
}

export interface NewMention {
  /** A member. */
  personId: string;
  /** Where in the text, in UTF-16 code units. */
  start: number;
  /** How much of the text. */
  length: number;
}

export interface Reaction {
  /** Who. */
  personId: string;
  emoji: string;
  /** When. */
  at: string;
}

export interface ReactionChange {
  /** Where. */
  conversationId: string;
  /** To which message. */
  messageId: string;
  /** Its place. */
  seq: number;
  /** The message's `rev` from now on. */
  rev: number;
  /** Who. */
  personId: string;
  /** null: taken back. */
  emoji: string | null;
  /** What it was before; null where there was none. */
  replaced: string | null;
  /** When. */
  at: string;
}

export interface Conversation {
  /** The conversation. */
  id: string;
  kind: 'direct' | 'group';
  /** When it was started. */
  createdAt: string;
  /** Who started it. */
  createdBy: string;
  /** null for a direct one, which is named after the other person. */
  title: string | null;
  description: string;
  photoUrl: string | null;
  settings: GroupSettings | null;
  /** New messages vanish after this time; null: never. */
  disappearingSeconds: number | null;
  /** How many are in it. */
  memberCount: number;
  /** Messages up to this `seq` were removed for good, because they were too old: drop them. */
  retainedFrom: number;
  /** Number of changes to the conversation so far. */
  rev: number;
  /** When something was last said, or it was started. */
  lastActivityAt: string;
  /** `seq` of the latest message; 0 where there is none. */
  lastSeq: number;
  /**
   * `rev`, plus `me.version`, plus `read`, `delivered` and `person.version` of all `members` (where `members` is empty:
   * plus `me.read` and `me.delivered`). With the same `rev`, two equal versions mean the same state; a client computes
   * it from what it holds, and sends it with `sync`.
   */
  version: number;
  /** All members, those who joined first at first; empty where they are more than 100: ask for pages of them. */
  members: Member[];
  me: OwnMember;
  lastMessage: Message | null;
  /**
   * Messages of others after my `read`, without those deleted, hidden by me, of people I have blocked, and of the
   * system.
   */
  unread: number;
}

export interface ConversationFacts {
  /** The conversation. */
  id: string;
  kind: 'direct' | 'group';
  /** When it was started. */
  createdAt: string;
  /** Who started it. */
  createdBy: string;
  /** null for a direct one, which is named after the other person. */
  title: string | null;
  description: string;
  photoUrl: string | null;
  settings: GroupSettings | null;
  /** New messages vanish after this time; null: never. */
  disappearingSeconds: number | null;
  /** How many are in it. */
  memberCount: number;
  /** Messages up to this `seq` were removed for good, because they were too old: drop them. */
  retainedFrom: number;
  /** Number of changes to the conversation so far. */
  rev: number;
}

export interface GroupSettings {
  whoCanSend: 'all' | 'admins';
  whoCanEdit: 'all' | 'admins';
  whoCanAdd: 'all' | 'admins';
  /** Who comes by the invite link waits until an admin lets them in. */
  joinApproval: boolean;
  /** Newcomers see what was said before they came. */
  historyForNewcomers: boolean;
}

export interface Member {
  person: Person;
  /** A group has one owner. In a direct conversation both are members. */
  role: 'owner' | 'admin' | 'member';
  /** When they came. */
  joinedAt: string;
  /** Has read everything up to this `seq`. Stands still while their read receipts, or mine, are off. */
  read: number;
  /** Everything up to this `seq` has reached a device of the person. */
  delivered: number;
}

export interface OwnChange {
  /** Which. */
  conversationId: string;
  /**
   * The conversation's change counter as of which `unread` and `lastMessage` are. Where you hold another one, count the
   * messages that you hold instead; where these do not reach back to `me.read`, sync.
   */
  rev: number;
  me: OwnMember;
  /** As of the conversation. */
  unread: number;
  lastMessage: Message | null;
  /** Messages that I have hidden or starred, or not any more. */
  marks: {
    /** The message. */
    messageId: string;
    /** Its place. */
    seq: number;
    /** I have deleted it for myself: drop all that it says. */
    hidden: boolean;
    starred: boolean;
  }[];
}

export interface OwnMember {
  /** A group has one owner. In a direct conversation both are members. */
  role: 'owner' | 'admin' | 'member';
  /** When I came. */
  joinedAt: string;
  /** I have read everything up to this `seq`. */
  read: number;
  /** Everything up to this `seq` has reached a device of mine. */
  delivered: number;
  /** I see messages with a larger `seq` only: drop those up to it. */
  historyFrom: number;
  /** Number of changes to my own settings and marks here. */
  version: number;
  /** No sound until then. */
  mutedUntil: string | null;
  /** A new message ends it, unless it comes (`createdAt`) before `mutedUntil`. */
  archived: boolean;
  /** I keep it at the top since then. */
  pinnedAt: string | null;
  /** As a reminder. It ends when `read` moves. */
  markedUnread: boolean;
  /** What I call it. */
  customName: string | null;
  /** How my clients treat it; the server only keeps it. */
  preferences: Preferences;
}

export interface Preferences {
  /** Whether I am to be told of new messages at all. */
  notifications: boolean;
  /** What is loaded without being asked for. */
  autoDownload: {
    photos: boolean;
    videos: boolean;
    documents: boolean;
  };
}

export interface Receipt {
  /** The conversation. */
  conversationId: string;
  /** Whose watermarks. */
  personId: string;
  /** Everything up to this `seq` is read. */
  read: number;
  /** Everything up to this `seq` is delivered. */
  delivered: number;
}

export interface UnreadTotal {
  /** In conversations that are not muted. */
  messages: number;
  /** Conversations that are not muted and have unread messages or are marked as unread. */
  conversations: number;
  /** In conversations that are muted now. */
  mutedMessages: number;
  /** Muted ones that have unread messages or are marked as unread. */
  mutedConversations: number;
}

export interface PresenceState {
  /** The person. */
  personId: string;
  online: boolean;
  /** When they were last online; while online, when they came. */
  lastSeenAt: string | null;
  /** What I have chosen. With `offline` I am online for nobody; of others it says that they are not. */
  availability: 'online' | 'away' | 'busy' | 'offline';
  customStatus: CustomStatus | null;
}

export interface ScheduledMessage {
  /** The scheduled message. The message that is made of it has another. */
  id: string;
  /** Where it will be sent. */
  conversationId: string;
  /** What it is. */
  kind: 'text' | 'image' | 'video' | 'audio' | 'document' | 'sticker' | 'location' | 'contact' | 'link' | 'system';
  /** What will be said, or the caption. */
  text: string;
  /**
   * By `kind`: what a client adds (text), media (image, video, audio, document, sticker), location, contact, link, or
   * what has happened (system).
   */
  content?: {
    /** Of the client; at most 8 KiB of JSON. Numbers are 0, or between 1e-30 and 1e30. */
    custom?: Record<string, unknown> | undefined;
  } | {
    /**
     * The files; `text` is their caption. None where `custom` says what is shown. A server takes 10 in a new message
     * unless it is set otherwise.
     */
    media: {
      /** Where it is, if not here: http(s), or a path on this server. */
      url?: string | undefined;
      /** A file here, instead of `url`. Whoever sends it gives nothing else of it: the server says what the file is. */
      mediaId?: string | undefined;
      /** Media type, such as image/jpeg. */
      mimeType?: string | undefined;
      /** Name for the person who saves it. */
      fileName?: string | undefined;
      /** In bytes. */
      size?: number | undefined;
      /** In pixels. */
      width?: number | undefined;
      /** In pixels. */
      height?: number | undefined;
      durationSeconds?: number | undefined;
      /** A small picture of what has a `url`. */
      thumbnailUrl?: string | undefined;
      /** What has a `mediaId` has a small picture, of this size. */
      thumbnail?: {
        width: number;
        height: number;
      } | undefined;
      /** A blurred picture of it, to show while it loads (https://blurha.sh). */
      blurhash?: string | undefined;
      /** Loudness of a voice note. */
      waveform?: number[] | undefined;
    }[];
    /** Of the client; at most 8 KiB of JSON. Numbers are 0, or between 1e-30 and 1e30. */
    custom?: Record<string, unknown> | undefined;
  } | {
    latitude: number;
    longitude: number;
    accuracyMetres?: number | undefined;
    /** Of the place. */
    name?: string | undefined;
    /** Of the place. */
    address?: string | undefined;
    /** Of the client; at most 8 KiB of JSON. Numbers are 0, or between 1e-30 and 1e30. */
    custom?: Record<string, unknown> | undefined;
  } | {
    name: string;
    phones: string[];
    emails?: string[] | undefined;
    /** Where the contact has an account here. */
    personId?: string | undefined;
    /** Their picture. */
    photoUrl?: string | undefined;
    /** Of the client; at most 8 KiB of JSON. Numbers are 0, or between 1e-30 and 1e30. */
    custom?: Record<string, unknown> | undefined;
  } | {
    url: string;
    /** Of the page. */
    title?: string | undefined;
    /** Of the page. */
    description?: string | undefined;
    /** Its picture. */
    imageUrl?: string | undefined;
    /** A file here that is its picture, instead of `imageUrl`. */
    imageMediaId?: string | undefined;
  } | {
    /** What has happened, such as `members.added`. */
    event: string;
    /** To whom. */
    personIds?: string[] | undefined;
    /** What it is now. */
    value?: string | number | null | undefined;
  } | undefined;
  /** The message that it answers. */
  replyTo?: string | undefined;
  mentions?: Mention[] | undefined;
  /** When it is sent, within a second or two. */
  sendAt: string;
  /** When it was scheduled. */
  createdAt: string;
  /**
   * Its time has come, and it was refused with this code, such as `conversation_not_found` or `recipient_unavailable`.
   * It waits to be changed, sent or cancelled.
   */
  failure?: string | undefined;
}

export interface Session {
  /** The session. */
  id: string;
  /** The door that it was opened through. */
  door: string;
  deviceName: string | null;
  userAgent: string | null;
  ip: string;
  /** When the device signed in. */
  createdAt: string;
  /** Last use, to within some minutes. */
  lastUsedAt: string;
  /** It is the session that asks. */
  current: boolean;
}

export interface SignInEntry {
  /** The entry. */
  id: string;
  /** When. */
  at: string;
  method: 'code' | 'password';
  succeeded: boolean;
  /** Error code of a failure. */
  failure: string | null;
  door: string;
  ip: string;
  userAgent: string | null;
  deviceName: string | null;
}

export interface SignedIn {
  tokens: Tokens;
  profile: OwnProfile;
  /** This made the account. */
  isNew: boolean;
}

export interface Tokens {
  /** The session that the tokens belong to. */
  sessionId: string;
  /** For `Authorization: Bearer` and for the handshake of the socket. */
  accessToken: string;
  /** From then on it is refused with `token_expired`. */
  accessTokenExpiresAt: string;
  /** Good for one use. null for an opaque session. */
  refreshToken: string | null;
}

export interface Account {
  /** The person. */
  id: string;
  /** Empty while none is set, and after the account was deleted. */
  name: string;
  username: string | null;
  /** Empty where I may not see it. */
  about: string;
  /** Address of a picture; null where there is none, or I may not see it. */
  photoUrl: string | null;
  /** The account was deleted; its messages stay. */
  deleted: boolean;
  /** Grows with each change. */
  version: number;
  role: 'user' | 'admin';
  /** When the account was made. */
  createdAt: string;
  /** What I have chosen. With `offline` I am online for nobody; of others it says that they are not. */
  availability: 'online' | 'away' | 'busy' | 'offline';
  customStatus: CustomStatus | null;
  identities: {
    /** `door_phone`: a number at one door only, after its name and a colon. */
    kind: 'phone' | 'email' | 'username' | 'door_phone';
    value: string;
    verified: boolean;
  }[];
  /** On how many devices the person is signed in, counted to 100. */
  sessions: number;
  /** Whether it is suspended now. */
  suspended: boolean;
  suspension: Suspension | null;
}

export interface AuditEntry {
  /** The entry. */
  id: string;
  /** When. */
  at: string;
  /** The admin; null where the operator acted, on the machine itself. */
  actorId: string | null;
  action: 'account.read' | 'account.suspended' | 'account.restored' | 'admin.created' | 'report.read' | 'report.resolved';
  targetKind: 'person' | 'report';
  /** What it was done to. */
  targetId: string;
  /** Facts by name. */
  details: Record<string, unknown>;
  ip: string | null;
  door: string | null;
}

export interface Report {
  /** The report. */
  id: string;
  status: 'open' | 'resolved' | 'dismissed';
  /** Who reported. */
  reporterId: string;
  /** Who is reported; of a message, its sender. */
  personId: string;
  /** Where the message was sent; null where a person is reported. */
  conversationId: string | null;
  /** The message; null where a person is reported. */
  messageId: string | null;
  reason: 'spam' | 'harassment' | 'violence' | 'nudity' | 'impersonation' | 'illegal' | 'other';
  /** The reporter's own words. */
  note: string | null;
  /** When it was first reported. */
  createdAt: string;
  /** When the reporter last changed it. */
  updatedAt: string;
  /** How many other reports about the same person are open, counted to 100. */
  otherOpen: number;
  resolution: {
    outcome: 'dismissed' | 'warned' | 'message_deleted' | 'suspended' | 'other';
    note: string | null;
    /** Who closed it. */
    adminId: string;
    /** When. */
    at: string;
  } | null;
}

export interface ReportDetails {
  /** The report. */
  id: string;
  status: 'open' | 'resolved' | 'dismissed';
  /** Who reported. */
  reporterId: string;
  /** Who is reported; of a message, its sender. */
  personId: string;
  /** Where the message was sent; null where a person is reported. */
  conversationId: string | null;
  /** The message; null where a person is reported. */
  messageId: string | null;
  reason: 'spam' | 'harassment' | 'violence' | 'nudity' | 'impersonation' | 'illegal' | 'other';
  /** The reporter's own words. */
  note: string | null;
  /** When it was first reported. */
  createdAt: string;
  /** When the reporter last changed it. */
  updatedAt: string;
  /** How many other reports about the same person are open, counted to 100. */
  otherOpen: number;
  resolution: {
    outcome: 'dismissed' | 'warned' | 'message_deleted' | 'suspended' | 'other';
    note: string | null;
    /** Who closed it. */
    adminId: string;
    /** When. */
    at: string;
  } | null;
  /**
   * The message as it was first reported: `seq`, `senderId`, `kind`, `text`, `createdAt` and what else it had. Deleting
   * it changes nothing here.
   */
  message: Record<string, unknown> | null;
  /** Files of the message that were uploaded here, also where it was deleted; none once the report is closed. */
  files: {
    /** The file. */
    mediaId: string;
    /** On this server. Needs no header; good for me alone, while I am an admin. */
    url: string;
    /** A small picture of it; null: there is none. */
    thumbnailUrl: string | null;
    /** From then on the addresses are no good: ask for the report again. */
    expiresAt: string;
  }[];
}

export interface ReportReceipt {
  /** The report. */
  id: string;
  /** When I first reported it. */
  createdAt: string;
  /** false: my open report about the same thing was changed. */
  created: boolean;
}

export interface Suspension {
  /** For admins. */
  reason: string;
  /** Since when. */
  at: string;
  /** When it ends by itself; null: when an admin restores the account. */
  until: string | null;
}

export interface DirectUpload {
  method: 'PUT';
  url: string;
  /** To be sent exactly so. */
  headers: Record<string, string>;
}

export interface Media {
  /** The file. */
  id: string;
  /** What the file is for. */
  purpose: 'message' | 'avatar' | 'story';
  /**
   * `uploading`: bytes are still coming. `processing`: it is looked into, by itself. Only a `ready` file can be used.
   */
  status: 'uploading' | 'processing' | 'ready' | 'refused';
  /** Why it was refused, as in `media_refused`. */
  refusal?: string | undefined;
  /** As it is shown and saved: the last part of the name that was given. */
  fileName: string;
  /** Decided from the bytes. */
  mimeType?: string | undefined;
  /** In bytes, without what was taken out of it (place, camera). */
  size?: number | undefined;
  /** In pixels, as it is shown. */
  width?: number | undefined;
  /** In pixels, as it is shown. */
  height?: number | undefined;
  /** Of audio and video. */
  durationSeconds?: number | undefined;
  /** A blurred picture of it (https://blurha.sh). */
  blurhash?: string | undefined;
  /** Loudness over the time, from 0 to 255. */
  waveform?: number[] | undefined;
  thumbnail?: Thumbnail | undefined;
  /** When the upload began. */
  createdAt: string;
}

export interface Thumbnail {
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
}

/** Everything that a client can do, by name. */
export interface Operations {
  /** Send a one-time code to a phone. The code is good for five minutes and five tries, and replaces the one before. */
  'codes.request': {
    input: {
      /** Phone number in international form. */
      phone: string;
    };
    output: {
      /** The number in E.164. */
      phone: string;
      /** When the code expires. */
      expiresAt: string;
    };
  };
  /** Sign in by phone and code. Makes the account where the phone has none. */
  'sessions.createByCode': {
    input: {
      /** Phone number in international form. */
      phone: string;
      /** The six digits that were sent. */
      code: string;
      name?: string | undefined;
      /** How the person knows the device again in the list of sessions. */
      deviceName?: string | undefined;
      /**
       * `rotating` (if not given): a JWT access token of 15 minutes and a refresh token for one use. `opaque`: one
       * token that stays valid while it is used.
       */
      tokens?: 'rotating' | 'opaque' | undefined;
    };
    output: SignedIn;
  };
  /** Make an account with a password, and sign in. */
  'accounts.create': {
    input: {
      name: string;
      email?: string | undefined;
      username?: string | undefined;
      password: string;
      /** How the person knows the device again in the list of sessions. */
      deviceName?: string | undefined;
      /**
       * `rotating` (if not given): a JWT access token of 15 minutes and a refresh token for one use. `opaque`: one
       * token that stays valid while it is used.
       */
      tokens?: 'rotating' | 'opaque' | undefined;
    };
    output: SignedIn;
  };
  /** Sign in by e-mail address, username or phone, and password. */
  'sessions.createByPassword': {
    input: {
      /** E-mail address, username or phone number. */
      login: string;
      password: string;
      /** How the person knows the device again in the list of sessions. */
      deviceName?: string | undefined;
      /**
       * `rotating` (if not given): a JWT access token of 15 minutes and a refresh token for one use. `opaque`: one
       * token that stays valid while it is used.
       */
      tokens?: 'rotating' | 'opaque' | undefined;
    };
    output: SignedIn;
  };
  /**
   * Exchange a refresh token for new tokens. Each refresh token is good once. Using it again ends the session, unless
   * it is the repetition of a request whose answer was lost: send the same `requestKey` with it.
   */
  'sessions.refresh': {
    input: {
      refreshToken: string;
      /** Random, new for each refresh. */
      requestKey?: string | undefined;
    };
    output: Tokens;
  };
  /**
   * Sign out by a refresh token. For who has no access token that is still good. Nothing is said of a token that is not
   * known.
   */
  'sessions.end': {
    input: {
      refreshToken: string;
    };
    output: null;
  };
  /** List my devices. */
  'sessions.list': {
    input: Record<string, never>;
    output: {
      items: Session[];
    };
  };
  /** Sign out here. */
  'sessions.deleteCurrent': {
    input: Record<string, never>;
    output: null;
  };
  /** Sign out everywhere. */
  'sessions.deleteAll': {
    input: Record<string, never>;
    output: null;
  };
  /** Sign out another device. Its tokens are refused and its sockets closed at once. */
  'sessions.delete': {
    input: {
      /** The session to end. */
      sessionId: string;
    };
    output: null;
  };
  /** My login history, failures included. */
  'signIns.list': {
    input: {
      /** `next` of the page before. Without it, the first page. */
      cursor?: string | undefined;
      /** At most 100; 50 if not given. */
      limit?: number | undefined;
    };
    output: {
      items: SignInEntry[];
      /** Cursor of the next page; null on the last. */
      next: string | null;
    };
  };
  /** Set or change my password. Ends my other sessions. `current` is needed where there is a password. */
  'me.setPassword': {
    input: {
      current?: string | undefined;
      next: string;
    };
    output: null;
  };
  /** Add a phone number to my account. Request a code for it first. */
  'me.addPhone': {
    input: {
      /** Phone number in international form. */
      phone: string;
      /** The six digits that were sent. */
      code: string;
    };
    output: null;
  };
  /** Delete my account. At once and for good. Messages that others received stay theirs, without my name. */
  'me.delete': {
    input: Record<string, never>;
    output: null;
  };
  /** My profile. */
  'me.get': {
    input: Record<string, never>;
    output: OwnProfile;
  };
  /** Change my profile. */
  'me.update': {
    input: {
      name?: string | undefined;
      /** 3 to 30 letters, digits, dots or underscores. */
      username?: string | null | undefined;
      about?: string | undefined;
      /** Address of a picture, http or https; null removes it. */
      photoUrl?: string | null | undefined;
      /** Instead of `photoUrl`: a file that I have brought with the purpose `avatar`. null: none. */
      photoMediaId?: string | null | undefined;
    };
    output: OwnProfile;
  };
  /**
   * Find people. By part of a name or username, or by a whole phone number in international form. The best matches
   * first. Who has no name yet is found by their number only. People with a block between us are left out, and by
   * number those who do not want to be found so.
   */
  'people.search': {
    input: {
      /** What to look for. */
      q: string;
      /** At most 50; 20 if not given. */
      limit?: number | undefined;
    };
    output: {
      items: Person[];
    };
  };
  /** Several people. In the order asked; whoever is not there is left out. */
  'people.getMany': {
    input: {
      /** Ids, separated by commas; at most 200. */
      ids: string;
    };
    output: {
      items: Person[];
    };
  };
  /** One person. */
  'people.get': {
    input: {
      /** The person. */
      personId: string;
    };
    output: Person;
  };
  /** Who may see and do what of me. */
  'privacy.get': {
    input: Record<string, never>;
    output: Privacy;
  };
  /**
   * Change who may see and do what of me. `contacts` means the people in my address book. Who may no longer see my
   * presence, and watches it, is cut off at once.
   */
  'privacy.update': {
    input: {
      /** Who sees whether I am online, and when I last was. */
      lastSeen?: 'everyone' | 'contacts' | 'nobody' | undefined;
      /** Who sees my photo. */
      photo?: 'everyone' | 'contacts' | 'nobody' | undefined;
      /** Who sees what I say about me. */
      about?: 'everyone' | 'contacts' | 'nobody' | undefined;
      /** Who may add me to groups; others can only invite me. */
      groups?: 'everyone' | 'contacts' | 'nobody' | undefined;
      /** Who finds me by my phone number. */
      phone?: 'everyone' | 'contacts' | 'nobody' | undefined;
      /** Whether others learn how far I have read. */
      readReceipts?: boolean | undefined;
    };
    output: Privacy;
  };
  /**
   * Add a person or a phone number to my address book. Give one of the two. A number may be one that nobody has joined
   * with: its person is linked when they do. Who is there already stays as they are (200 instead of 201). At most 10000
   * contacts.
   */
  'contacts.add': {
    input: {
      /** The person. */
      personId?: string | undefined;
      /** Phone number in international form. */
      phone?: string | undefined;
      /** A name of mine for them; null shows the person's own. */
      name?: string | null | undefined;
      favourite?: boolean | undefined;
      closeFriend?: boolean | undefined;
    };
    output: {
      contact: Contact;
      created: boolean;
      /**
       * Of my address book, contacts and blocks together; grows by one with each change. Who holds a smaller one has
       * missed something.
       */
      version: number;
    };
  };
  /** My contacts by their names. With `q`, those with it in their name, username or phone number. */
  'contacts.list': {
    input: {
      /** What to look for. */
      q?: string | undefined;
      /** Only favourites. */
      favourites?: boolean | undefined;
      /** `next` of the page before. Without it, the first page. */
      cursor?: string | undefined;
      /** At most 200; 100 if not given. */
      limit?: number | undefined;
    };
    output: {
      items: Contact[];
      /** Cursor of the next page; null on the last. */
      next: string | null;
      /**
       * Of my address book, contacts and blocks together; grows by one with each change. Who holds a smaller one has
       * missed something.
       */
      version: number;
    };
  };
  /** One contact. */
  'contacts.get': {
    input: {
      /** The contact. */
      contactId: string;
    };
    output: {
      contact: Contact;
      /**
       * Of my address book, contacts and blocks together; grows by one with each change. Who holds a smaller one has
       * missed something.
       */
      version: number;
    };
  };
  /** Rename a contact, or mark it as a favourite or a close friend. */
  'contacts.update': {
    input: {
      /** The contact. */
      contactId: string;
      /** A name of mine for them; null shows the person's own. */
      name?: string | null | undefined;
      favourite?: boolean | undefined;
      closeFriend?: boolean | undefined;
    };
    output: {
      contact: Contact;
      /**
       * Of my address book, contacts and blocks together; grows by one with each change. Who holds a smaller one has
       * missed something.
       */
      version: number;
    };
  };
  /** Remove a contact. */
  'contacts.remove': {
    input: {
      /** The contact. */
      contactId: string;
    };
    output: {
      /**
       * Of my address book, contacts and blocks together; grows by one with each change. Who holds a smaller one has
       * missed something.
       */
      version: number;
    };
  };
  /**
   * Find the people of an address book. Answers with the numbers that belong to somebody who wants to be found by
   * number. That one is missing tells nothing. 5,000 numbers a day.
   */
  'contacts.match': {
    input: {
      /** In international form. */
      phones: string[];
    };
    output: {
      matches: {
        /** As it was given. */
        phone: string;
        person: Person;
      }[];
    };
  };
  /** Whom I have blocked, the last first. */
  'blocks.list': {
    input: {
      /** `next` of the page before. Without it, the first page. */
      cursor?: string | undefined;
      /** At most 200; 100 if not given. */
      limit?: number | undefined;
    };
    output: {
      items: Block[];
      /** Cursor of the next page; null on the last. */
      next: string | null;
      /**
       * Of my address book, contacts and blocks together; grows by one with each change. Who holds a smaller one has
       * missed something.
       */
      version: number;
    };
  };
  /**
   * Block a person. They are not told. They see no presence, photo or about of mine any more, and find me neither by
   * name nor by number; neither do I them. Nothing is removed.
   */
  'blocks.add': {
    input: {
      /** The person. */
      personId: string;
    };
    output: {
      person: Person;
      /**
       * Of my address book, contacts and blocks together; grows by one with each change. Who holds a smaller one has
       * missed something.
       */
      version: number;
    };
  };
  /** Unblock a person. */
  'blocks.remove': {
    input: {
      /** The person. */
      personId: string;
    };
    output: {
      person: Person;
      /**
       * Of my address book, contacts and blocks together; grows by one with each change. Who holds a smaller one has
       * missed something.
       */
      version: number;
    };
  };
  /**
   * Start, or find, my conversation with a person. A pair has one direct conversation; asking again gives the same (200
   * instead of 201). One that I have deleted for myself is shown again.
   */
  'conversations.startDirect': {
    input: {
      /** The other person. */
      personId: string;
    };
    output: {
      conversation: Conversation;
      created: boolean;
    };
  };
  /**
   * My conversations, the last active first. Pinned ones are in their place by time, with `me.pinnedAt`: the client
   * puts them on top.
   */
  'conversations.list': {
    input: {
      /** Only those in the archive, or only the others; all if not given. */
      archived?: boolean | undefined;
      /** Part of the title, of the name of the other person, or of what I call it. */
      q?: string | undefined;
      kind?: 'direct' | 'group' | undefined;
      /** `next` of the page before. Without it, the first page. */
      cursor?: string | undefined;
      /** At most 200; 50 if not given. */
      limit?: number | undefined;
    };
    output: {
      items: Conversation[];
      /** Cursor of the next page; null on the last. */
      next: string | null;
    };
  };
  /** One conversation. */
  'conversations.get': {
    input: {
      /** The conversation. */
      conversationId: string;
    };
    output: Conversation;
  };
  /** How much I have not read. For the badge of an app. Archived conversations do not count. */
  'unread.get': {
    input: Record<string, never>;
    output: UnreadTotal;
  };
  /**
   * Say how far I have read or received. Watermarks only move forward: a stale one changes nothing, one beyond the last
   * message means the last message.
   */
  'receipts.mark': {
    input: {
      /** The conversation. */
      conversationId: string;
      /** I have read everything up to this `seq`; it is delivered too. */
      read?: number | undefined;
      /** Everything up to this `seq` has reached this device. */
      delivered?: number | undefined;
    };
    output: Receipt;
  };
  /**
   * Say that I type, or have stopped. Repeat it every 3 seconds while typing; the others forget it 6 seconds after the
   * last.
   */
  'typing.set': {
    input: {
      /** The conversation. */
      conversationId: string;
      typing: boolean;
    };
    output: null;
  };
  /**
   * Say that I have opened a conversation, or closed it. Others who are connected get `viewing.changed`. Nothing is
   * stored.
   */
  'viewing.set': {
    input: {
      /** The conversation. */
      conversationId: string;
      viewing: boolean;
    };
    output: null;
  };
  /**
   * Catch up with everything that I lack. Compares what the client holds with what is, and brings the difference. Over
   * the socket it also opens the live stream: events flow after the answer, and between them nothing is lost or
   * doubled. Apply the changes; while `more` is true, sync again.
   */
  'sync': {
    input: {
      /** What the client holds. Leave it out to start from nothing. */
      known?: {
        /** A conversation that the client holds. */
        id: string;
        /** It has all messages from some point up to this one. */
        seq: number;
        /** It has all changes up to this one: the last `rev` before which it has missed none. */
        rev: number;
        /** `me.version` of what it holds. */
        mine: number;
        /** Version of the conversation, computed from what it holds. */
        version: number;
      }[] | undefined;
      /** The client keeps this many of the latest conversations, and is told of new ones among these. */
      window?: number | undefined;
    };
    output: {
      changes: {
        conversation: Conversation;
        /** What follows the client's `seq`; with `reset`, the latest messages. */
        messages: Message[];
        /** Messages up to the client's `seq` as they are now: replace those that you hold. */
        changed: Message[];
        /** Drop the messages that you hold of the conversation, and begin with these. */
        reset: boolean;
      }[];
      /** Known conversations in which I am no more. */
      removed: string[];
      /** Apply this, and sync again. */
      more: boolean;
    };
  };
  /** Make a group. I am its owner. Who may not be added is left out, and named in `notAdded`. */
  'groups.create': {
    input: {
      title: string;
      description?: string | undefined;
      /** http(s), or a path on this server; null: none. */
      photoUrl?: string | null | undefined;
      /** Instead of `photoUrl`: a file that I have brought with the purpose `avatar`. null: none. */
      photoMediaId?: string | null | undefined;
      /** Who is in it from the beginning. */
      people?: string[] | undefined;
    };
    output: {
      conversation: Conversation;
      notAdded: {
        /** Who. */
        personId: string;
        /** `privacy`: they do not let me add them; send them an invite link. `unavailable`: they cannot be added. */
        reason: 'privacy' | 'unavailable';
      }[];
    };
  };
  /**
   * Change a group. What is left out stays. The settings are for admins, the rest for those whom `whoCanEdit` names.
   * Messages of the system say what has changed.
   */
  'groups.update': {
    input: {
      /** The group. */
      conversationId: string;
      title?: string | undefined;
      description?: string | undefined;
      /** http(s), or a path on this server; null: none. */
      photoUrl?: string | null | undefined;
      /** Instead of `photoUrl`: a file that I have brought with the purpose `avatar`. null: none. */
      photoMediaId?: string | null | undefined;
      /** New messages vanish after this time, an hour to a year; null: never. */
      disappearingSeconds?: number | null | undefined;
      /** What is left out stays. */
      settings?: {
        whoCanSend?: 'all' | 'admins' | undefined;
        whoCanEdit?: 'all' | 'admins' | undefined;
        whoCanAdd?: 'all' | 'admins' | undefined;
        joinApproval?: boolean | undefined;
        historyForNewcomers?: boolean | undefined;
      } | undefined;
    };
    output: ConversationFacts;
  };
  /** Close a group for everybody. Of the owner. Nobody is in it any more; it cannot be opened again. */
  'groups.close': {
    input: {
      /** The group. */
      conversationId: string;
    };
    output: null;
  };
  /**
   * Leave a group. An owner hands it over to the admin who joined first, or else to the member who did. The last one
   * closes it.
   */
  'groups.leave': {
    input: {
      /** The group. */
      conversationId: string;
    };
    output: null;
  };
  /** Hand a group over to another member. Of the owner, who is an admin from then on. */
  'groups.transfer': {
    input: {
      /** The group. */
      conversationId: string;
      /** The next owner. */
      personId: string;
    };
    output: null;
  };
  /**
   * Let new messages vanish after a time. Either person of a direct conversation; in a group those whom `whoCanEdit`
   * names.
   */
  'conversations.setDisappearing': {
    input: {
      /** The conversation. */
      conversationId: string;
      /** New messages vanish after this time, an hour to a year; null: never. */
      seconds: number | null;
    };
    output: ConversationFacts;
  };
  /** The members of a conversation, those who joined first at first. */
  'members.list': {
    input: {
      /** The conversation. */
      conversationId: string;
      /** Part of a name or username. */
      q?: string | undefined;
      /** A group has one owner. In a direct conversation both are members. */
      role?: 'owner' | 'admin' | 'member' | undefined;
      /** `next` of the page before. Without it, the first page. */
      cursor?: string | undefined;
      /** At most 200; 50 if not given. */
      limit?: number | undefined;
    };
    output: {
      items: Member[];
      /** Cursor of the next page; null on the last. */
      next: string | null;
    };
  };
  /**
   * Add people to a group. For those whom `whoCanAdd` names. Who may not be added is left out, and named in `notAdded`;
   * who is in it already is in neither list. Who was removed before comes back only where an admin adds them.
   */
  'members.add': {
    input: {
      /** The group. */
      conversationId: string;
      people: string[];
    };
    output: {
      added: string[];
      notAdded: {
        /** Who. */
        personId: string;
        /** `privacy`: they do not let me add them; send them an invite link. `unavailable`: they cannot be added. */
        reason: 'privacy' | 'unavailable';
      }[];
    };
  };
  /** Remove somebody from a group. Admins remove everybody but the owner. */
  'members.remove': {
    input: {
      /** The group. */
      conversationId: string;
      /** Who. */
      personId: string;
    };
    output: null;
  };
  /** Make a member an admin, or an admin a member. Of the owner. */
  'members.setRole': {
    input: {
      /** The group. */
      conversationId: string;
      /** Who. */
      personId: string;
      role: 'admin' | 'member';
    };
    output: null;
  };
  /** Make an invite link. Of admins. A group has one link: that before is good no more. */
  'invites.create': {
    input: {
      /** The group. */
      conversationId: string;
      /** It is good until then. */
      expiresAt?: string | null | undefined;
      /** How many may come in by it. */
      maxUses?: number | null | undefined;
    };
    output: {
      code: string;
      /** Who made it. */
      createdBy: string;
      /** When. */
      createdAt: string;
      /** It is good until then; null: for ever. */
      expiresAt: string | null;
      /** How many may come in by it; null: any number. */
      maxUses: number | null;
      /** How many have come in by it. */
      uses: number;
    };
  };
  /** The invite link of a group. For admins. null where it has none. */
  'invites.get': {
    input: {
      /** The group. */
      conversationId: string;
    };
    output: {
      invite: {
        code: string;
        /** Who made it. */
        createdBy: string;
        /** When. */
        createdAt: string;
        /** It is good until then; null: for ever. */
        expiresAt: string | null;
        /** How many may come in by it; null: any number. */
        maxUses: number | null;
        /** How many have come in by it. */
        uses: number;
      } | null;
    };
  };
  /** End the invite link of a group. Of admins. Who waits to be let in still waits. */
  'invites.revoke': {
    input: {
      /** The group. */
      conversationId: string;
    };
    output: null;
  };
  /** What an invite link leads to. */
  'invites.preview': {
    input: {
      /** That of an invite link. */
      code: string;
    };
    output: {
      title: string;
      description: string;
      photoUrl: string | null;
      /** How many are in it. */
      memberCount: number;
      /** Who comes by the link waits until an admin lets them in. */
      joinApproval: boolean;
      /** The group, where I am in it. */
      conversationId: string | null;
      /** I wait to be let in. */
      requested: boolean;
    };
  };
  /**
   * Come into a group by its invite link. Where an admin has to let people in: asks to, and the answer says `pending:
   * true`.
   */
  'invites.join': {
    input: {
      /** That of an invite link. */
      code: string;
    };
    output: {
      pending: boolean;
      conversation: Conversation | null;
    };
  };
  /** Ask no longer to come into a group. */
  'joins.withdraw': {
    input: {
      /** That of an invite link. */
      code: string;
    };
    output: null;
  };
  /** Who waits to be let into a group, the first at first. For admins. */
  'joins.list': {
    input: {
      /** The group. */
      conversationId: string;
      /** `next` of the page before. Without it, the first page. */
      cursor?: string | undefined;
      /** At most 200; 50 if not given. */
      limit?: number | undefined;
    };
    output: {
      items: {
        person: Person;
        /** When they asked. */
        requestedAt: string;
      }[];
      /** Cursor of the next page; null on the last. */
      next: string | null;
    };
  };
  /** Let somebody into a group. Of admins. Of two who answer at once, the second gets `join_request_not_found`. */
  'joins.approve': {
    input: {
      /** The group. */
      conversationId: string;
      /** Who. */
      personId: string;
    };
    output: null;
  };
  /** Do not let somebody into a group. Of admins. They may ask again while they have a good link. */
  'joins.deny': {
    input: {
      /** The group. */
      conversationId: string;
      /** Who. */
      personId: string;
    };
    output: null;
  };
  /**
   * Send a message. The answer means that it is stored for good. Give it a `clientId` and repeat it after a lost
   * answer: the second time gives the first one's answer with `duplicate: true`. The same `clientId` with another text
   * is refused (`client_id_conflict`). Over the socket, the answer may come after events of later messages: place
   * messages by `seq`.
   */
  'messages.send': {
    input: {
      /** The conversation. */
      conversationId: string;
      /** What it is. */
      kind?: 'text' | 'image' | 'video' | 'audio' | 'document' | 'sticker' | 'location' | 'contact' | 'link' | 'system' | undefined;
      /** What is said, or the caption of other kinds. */
      text?: string | undefined;
      /** What the kind has beside the text; see Message. Of a file that I have brought, its `mediaId` alone. */
      content?: object | undefined;
      /** A message of the same conversation that this one answers. */
      replyTo?: string | undefined;
      mentions?: NewMention[] | undefined;
      /** Unique among my messages in the conversation. */
      clientId?: string | undefined;
    };
    output: {
      /** What a message has not is absent. */
      message: Message;
      duplicate: boolean;
    };
  };
  /**
   * Read the history. Ascending by `seq`. With none of `before`, `after` and `around`: the latest page. At most one of
   * them.
   */
  'messages.list': {
    input: {
      /** The conversation. */
      conversationId: string;
      /** Messages with a smaller `seq`, the nearest. */
      before?: number | undefined;
      /** Messages with a larger `seq`, the nearest. */
      after?: number | undefined;
      /** Messages on both sides of this `seq`, and it. */
      around?: number | undefined;
      /** At most 100; 50 if not given. */
      limit?: number | undefined;
    };
    output: {
      items: Message[];
    };
  };
  /** One message. */
  'messages.get': {
    input: {
      /** The conversation. */
      conversationId: string;
      /** The message. */
      messageId: string;
    };
    output: Message;
  };
  /**
   * Mute, archive, pin, mark as unread or name a conversation, for myself. What is left out stays. The answer is what
   * my other devices get as `inbox.updated`; what is so already makes no new version.
   */
  'conversations.updateMine': {
    input: {
      /** The conversation. */
      conversationId: string;
      /** No sound until then, at most in the year 9999; null: with sound. */
      mutedUntil?: string | null | undefined;
      archived?: boolean | undefined;
      /** At most 50 (limit_reached). */
      pinned?: boolean | undefined;
      /** As a reminder. It ends when `read` moves; where nothing is new, say false. */
      markedUnread?: boolean | undefined;
      /** What I call it; null: as it is called. */
      customName?: string | null | undefined;
      preferences?: {
        notifications?: boolean | undefined;
        autoDownload?: {
          photos?: boolean | undefined;
          videos?: boolean | undefined;
          documents?: boolean | undefined;
        } | undefined;
      } | undefined;
    };
    output: OwnChange;
  };
  /**
   * Empty a conversation, for myself. Everything said so far is gone for me, with my stars. It does not say that I have
   * read it.
   */
  'conversations.clear': {
    input: {
      /** The conversation. */
      conversationId: string;
    };
    output: OwnChange;
  };
  /**
   * Delete a conversation, for myself. It is emptied and gone from my list until something is said in it. I stay a
   * member: to hear no more of a group, leave it.
   */
  'conversations.delete': {
    input: {
      /** The conversation. */
      conversationId: string;
    };
    output: null;
  };
  /**
   * Delete messages, for myself. They keep their place, with `hidden` and without what they said. It cannot be undone.
   */
  'messages.hide': {
    input: {
      /** The conversation. */
      conversationId: string;
      messageIds: string[];
    };
    output: OwnChange;
  };
  /** Star a message, for myself. */
  'messages.star': {
    input: {
      /** The conversation. */
      conversationId: string;
      /** The message. */
      messageId: string;
    };
    output: OwnChange;
  };
  /** Take my star from a message. */
  'messages.unstar': {
    input: {
      /** The conversation. */
      conversationId: string;
      /** The message. */
      messageId: string;
    };
    output: OwnChange;
  };
  /** Messages that I have starred, the last starred first. Without those that I cannot see any more. */
  'messages.listStarred': {
    input: {
      /** Only of this conversation. */
      conversationId?: string | undefined;
      /** `next` of the page before. Without it, the first page. */
      cursor?: string | undefined;
      /** At most 100; 50 if not given. */
      limit?: number | undefined;
    };
    output: {
      items: Message[];
      /** Cursor of the next page; null on the last. */
      next: string | null;
    };
  };
  /**
   * Edit a message of mine. Changes the text, or the caption of media, for some time after it was sent (`too_late`).
   * What it said before is kept: see `messages.edits`. To say the same again changes nothing.
   */
  'messages.edit': {
    input: {
      /** The conversation. */
      conversationId: string;
      /** The message. */
      messageId: string;
      /** What it says from now on. */
      text: string;
      /** Without it, nobody is named any more. */
      mentions?: NewMention[] | undefined;
    };
    output: Message;
  };
  /**
   * All that a message has said. The oldest first; what it says now is the last. For its sender, and in a group for the
   * owner and the admins.
   */
  'messages.edits': {
    input: {
      /** The conversation. */
      conversationId: string;
      /** The message. */
      messageId: string;
    };
    output: {
      items: {
        text: string;
        mentions?: Mention[] | undefined;
        /** Since when it said so. */
        at: string;
      }[];
    };
  };
  /**
   * Delete a message for everybody. An own one for some time after it was sent (`too_late`); the owner and the admins
   * of a group any. Its place stays, and nothing of what it said. One that was deleted already stays as it is.
   */
  'messages.delete': {
    input: {
      /** The conversation. */
      conversationId: string;
      /** The message. */
      messageId: string;
    };
    output: Message;
  };
  /**
   * Delete messages for everybody. As `messages.delete`, in one commit. Those that may not be deleted do not keep the
   * others.
   */
  'messages.deleteMany': {
    input: {
      /** The conversation. */
      conversationId: string;
      /** Messages of this conversation. */
      messageIds: string[];
    };
    output: {
      items: {
        /** Which message. */
        messageId: string;
        /** What a message has not is absent. */
        message?: Message | undefined;
        error?: {
          code: string;
          message: string;
          details: unknown;
        } | undefined;
      }[];
    };
  };
  /**
   * Send copies of messages to other conversations. In the order given, with text and content, without what they
   * answered and whom they named. One that fails does not keep the others back. Give it a `requestKey` and repeat it
   * after a lost answer: no copy is sent twice.
   */
  'messages.forward': {
    input: {
      /** The conversation. */
      conversationId: string;
      /** Messages of this conversation. */
      messageIds: string[];
      /** Conversations that get a copy of each. */
      to: string[];
      /** Unique among my requests. */
      requestKey?: string | undefined;
    };
    output: {
      items: {
        /** Where the copies are. */
        conversationId: string;
        /** `messageId` is of the first message, `message` the copy. */
        results: {
          /** Which message. */
          messageId: string;
          /** What a message has not is absent. */
          message?: Message | undefined;
          error?: {
            code: string;
            message: string;
            details: unknown;
          } | undefined;
        }[];
      }[];
    };
  };
  /**
   * Who has seen a message of mine. Members who were there when it was sent and to whom it was delivered, ordered by
   * id. `read` is false also for who does not tell.
   */
  'messages.seenBy': {
    input: {
      /** The conversation. */
      conversationId: string;
      /** The message. */
      messageId: string;
      /** `next` of the page before. Without it, the first page. */
      cursor?: string | undefined;
      /** At most 200; 50 if not given. */
      limit?: number | undefined;
    };
    output: {
      items: {
        /** Who. */
        personId: string;
        /** Has read it. */
        read: boolean;
      }[];
      /** Cursor of the next page; null on the last. */
      next: string | null;
    };
  };
  /**
   * React to a message. With one emoji, instead of my earlier one. The answer is what `reaction.changed` tells the
   * others.
   */
  'reactions.set': {
    input: {
      /** The conversation. */
      conversationId: string;
      /** The message. */
      messageId: string;
      /** Exactly one. */
      emoji: string;
    };
    output: ReactionChange;
  };
  /** Take my reaction back. Where there is none, nothing changes. */
  'reactions.remove': {
    input: {
      /** The conversation. */
      conversationId: string;
      /** The message. */
      messageId: string;
    };
    output: ReactionChange;
  };
  /** Pin a message for everybody. In a group, who may edit the group may pin. At most 50 at the same time. */
  'pins.add': {
    input: {
      /** The conversation. */
      conversationId: string;
      /** The message. */
      messageId: string;
    };
    output: Message;
  };
  /** Unpin a message. */
  'pins.remove': {
    input: {
      /** The conversation. */
      conversationId: string;
      /** The message. */
      messageId: string;
    };
    output: Message;
  };
  /** The pinned messages, the last pinned first. */
  'pins.list': {
    input: {
      /** The conversation. */
      conversationId: string;
    };
    output: {
      items: Message[];
    };
  };
  /**
   * Change what I appear as. Those who may see whether I am online see it. `offline`: I am online for nobody, whatever
   * devices I have connected.
   */
  'me.setStatus': {
    input: {
      /** What I have chosen. With `offline` I am online for nobody; of others it says that they are not. */
      availability?: 'online' | 'away' | 'busy' | 'offline' | undefined;
      /** null removes it. */
      customStatus?: {
        text: string;
        emoji?: string | undefined;
        expiresAt?: string | null | undefined;
      } | null | undefined;
    };
    output: {
      /** What I have chosen. With `offline` I am online for nobody; of others it says that they are not. */
      availability: 'online' | 'away' | 'busy' | 'offline';
      customStatus: CustomStatus | null;
    };
  };
  /**
   * Who of these people is online. Shown are people with whom I share a conversation, and my contacts, if their privacy
   * allows; others, and people with a block between us, are left out. Over the socket, the connection also gets changes
   * of presence and profile of these people from now on, instead of those of the call before.
   */
  'presence.watch': {
    input: {
      /** Ids, separated by commas; at most 500. */
      people: string;
    };
    output: {
      items: PresenceState[];
    };
  };
  /**
   * Report a person or a message. Give `personId`, or `conversationId` and `messageId`. Admins see it, with the message
   * as it is now; who is reported is told nothing. While it is open, reporting the same again changes it (200 instead
   * of 201).
   */
  'reports.create': {
    input: {
      /** The person to report. */
      personId?: string | undefined;
      /** Where the message to report was sent. */
      conversationId?: string | undefined;
      /** The message to report. */
      messageId?: string | undefined;
      reason: 'spam' | 'harassment' | 'violence' | 'nudity' | 'impersonation' | 'illegal' | 'other';
      note?: string | undefined;
    };
    output: ReportReceipt;
  };
  /** Reports, the newest first. For admins. Open ones if no status is given. */
  'admin.reports.list': {
    input: {
      status?: 'open' | 'resolved' | 'dismissed' | undefined;
      /** `next` of the page before. Without it, the first page. */
      cursor?: string | undefined;
      /** At most 100; 50 if not given. */
      limit?: number | undefined;
    };
    output: {
      items: Report[];
      /** Cursor of the next page; null on the last. */
      next: string | null;
    };
  };
  /**
   * One report, with the message. For admins. Recorded in the audit log. While it is open, the files of the message are
   * kept, and come with links.
   */
  'admin.reports.get': {
    input: {
      /** The report. */
      reportId: string;
    };
    output: ReportDetails;
  };
  /**
   * Close a report. For admins. With `suspend: true`, and the outcome `suspended`, it also suspends the person, for the
   * reason in `note`: both happen or neither. Who comes second is refused (`report_closed`).
   */
  'admin.reports.resolve': {
    input: {
      /** The report. */
      reportId: string;
      outcome: 'dismissed' | 'warned' | 'message_deleted' | 'suspended' | 'other';
      note?: string | undefined;
      suspend?: boolean | undefined;
      /** When the suspension ends by itself, ISO 8601; without it, when an admin restores the account. */
      until?: string | undefined;
    };
    output: Report;
  };
  /** One account, with what only its owner sees otherwise. For admins. Recorded in the audit log. */
  'admin.people.get': {
    input: {
      /** The person. */
      personId: string;
    };
    output: Account;
  };
  /**
   * Suspend an account. For admins. Its sessions end at once; signing in is refused with `account_suspended` until
   * then. It is not found any more; conversations stay as they are. An account that is suspended gets the new reason
   * and end.
   */
  'admin.people.suspend': {
    input: {
      /** The person. */
      personId: string;
      /** For admins; the person is not told. */
      reason: string;
      /** When the suspension ends by itself, ISO 8601; without it, when an admin restores the account. */
      until?: string | undefined;
    };
    output: Suspension;
  };
  /** End the suspension of an account. For admins. The person signs in again. */
  'admin.people.restore': {
    input: {
      /** The person. */
      personId: string;
    };
    output: null;
  };
  /** The audit log, the latest first. For admins. Every privileged act of the last two years. */
  'admin.audit.list': {
    input: {
      /** Only what this admin did. */
      actorId?: string | undefined;
      /** Only what was done to this person or report. */
      targetId?: string | undefined;
      action?: 'account.read' | 'account.suspended' | 'account.restored' | 'admin.created' | 'report.read' | 'report.resolved' | undefined;
      /** `next` of the page before. Without it, the first page. */
      cursor?: string | undefined;
      /** At most 100; 50 if not given. */
      limit?: number | undefined;
    };
    output: {
      items: AuditEntry[];
      /** Cursor of the next page; null on the last. */
      next: string | null;
    };
  };
  /**
   * Search messages. Messages of one conversation, or of all of mine, the newest first. Give a text, a filter, or both;
   * all of them must fit. A page may hold fewer messages than `limit`, even none, while `next` is given: one request
   * searches a bounded part of a long history, so go on with `next` until it is null.
   */
  'messages.search': {
    input: {
      /**
       * Words, or parts of them, that must all occur in what a message says; "wohn" finds "Ferienwohnungen". Capital
       * letters make no difference, accents do. A message says its text, the names of its files, name and address of a
       * location, name and phone numbers of a contact, and title, description and url of a link. With kind=system,
       * `value` is searched.
       */
      q?: string | undefined;
      /** Only in this conversation. */
      conversationId?: string | undefined;
      /** Only what this person sent. */
      senderId?: string | undefined;
      /** What it is. */
      kind?: 'text' | 'image' | 'video' | 'audio' | 'document' | 'sticker' | 'location' | 'contact' | 'link' | 'system' | undefined;
      /** Only what was sent at this time or later. */
      after?: string | undefined;
      /** Only what was sent earlier than this. */
      before?: string | undefined;
      /** `next` of the page before. Without it, the first page. */
      cursor?: string | undefined;
      /** At most 50; 20 if not given. */
      limit?: number | undefined;
    };
    output: {
      items: {
        /** Where it was sent. */
        conversationId: string;
        /** What a message has not is absent. */
        message: Message;
      }[];
      /** Cursor of the next page; null on the last. */
      next: string | null;
    };
  };
  /**
   * Send a message later. It is checked now as if it were sent now, and again at its time. At most 100 wait at a time
   * (`limit_reached`).
   */
  'scheduled.create': {
    input: {
      /** The conversation. */
      conversationId: string;
      /** What it is. */
      kind?: 'text' | 'image' | 'video' | 'audio' | 'document' | 'sticker' | 'location' | 'contact' | 'link' | 'system' | undefined;
      /** What is said, or the caption of other kinds. */
      text?: string | undefined;
      /** What the kind has beside the text; see Message. Of a file that I have brought, its `mediaId` alone. */
      content?: object | undefined;
      /** A message of the same conversation that this one answers. */
      replyTo?: string | undefined;
      mentions?: NewMention[] | undefined;
      /** ISO 8601 with a time zone; a minute to a year from now. */
      sendAt: string;
    };
    output: ScheduledMessage;
  };
  /**
   * My scheduled messages, the next first. All of them in one answer. Ask for it after each (re)connection: events that
   * were missed do not come again.
   */
  'scheduled.list': {
    input: {
      /** Only those of this conversation. */
      conversationId?: string | undefined;
    };
    output: {
      items: ScheduledMessage[];
    };
  };
  /**
   * Change a scheduled message. What is left out stays. One that has failed is to be sent again, and needs a new
   * `sendAt`. While it is being sent it is `too_late`.
   */
  'scheduled.update': {
    input: {
      /** The scheduled message. */
      scheduledId: string;
      /** What is said, or the caption of other kinds. */
      text?: string | undefined;
      /** What the kind has beside the text; see Message. Of a file that I have brought, its `mediaId` alone. */
      content?: object | undefined;
      mentions?: NewMention[] | undefined;
      /** ISO 8601 with a time zone; a minute to a year from now. */
      sendAt?: string | undefined;
    };
    output: ScheduledMessage;
  };
  /** Give a scheduled message up. */
  'scheduled.cancel': {
    input: {
      /** The scheduled message. */
      scheduledId: string;
    };
    output: null;
  };
  /** Send a scheduled message now. This device gets the event of the message too. */
  'scheduled.send': {
    input: {
      /** The scheduled message. */
      scheduledId: string;
    };
    output: {
      /** What a message has not is absent. */
      message: Message;
      duplicate: boolean;
    };
  };
  /**
   * Everything that is mine, as one JSON document. My profile, identities, settings, sessions and sign-ins, contacts
   * and blocks, conversations with my settings, what I have sent, scheduled, reacted and starred. It is sent as it is
   * read; if the connection ends before the document does, ask again. Five times a day.
   */
  'me.export': {
    input: Record<string, never>;
    output: {
      /** When it was begun. */
      exportedAt: string;
    };
  };
  /** A file that I have uploaded. Ask again while it is `processing`. */
  'media.get': {
    input: {
      /** The file. */
      mediaId: string;
    };
    output: Media;
  };
  /**
   * Give up a file that I have uploaded. Nothing new can use it. Messages and photos that show it keep it; delete those
   * to have it removed.
   */
  'media.delete': {
    input: {
      /** The file. */
      mediaId: string;
    };
    output: null;
  };
  /**
   * Use a file that I have uploaded for something else too. Makes another file of it, by the rules of that purpose. A
   * photo, say, of a picture that I have sent.
   */
  'media.copy': {
    input: {
      /** The file. */
      mediaId: string;
      /** What the file is for. */
      purpose: 'message' | 'avatar' | 'story';
    };
    output: Media;
  };
  /**
   * Short-lived links to files that I may see. For `<img>` and the like, which send no header. A link is good while I
   * am in the conversation and until it expires. In the order of the request; null for a file that I do not see.
   */
  'media.links': {
    input: {
      files: {
        /** The file. */
        mediaId: string;
        /** The conversation where a message shows it. Without it, only files of my own. */
        conversationId?: string | undefined;
        /** The file itself, or a small picture of it. */
        rendition?: 'original' | 'thumbnail' | undefined;
      }[];
    };
    output: {
      links: ({
        /** On this server. Needs no header; whoever has it can use it. */
        url: string;
        /** From then on it is no good. */
        expiresAt: string;
      } | null)[];
    };
  };
  /**
   * Upload a file straight to the blob store. Where the store can (S3): send the bytes with the request that is
   * returned, then call `media.finishDirect`. Elsewhere it is `not_supported`: use POST /v1/media or tus.
   */
  'media.beginDirect': {
    input: {
      /** What the file is for. */
      purpose?: 'message' | 'avatar' | 'story' | undefined;
      fileName: string;
      /** In bytes, exactly. */
      size: number;
    };
    output: {
      /** What a file has not is absent. */
      media: Media;
      upload: DirectUpload;
    };
  };
  /** The bytes of a direct upload are in the store. */
  'media.finishDirect': {
    input: {
      /** The file. */
      mediaId: string;
    };
    output: Media;
  };
  /**
   * Preview of a link. What the page says of itself, for the content of a message of kind `link`. The server fetches
   * it, so the page learns nothing of who asks. `link_unavailable` where there is no page to show, or it is not on the
   * public web; `link_previews_off` where the operator wants none.
   */
  'links.preview': {
    input: {
      url: string;
    };
    output: {
      /** As asked. */
      url: string;
      /** One line. */
      title?: string | undefined;
      /** One line. */
      description?: string | undefined;
      /** The site that the page belongs to. */
      siteName?: string | undefined;
      /** Its picture, kept here, for a message of mine: nobody who reads that fetches it from a stranger. */
      imageMediaId?: string | undefined;
    };
  };
  /** What I want of my clients, on all devices. */
  'preferences.get': {
    input: Record<string, never>;
    output: {
      /** What I want to hear of. For clients to obey. */
      notifications: {
        messages: boolean;
        groups: boolean;
        calls: boolean;
        stories: boolean;
        sound: boolean;
        vibration: boolean;
      };
      /** How my clients look. */
      client: {
        theme: 'light' | 'dark' | 'auto';
        /** A language tag. */
        language: string;
        fontSize: 'small' | 'medium' | 'large';
        autoDownload: {
          photos: boolean;
          videos: boolean;
          documents: boolean;
        };
      };
    };
  };
  /** Change some of my preferences. What is not named stays. */
  'preferences.update': {
    input: {
      notifications?: {
        messages?: boolean | undefined;
        groups?: boolean | undefined;
        calls?: boolean | undefined;
        stories?: boolean | undefined;
        sound?: boolean | undefined;
        vibration?: boolean | undefined;
      } | undefined;
      client?: {
        theme?: 'light' | 'dark' | 'auto' | undefined;
        /** A language tag. */
        language?: string | undefined;
        fontSize?: 'small' | 'medium' | 'large' | undefined;
        autoDownload?: {
          photos?: boolean | undefined;
          videos?: boolean | undefined;
          documents?: boolean | undefined;
        } | undefined;
      } | undefined;
    };
    output: {
      /** What I want to hear of. For clients to obey. */
      notifications: {
        messages: boolean;
        groups: boolean;
        calls: boolean;
        stories: boolean;
        sound: boolean;
        vibration: boolean;
      };
      /** How my clients look. */
      client: {
        theme: 'light' | 'dark' | 'auto';
        /** A language tag. */
        language: string;
        fontSize: 'small' | 'medium' | 'large';
        autoDownload: {
          photos: boolean;
          videos: boolean;
          documents: boolean;
        };
      };
    };
  };
  /** My devices that get notifications. Their tokens are not shown. */
  'devices.list': {
    input: Record<string, never>;
    output: {
      items: {
        /** Chosen by the client, the same each time. */
        deviceId: string;
        platform: 'ios' | 'android' | 'web' | 'desktop';
        name: string | null;
        /** When it was registered first. */
        registeredAt: string;
        /** When it was registered last. */
        lastActiveAt: string;
      }[];
    };
  };
  /**
   * Register this device for notifications, or change it. It is removed when this session ends. A token belongs to who
   * brought it last. At most 20; then the one that was not active for longest goes.
   */
  'devices.register': {
    input: {
      /** Chosen by the client, the same each time. */
      deviceId: string;
      platform: 'ios' | 'android' | 'web' | 'desktop';
      name?: string | null | undefined;
      /** Of its platform. Without it, the old one stays. */
      token?: string | undefined;
    };
    output: {
      items: {
        /** Chosen by the client, the same each time. */
        deviceId: string;
        platform: 'ios' | 'android' | 'web' | 'desktop';
        name: string | null;
        /** When it was registered first. */
        registeredAt: string;
        /** When it was registered last. */
        lastActiveAt: string;
      }[];
    };
  };
  /** Send no more notifications to a device. */
  'devices.unregister': {
    input: {
      /** Chosen by the client, the same each time. */
      deviceId: string;
    };
    output: null;
  };
  /**
   * My notifications, the newest first. Only those who have turned them on have any: see
   * `notifications.updatePreferences`. What they say is as the message is now; those of messages that are gone, or that
   * I can no longer see, are gone.
   */
  'notifications.list': {
    input: {
      /** Only of this kind. */
      kind?: 'message' | 'mention' | 'group_added' | undefined;
      /** Only unread ones. */
      unread?: boolean | undefined;
      /** `next` of the page before. Without it, the first page. */
      cursor?: string | undefined;
      /** At most 100; 50 if not given. */
      limit?: number | undefined;
    };
    output: {
      items: {
        /** The notification; of a message, its id. */
        id: string;
        /**
         * `message`: a message in a direct conversation. `mention`: I was named in a group. `group_added`: I was added
         * to a group.
         */
        kind: 'message' | 'mention' | 'group_added';
        /** Where. */
        conversationId: string;
        /** The message; null where it is of none. */
        messageId: string | null;
        /** Kind of that message. */
        messageKind: string | null;
        actor: {
          /** The person. */
          id: string;
          name: string;
          username: string | null;
          photoUrl: string | null;
        } | null;
        /** The actor's name. */
        title: string;
        /** The beginning of the message, its kind where it has no text, or the title of the group. */
        body: string;
        /** When it came. */
        createdAt: string;
        /** When I have read it. */
        readAt: string | null;
      }[];
      /** Cursor of the next page; null on the last. */
      next: string | null;
      /** How many are unread; no more than 10000 are counted. */
      unread: number;
    };
  };
  /** My unread notifications, by kind and conversation. Of the newest 10000. That with the newest first. */
  'notifications.groups': {
    input: {
      /** At most 100; 50 if not given. */
      limit?: number | undefined;
    };
    output: {
      items: {
        newest: {
          /** The notification; of a message, its id. */
          id: string;
          /**
           * `message`: a message in a direct conversation. `mention`: I was named in a group. `group_added`: I was
           * added to a group.
           */
          kind: 'message' | 'mention' | 'group_added';
          /** Where. */
          conversationId: string;
          /** The message; null where it is of none. */
          messageId: string | null;
          /** Kind of that message. */
          messageKind: string | null;
          actor: {
            /** The person. */
            id: string;
            name: string;
            username: string | null;
            photoUrl: string | null;
          } | null;
          /** The actor's name. */
          title: string;
          /** The beginning of the message, its kind where it has no text, or the title of the group. */
          body: string;
          /** When it came. */
          createdAt: string;
          /** When I have read it. */
          readAt: string | null;
        };
        /** How many there are. */
        count: number;
        /** Some of those they are from. */
        people: {
          /** The person. */
          id: string;
          name: string;
          username: string | null;
          photoUrl: string | null;
        }[];
      }[];
    };
  };
  /** How many of my notifications are unread. */
  'notifications.unread': {
    input: {
      /** Only of this kind. */
      kind?: 'message' | 'mention' | 'group_added' | undefined;
    };
    output: {
      /** How many are unread; no more than 10000 are counted. */
      unread: number;
    };
  };
  /**
   * Mark a notification as read. What it is of stays unread. Reading on in a conversation reads its notifications too.
   */
  'notifications.markRead': {
    input: {
      /** Which. */
      notificationId: string;
    };
    output: {
      notification: {
        /** The notification; of a message, its id. */
        id: string;
        /**
         * `message`: a message in a direct conversation. `mention`: I was named in a group. `group_added`: I was added
         * to a group.
         */
        kind: 'message' | 'mention' | 'group_added';
        /** Where. */
        conversationId: string;
        /** The message; null where it is of none. */
        messageId: string | null;
        /** Kind of that message. */
        messageKind: string | null;
        actor: {
          /** The person. */
          id: string;
          name: string;
          username: string | null;
          photoUrl: string | null;
        } | null;
        /** The actor's name. */
        title: string;
        /** The beginning of the message, its kind where it has no text, or the title of the group. */
        body: string;
        /** When it came. */
        createdAt: string;
        /** When I have read it. */
        readAt: string | null;
      };
    };
  };
  /** Mark all my notifications as read, or all of a kind. */
  'notifications.markAllRead': {
    input: {
      /** Only of this kind. */
      kind?: 'message' | 'mention' | 'group_added' | undefined;
    };
    output: {
      /** How many were unread. */
      marked: number;
    };
  };
  /** Remove a notification. What it is of stays. */
  'notifications.remove': {
    input: {
      /** Which. */
      notificationId: string;
    };
    output: null;
  };
  /** Of what I am notified. */
  'notifications.preferences': {
    input: Record<string, never>;
    output: {
      /** Whether I am notified of anything. */
      enabled: boolean;
      kinds: {
        /** Messages in direct conversations. */
        message: boolean;
        /** That I am named in a group. */
        mention: boolean;
        /** That I am added to a group. */
        group_added: boolean;
      };
    };
  };
  /**
   * Turn notifications on or off, all or by kind. What is not named stays. A conversation that is muted, or whose
   * `preferences.notifications` are off, notifies of nothing.
   */
  'notifications.updatePreferences': {
    input: {
      /** `true` turns all kinds on where none is; `false` turns all off. */
      enabled?: boolean | undefined;
      kinds?: {
        /** Messages in direct conversations. */
        message?: boolean | undefined;
        /** That I am named in a group. */
        mention?: boolean | undefined;
        /** That I am added to a group. */
        group_added?: boolean | undefined;
      } | undefined;
    };
    output: {
      /** Whether I am notified of anything. */
      enabled: boolean;
      kinds: {
        /** Messages in direct conversations. */
        message: boolean;
        /** That I am named in a group. */
        mention: boolean;
        /** That I am added to a group. */
        group_added: boolean;
      };
    };
  };
}

/** Each operation's REST route. What is neither in the path nor in the query goes into the body. */
export const routes = {
  'codes.request': { method: 'POST', path: '/codes', query: [] },
  'sessions.createByCode': { method: 'POST', path: '/sessions/by-code', query: [] },
  'accounts.create': { method: 'POST', path: '/accounts', query: [] },
  'sessions.createByPassword': { method: 'POST', path: '/sessions/by-password', query: [] },
  'sessions.refresh': { method: 'POST', path: '/sessions/refresh', query: [] },
  'sessions.end': { method: 'POST', path: '/sessions/end', query: [] },
  'sessions.list': { method: 'GET', path: '/sessions', query: [] },
  'sessions.deleteCurrent': { method: 'DELETE', path: '/sessions/current', query: [] },
  'sessions.deleteAll': { method: 'DELETE', path: '/sessions', query: [] },
  'sessions.delete': { method: 'DELETE', path: '/sessions/:sessionId', query: [] },
  'signIns.list': { method: 'GET', path: '/sign-ins', query: ['cursor', 'limit'] },
  'me.setPassword': { method: 'PUT', path: '/me/password', query: [] },
  'me.addPhone': { method: 'PUT', path: '/me/phone', query: [] },
  'me.delete': { method: 'DELETE', path: '/me', query: [] },
  'me.get': { method: 'GET', path: '/me', query: [] },
  'me.update': { method: 'PATCH', path: '/me', query: [] },
  'people.search': { method: 'GET', path: '/people', query: ['q', 'limit'] },
  'people.getMany': { method: 'GET', path: '/people/batch', query: ['ids'] },
  'people.get': { method: 'GET', path: '/people/:personId', query: [] },
  'privacy.get': { method: 'GET', path: '/me/privacy', query: [] },
  'privacy.update': { method: 'PATCH', path: '/me/privacy', query: [] },
  'contacts.add': { method: 'POST', path: '/contacts', query: [] },
  'contacts.list': { method: 'GET', path: '/contacts', query: ['q', 'favourites', 'cursor', 'limit'] },
  'contacts.get': { method: 'GET', path: '/contacts/:contactId', query: [] },
  'contacts.update': { method: 'PATCH', path: '/contacts/:contactId', query: [] },
  'contacts.remove': { method: 'DELETE', path: '/contacts/:contactId', query: [] },
  'contacts.match': { method: 'POST', path: '/contacts/match', query: [] },
  'blocks.list': { method: 'GET', path: '/blocks', query: ['cursor', 'limit'] },
  'blocks.add': { method: 'PUT', path: '/blocks/:personId', query: [] },
  'blocks.remove': { method: 'DELETE', path: '/blocks/:personId', query: [] },
  'conversations.startDirect': { method: 'POST', path: '/conversations/direct', query: [] },
  'conversations.list': { method: 'GET', path: '/conversations', query: ['archived', 'q', 'kind', 'cursor', 'limit'] },
  'conversations.get': { method: 'GET', path: '/conversations/:conversationId', query: [] },
  'unread.get': { method: 'GET', path: '/unread', query: [] },
  'receipts.mark': { method: 'PUT', path: '/conversations/:conversationId/receipt', query: [] },
  'typing.set': { method: 'PUT', path: '/conversations/:conversationId/typing', query: [] },
  'viewing.set': { method: 'PUT', path: '/conversations/:conversationId/viewing', query: [] },
  'sync': { method: 'POST', path: '/sync', query: [] },
  'groups.create': { method: 'POST', path: '/groups', query: [] },
  'groups.update': { method: 'PATCH', path: '/groups/:conversationId', query: [] },
  'groups.close': { method: 'DELETE', path: '/groups/:conversationId', query: [] },
  'groups.leave': { method: 'POST', path: '/conversations/:conversationId/leave', query: [] },
  'groups.transfer': { method: 'POST', path: '/conversations/:conversationId/owner', query: [] },
  'conversations.setDisappearing': { method: 'PUT', path: '/conversations/:conversationId/disappearing', query: [] },
  'members.list': {
    method: 'GET',
    path: '/conversations/:conversationId/members',
    query: ['q', 'role', 'cursor', 'limit'],
  },
  'members.add': { method: 'POST', path: '/conversations/:conversationId/members', query: [] },
  'members.remove': { method: 'DELETE', path: '/conversations/:conversationId/members/:personId', query: [] },
  'members.setRole': { method: 'PUT', path: '/conversations/:conversationId/members/:personId/role', query: [] },
  'invites.create': { method: 'POST', path: '/conversations/:conversationId/invite', query: [] },
  'invites.get': { method: 'GET', path: '/conversations/:conversationId/invite', query: [] },
  'invites.revoke': { method: 'DELETE', path: '/conversations/:conversationId/invite', query: [] },
  'invites.preview': { method: 'GET', path: '/invites/:code', query: [] },
  'invites.join': { method: 'POST', path: '/invites/:code/join', query: [] },
  'joins.withdraw': { method: 'DELETE', path: '/invites/:code/join', query: [] },
  'joins.list': { method: 'GET', path: '/conversations/:conversationId/join-requests', query: ['cursor', 'limit'] },
  'joins.approve': { method: 'PUT', path: '/conversations/:conversationId/join-requests/:personId', query: [] },
  'joins.deny': { method: 'DELETE', path: '/conversations/:conversationId/join-requests/:personId', query: [] },
  'messages.send': { method: 'POST', path: '/conversations/:conversationId/messages', query: [] },
  'messages.list': {
    method: 'GET',
    path: '/conversations/:conversationId/messages',
    query: ['before', 'after', 'around', 'limit'],
  },
  'messages.get': { method: 'GET', path: '/conversations/:conversationId/messages/:messageId', query: [] },
  'conversations.updateMine': { method: 'PATCH', path: '/conversations/:conversationId/me', query: [] },
  'conversations.clear': { method: 'PUT', path: '/conversations/:conversationId/cleared', query: [] },
  'conversations.delete': { method: 'DELETE', path: '/conversations/:conversationId', query: [] },
  'messages.hide': { method: 'POST', path: '/conversations/:conversationId/messages/hidden', query: [] },
  'messages.star': { method: 'PUT', path: '/conversations/:conversationId/messages/:messageId/star', query: [] },
  'messages.unstar': { method: 'DELETE', path: '/conversations/:conversationId/messages/:messageId/star', query: [] },
  'messages.listStarred': { method: 'GET', path: '/starred', query: ['conversationId', 'cursor', 'limit'] },
  'messages.edit': { method: 'PATCH', path: '/conversations/:conversationId/messages/:messageId', query: [] },
  'messages.edits': { method: 'GET', path: '/conversations/:conversationId/messages/:messageId/edits', query: [] },
  'messages.delete': { method: 'DELETE', path: '/conversations/:conversationId/messages/:messageId', query: [] },
  'messages.deleteMany': { method: 'POST', path: '/conversations/:conversationId/messages/deletions', query: [] },
  'messages.forward': { method: 'POST', path: '/conversations/:conversationId/messages/forwards', query: [] },
  'messages.seenBy': {
    method: 'GET',
    path: '/conversations/:conversationId/messages/:messageId/seen-by',
    query: ['cursor', 'limit'],
  },
  'reactions.set': { method: 'PUT', path: '/conversations/:conversationId/messages/:messageId/reaction', query: [] },
  'reactions.remove': {
    method: 'DELETE',
    path: '/conversations/:conversationId/messages/:messageId/reaction',
    query: [],
  },
  'pins.add': { method: 'PUT', path: '/conversations/:conversationId/messages/:messageId/pin', query: [] },
  'pins.remove': { method: 'DELETE', path: '/conversations/:conversationId/messages/:messageId/pin', query: [] },
  'pins.list': { method: 'GET', path: '/conversations/:conversationId/pins', query: [] },
  'me.setStatus': { method: 'PATCH', path: '/me/status', query: [] },
  'presence.watch': { method: 'GET', path: '/presence', query: ['people'] },
  'reports.create': { method: 'POST', path: '/reports', query: [] },
  'admin.reports.list': { method: 'GET', path: '/admin/reports', query: ['status', 'cursor', 'limit'] },
  'admin.reports.get': { method: 'GET', path: '/admin/reports/:reportId', query: [] },
  'admin.reports.resolve': { method: 'POST', path: '/admin/reports/:reportId/resolution', query: [] },
  'admin.people.get': { method: 'GET', path: '/admin/people/:personId', query: [] },
  'admin.people.suspend': { method: 'PUT', path: '/admin/people/:personId/suspension', query: [] },
  'admin.people.restore': { method: 'DELETE', path: '/admin/people/:personId/suspension', query: [] },
  'admin.audit.list': {
    method: 'GET',
    path: '/admin/audit',
    query: ['actorId', 'targetId', 'action', 'cursor', 'limit'],
  },
  'messages.search': {
    method: 'GET',
    path: '/messages/search',
    query: ['q', 'conversationId', 'senderId', 'kind', 'after', 'before', 'cursor', 'limit'],
  },
  'scheduled.create': { method: 'POST', path: '/conversations/:conversationId/scheduled', query: [] },
  'scheduled.list': { method: 'GET', path: '/scheduled', query: ['conversationId'] },
  'scheduled.update': { method: 'PATCH', path: '/scheduled/:scheduledId', query: [] },
  'scheduled.cancel': { method: 'DELETE', path: '/scheduled/:scheduledId', query: [] },
  'scheduled.send': { method: 'POST', path: '/scheduled/:scheduledId/sending', query: [] },
  'me.export': { method: 'GET', path: '/me/export', query: [] },
  'media.get': { method: 'GET', path: '/media/:mediaId', query: [] },
  'media.delete': { method: 'DELETE', path: '/media/:mediaId', query: [] },
  'media.copy': { method: 'POST', path: '/media/:mediaId/copies', query: [] },
  'media.links': { method: 'POST', path: '/media/links', query: [] },
  'media.beginDirect': { method: 'POST', path: '/media/direct', query: [] },
  'media.finishDirect': { method: 'POST', path: '/media/:mediaId/finish', query: [] },
  'links.preview': { method: 'POST', path: '/link-previews', query: [] },
  'preferences.get': { method: 'GET', path: '/me/preferences', query: [] },
  'preferences.update': { method: 'PATCH', path: '/me/preferences', query: [] },
  'devices.list': { method: 'GET', path: '/devices', query: [] },
  'devices.register': { method: 'PUT', path: '/devices/:deviceId', query: [] },
  'devices.unregister': { method: 'DELETE', path: '/devices/:deviceId', query: [] },
  'notifications.list': { method: 'GET', path: '/notifications', query: ['kind', 'unread', 'cursor', 'limit'] },
  'notifications.groups': { method: 'GET', path: '/notifications/groups', query: ['limit'] },
  'notifications.unread': { method: 'GET', path: '/notifications/unread', query: ['kind'] },
  'notifications.markRead': { method: 'PUT', path: '/notifications/:notificationId/read', query: [] },
  'notifications.markAllRead': { method: 'POST', path: '/notifications/read', query: [] },
  'notifications.remove': { method: 'DELETE', path: '/notifications/:notificationId', query: [] },
  'notifications.preferences': { method: 'GET', path: '/notifications/preferences', query: [] },
  'notifications.updatePreferences': { method: 'PATCH', path: '/notifications/preferences', query: [] },
} as const satisfies Record<keyof Operations, { method: string; path: string; query: readonly string[] }>;

/** What each event carries, by type. */
export interface Events {
  /**
   * A message was sent in one of my conversations. Where you do not hold that one, sync: I had deleted it for myself.
   */
  'message.created': {
    /** What a message has not is absent. */
    message: Message;
  };
  /**
   * A message was edited, deleted for everybody, pinned or unpinned, or has vanished. Keep your own `starred` of it,
   * until it is deleted; of one that you have hidden, take the `rev` and `deletedAt` only. Where it is deleted, comes
   * after your `read`, and you do not hold it: sync for the count of unread.
   */
  'message.updated': {
    /** What a message has not is absent. */
    message: Message;
  };
  /** Somebody has reacted to a message, or has taken it back. A person has one reaction to a message. */
  'reaction.changed': ReactionChange;
  /**
   * A conversation with me was started, or I have come into a group. Where its `lastSeq` is not 0, sync brings the
   * messages: say `seq: 0` while you hold none of it.
   */
  'conversation.joined': {
    conversation: Conversation;
  };
  /**
   * What a conversation is for all has changed: title, description, photo, settings, disappearing messages, or what was
   * removed for its age. Where `retainedFrom` has grown: raise `me.historyFrom` to it and drop messages up to it; if
   * you had not read up to there and do not hold all that follows, sync for the count of unread.
   */
  'conversation.updated': {
    conversation: ConversationFacts;
  };
  /** A group was closed for everybody. Drop it. */
  'conversation.closed': {
    /** Which. */
    conversationId: string;
    /** Who closed it. */
    by: string;
  };
  /**
   * I have deleted a conversation for myself. Drop it, until something is said in it. Where you hold a message of it
   * after `lastSeq`, sync instead, without naming it as known.
   */
  'conversation.hidden': {
    /** Which. */
    conversationId: string;
    /** What was said up to this `seq` is gone. */
    lastSeq: number;
    /** `me.version` from then on. */
    version: number;
  };
  /**
   * People have come into a group. Where it has more members than are shown now, none are named: empty its `members`.
   * Ignore those whom you have.
   */
  'members.joined': {
    /** Which group. */
    conversationId: string;
    /** Its change counter from now on. */
    rev: number;
    /** How many are in it now. */
    memberCount: number;
    members: Member[];
    /** Who added them; themselves by a link. */
    by: string;
  };
  /**
   * A member has left a group or was removed. If it is me, drop the group. Where its `members` are shown again only
   * now, sync brings them.
   */
  'member.left': {
    /** Which group. */
    conversationId: string;
    /** Its change counter from now on. */
    rev: number;
    /** How many are in it now. */
    memberCount: number;
    /** Who is gone. */
    personId: string;
    /** Who removed them; themselves if they left. */
    by: string;
    /** Others who have another role by it. */
    roles: {
      /** Who. */
      personId: string;
      /** A group has one owner. In a direct conversation both are members. */
      role: 'owner' | 'admin' | 'member';
    }[];
  };
  /** Members of a group have other roles. */
  'members.updated': {
    /** Which group. */
    conversationId: string;
    /** Its change counter from now on. */
    rev: number;
    roles: {
      /** Who. */
      personId: string;
      /** A group has one owner. In a direct conversation both are members. */
      role: 'owner' | 'admin' | 'member';
    }[];
    /** Who did it. */
    by: string;
  };
  /** Somebody asks to come into a group of which I am an admin, or has got an answer; or I have. */
  'join_request.changed': {
    /** Which group. */
    conversationId: string;
    request: {
      person: Person;
      /** When they asked. */
      requestedAt: string;
    };
    /** What has become of it. Only those that wait are listed. */
    state: 'waiting' | 'approved' | 'denied' | 'withdrawn';
  };
  /**
   * What only I see of a conversation has changed, on this or another device of mine. Each change takes the next
   * `me.version`: ignore one that you have, and where it is not the next one, or you do not hold the conversation,
   * sync. Drop messages up to `me.historyFrom`.
   */
  'inbox.updated': OwnChange;
  /** Something of a conversation may have been missed: sync. */
  'sync.needed': {
    /** Of which. */
    conversationId: string;
  };
  /**
   * A member has read or received more; also sent to my other devices. Ignore it where you do not hold the
   * conversation.
   */
  'receipt.updated': Receipt;
  /** A member types, or has stopped. Forget it 6 seconds after the last one that says `true`. */
  'typing.changed': {
    /** Where. */
    conversationId: string;
    /** Who. */
    personId: string;
    typing: boolean;
  };
  /** A member has opened a conversation on a device, or has closed it. */
  'viewing.changed': {
    /** Which. */
    conversationId: string;
    /** Who. */
    personId: string;
    viewing: boolean;
  };
  /** I have scheduled a message or changed it, it could not be sent, or it was sent or cancelled. */
  'scheduled.changed': {
    /** Which. */
    scheduledId: string;
    scheduled: ScheduledMessage | null;
  };
  /**
   * A person that I watch has come online or left, or shows another status; or I show another one, as others see it.
   */
  'presence.changed': {
    /** The person. */
    personId: string;
    online: boolean;
    /** When they were last online; while online, when they came. */
    lastSeenAt: string | null;
    /** What I have chosen. With `offline` I am online for nobody; of others it says that they are not. */
    availability: 'online' | 'away' | 'busy' | 'offline';
    customStatus: CustomStatus | null;
    /** What of it has changed. */
    change: 'connection' | 'availability' | 'custom_status';
  };
  /**
   * A person that I watch is no longer shown to this connection. Ask again with `presence.watch` and `sync`: they may
   * be shown for another reason.
   */
  'presence.unwatched': {
    /** Who. */
    personId: string;
  };
  /**
   * I, or a person that I watch, changed the profile, or who may see it. Where `limited` is set, ask `people.get` for
   * what I may see.
   */
  'person.updated': {
    person: Person;
  };
  /** A contact of mine was added or changed, or its person has joined. */
  'contact.updated': {
    contact: Contact;
    /** Of my address book. Where one was skipped, list it again. */
    version: number;
  };
  /** A contact of mine was removed, or merged with another one. */
  'contact.removed': {
    /** Which. */
    contactId: string;
    /** Of my address book. */
    version: number;
  };
  /** I have blocked or unblocked a person on one of my devices. The person is not told. */
  'block.changed': {
    person: Person;
    blocked: boolean;
    /** Of my address book. */
    version: number;
  };
  /** I am notified of something. Of a message, it comes behind that message. */
  'notification.created': {
    notification: {
      /** The notification; of a message, its id. */
      id: string;
      /**
       * `message`: a message in a direct conversation. `mention`: I was named in a group. `group_added`: I was added to
       * a group.
       */
      kind: 'message' | 'mention' | 'group_added';
      /** Where. */
      conversationId: string;
      /** The message; null where it is of none. */
      messageId: string | null;
      /** Kind of that message. */
      messageKind: string | null;
      actor: {
        /** The person. */
        id: string;
        name: string;
        username: string | null;
        photoUrl: string | null;
      } | null;
      /** The actor's name. */
      title: string;
      /** The beginning of the message, its kind where it has no text, or the title of the group. */
      body: string;
      /** When it came. */
      createdAt: string;
      /** When I have read it. */
      readAt: string | null;
    };
  };
  /** I have read notifications, or on in a conversation. */
  'notifications.read': {
    /** When. */
    readAt: string;
    ids?: string[] | undefined;
    /** All of this conversation, */
    conversationId?: string | undefined;
    /** of messages up to this `seq`, and those of none. */
    upTo?: number | undefined;
    /** All of these kinds; null: all. */
    kinds?: ('message' | 'mention' | 'group_added')[] | null | undefined;
  };
  /**
   * I have removed a notification. Those of messages that are gone, for all or for me, and of conversations that I have
   * cleared or left, go with them: drop them by yourself.
   */
  'notification.removed': {
    /** Which. */
    id: string;
  };
  /** I want something else of my clients. */
  'preferences.changed': {
    /** What I want to hear of. For clients to obey. */
    notifications: {
      messages: boolean;
      groups: boolean;
      calls: boolean;
      stories: boolean;
      sound: boolean;
      vibration: boolean;
    };
    /** How my clients look. */
    client: {
      theme: 'light' | 'dark' | 'auto';
      /** A language tag. */
      language: string;
      fontSize: 'small' | 'medium' | 'large';
      autoDownload: {
        photos: boolean;
        videos: boolean;
        documents: boolean;
      };
    };
  };
  /** Other devices of mine were signed out. */
  'session.revoked': {
    /** I. */
    personId: string;
    sessionIds: string[];
    /** `signed_out`, `revoked`, `refresh_token_reused`, `password_changed`, `account_deleted` or `suspended`. */
    reason: string;
  };
  /** This session was ended. The connection closes now; sign in again. */
  'session.ended': {
    reason: string;
  };
  /** The server stops. The connection closes now; reconnect and sync. */
  'server.draining': Record<string, never>;
  /** A command without an acknowledgement was refused. */
  'error': {
    command: string;
    error: unknown;
  };
}

/** An event as it comes over the socket, in arrays under the name `events`. */
export type WireEvent = { [Type in keyof Events]: { type: Type; data: Events[Type] } }[keyof Events];
