import { maxMembersShown } from '../../engine/conversations/index.ts';
import { Counter, Id, nullable, output, Time, Type } from '../kit/schemas.ts';
import { Message } from '../messages/schemas.ts';
import { Person } from '../people/schemas.ts';

export const Role = Type.Union([Type.Literal('owner'), Type.Literal('admin'), Type.Literal('member')], {
  description: 'A group has one owner. In a direct conversation both are members.',
});

export const Member = output({
  person: Person,
  role: Role,
  joinedAt: Time('When they came.'),
  read: Counter('Has read everything up to this `seq`. Stands still while their read receipts, or mine, are off.'),
  delivered: Counter('Everything up to this `seq` has reached a device of the person.'),
});

export const Permission = Type.Union([Type.Literal('all'), Type.Literal('admins')]);

export const GroupSettings = output({
  whoCanSend: Permission,
  whoCanEdit: Permission,
  whoCanAdd: Permission,
  joinApproval: Type.Boolean({ description: 'Who comes by the invite link waits until an admin lets them in.' }),
  historyForNewcomers: Type.Boolean({ description: 'Newcomers see what was said before they came.' }),
});

/** What a conversation is, for all members alike. */
export const conversationFactsProperties = {
  id: Id('The conversation.'),
  kind: Type.Union([Type.Literal('direct'), Type.Literal('group')]),
  createdAt: Time('When it was started.'),
  createdBy: Id('Who started it.'),
  title: nullable(Type.String({ description: 'null for a direct one, which is named after the other person.' })),
  description: Type.String(),
  photoUrl: nullable(Type.String()),
  settings: nullable(GroupSettings),
  disappearingSeconds: nullable(Type.Integer({ description: 'New messages vanish after this time; null: never.' })),
  memberCount: Counter('How many are in it.'),
  retainedFrom: Counter('Messages up to this `seq` were removed for good, because they were too old: drop them.'),
  rev: Counter('Number of changes to the conversation so far.'),
};

export const ConversationFacts = output(conversationFactsProperties);

export const Preferences = output(
  {
    notifications: Type.Boolean({ description: 'Whether I am to be told of new messages at all.' }),
    autoDownload: output(
      { photos: Type.Boolean(), videos: Type.Boolean(), documents: Type.Boolean() },
      { description: 'What is loaded without being asked for.' },
    ),
  },
  { description: 'How my clients treat it; the server only keeps it.' },
);

export const OwnMember = output({
  role: Role,
  joinedAt: Time('When I came.'),
  read: Counter('I have read everything up to this `seq`.'),
  delivered: Counter('Everything up to this `seq` has reached a device of mine.'),
  historyFrom: Counter('I see messages with a larger `seq` only: drop those up to it.'),
  version: Counter('Number of changes to my own settings and marks here.'),
  mutedUntil: nullable(Time('No sound until then.')),
  archived: Type.Boolean({
    description: 'A new message ends it, unless it comes (`createdAt`) before `mutedUntil`.',
  }),
  pinnedAt: nullable(Time('I keep it at the top since then.')),
  markedUnread: Type.Boolean({ description: 'As a reminder. It ends when `read` moves.' }),
  customName: nullable(Type.String({ description: 'What I call it.' })),
  preferences: Preferences,
});

/** What only I see of a conversation, after a change of it. */
export const OwnChange = output({
  conversationId: Id('Which.'),
  rev: Counter(
    "The conversation's change counter as of which `unread` and `lastMessage` are. Where you hold another one, count the messages that you hold instead; where these do not reach back to `me.read`, sync.",
  ),
  me: OwnMember,
  unread: Counter('As of the conversation.'),
  lastMessage: nullable(Message),
  marks: Type.Array(
    output({
      messageId: Id('The message.'),
      seq: Counter('Its place.'),
      hidden: Type.Boolean({ description: 'I have deleted it for myself: drop all that it says.' }),
      starred: Type.Boolean(),
    }),
    { description: 'Messages that I have hidden or starred, or not any more.' },
  ),
});

export const UnreadTotal = output({
  messages: Counter('In conversations that are not muted.'),
  conversations: Counter('Conversations that are not muted and have unread messages or are marked as unread.'),
  mutedMessages: Counter('In conversations that are muted now.'),
  mutedConversations: Counter('Muted ones that have unread messages or are marked as unread.'),
});

export const Conversation = output({
  ...conversationFactsProperties,
  lastActivityAt: Time('When something was last said, or it was started.'),
  lastSeq: Counter('`seq` of the latest message; 0 where there is none.'),
  version: Counter(
    '`rev`, plus `me.version`, plus `read`, `delivered` and `person.version` of all `members` (where `members` is empty: plus `me.read` and `me.delivered`). With the same `rev`, two equal versions mean the same state; a client computes it from what it holds, and sends it with `sync`.',
  ),
  members: Type.Array(Member, {
    description: `All members, those who joined first at first; empty where they are more than ${maxMembersShown}: ask for pages of them.`,
  }),
  me: OwnMember,
  lastMessage: nullable(Message),
  unread: Type.Integer({
    description:
      'Messages of others after my `read`, without those deleted, hidden by me, of people I have blocked, and of the system.',
  }),
});

export const Receipt = output({
  conversationId: Id('The conversation.'),
  personId: Id('Whose watermarks.'),
  read: Counter('Everything up to this `seq` is read.'),
  delivered: Counter('Everything up to this `seq` is delivered.'),
});
