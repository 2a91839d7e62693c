import { defaultPreferences, type NewConversationView } from '../engine/conversations/index.ts';
import type { EngineEvent, EventType } from '../engine/shared/events.ts';
import { Contact } from './contacts/schemas.ts';
import { Conversation, ConversationFacts, Member, OwnChange, Receipt, Role } from './conversations/schemas.ts';
import { JoinRequest } from './groups/schemas.ts';
import { Counter, Id, nullable, output, type TSchema, Type } from './kit/schemas.ts';
import { encodeMessage } from './messages/encode-message.ts';
import { Message, ReactionChange } from './messages/schemas.ts';
import { Notification, NotificationsRead } from './notifications/schemas.ts';
import { Person } from './people/schemas.ts';
import { PreferencesShape } from './preferences/operations.ts';
import { PresenceChanged } from './presence/operations.ts';
import { ScheduledMessage } from './scheduling/schemas.ts';

interface EventDocument {
  readonly summary: string;
  readonly data: TSchema;
}

const membersChanged = {
  conversationId: Id('Which group.'),
  rev: Counter('Its change counter from now on.'),
  memberCount: Counter('How many are in it now.'),
};
const RoleOf = output({ personId: Id('Who.'), role: Role });

/** Every event that a socket of the native door can get, by type, with the schema of its `data`. */
export const socketEvents = {
  'message.created': {
    summary:
      'A message was sent in one of my conversations. Where you do not hold that one, sync: I had deleted it for myself.',
    data: output({ message: Message }),
  },
  'message.updated': {
    summary:
      'A message was edited, deleted for everybody, pinned or unpinned, or has vanished. Keep your own `starred` of it, until it is deleted; of one that you have hidden, take the `rev` and `deletedAt` only. Where it is deleted, comes after your `read`, and you do not hold it: sync for the count of unread.',
    data: output({ message: Message }),
  },
  'reaction.changed': {
    summary: 'Somebody has reacted to a message, or has taken it back. A person has one reaction to a message.',
    data: ReactionChange,
  },
  'conversation.joined': {
    summary:
      'A conversation with me was started, or I have come into a group. Where its `lastSeq` is not 0, sync brings the messages: say `seq: 0` while you hold none of it.',
    data: output({ conversation: Conversation }),
  },
  'conversation.updated': {
    summary:
      'What a conversation is for all has changed: title, description, photo, settings, disappearing messages, or what was removed for its age. Where `retainedFrom` has grown: raise `me.historyFrom` to it and drop messages up to it; if you had not read up to there and do not hold all that follows, sync for the count of unread.',
    data: output({ conversation: ConversationFacts }),
  },
  'conversation.closed': {
    summary: 'A group was closed for everybody. Drop it.',
    data: output({ conversationId: Id('Which.'), by: Id('Who closed it.') }),
  },
  'conversation.hidden': {
    summary:
      'I have deleted a conversation for myself. Drop it, until something is said in it. Where you hold a message of it after `lastSeq`, sync instead, without naming it as known.',
    data: output({
      conversationId: Id('Which.'),
      lastSeq: Counter('What was said up to this `seq` is gone.'),
      version: Counter('`me.version` from then on.'),
    }),
  },
  'members.joined': {
    summary:
      'People have come into a group. Where it has more members than are shown now, none are named: empty its `members`. Ignore those whom you have.',
    data: output({ ...membersChanged, members: Type.Array(Member), by: Id('Who added them; themselves by a link.') }),
  },
  'member.left': {
    summary:
      'A member has left a group or was removed. If it is me, drop the group. Where its `members` are shown again only now, sync brings them.',
    data: output({
      ...membersChanged,
      personId: Id('Who is gone.'),
      by: Id('Who removed them; themselves if they left.'),
      roles: Type.Array(RoleOf, { description: 'Others who have another role by it.' }),
    }),
  },
  'members.updated': {
    summary: 'Members of a group have other roles.',
    data: output({
      conversationId: Id('Which group.'),
      rev: Counter('Its change counter from now on.'),
      roles: Type.Array(RoleOf),
      by: Id('Who did it.'),
    }),
  },
  'join_request.changed': {
    summary: 'Somebody asks to come into a group of which I am an admin, or has got an answer; or I have.',
    data: output({
      conversationId: Id('Which group.'),
      request: JoinRequest,
      state: Type.Union(
        [Type.Literal('waiting'), Type.Literal('approved'), Type.Literal('denied'), Type.Literal('withdrawn')],
        { description: 'What has become of it. Only those that wait are listed.' },
      ),
    }),
  },
  'inbox.updated': {
    summary:
      'What only I see of a conversation has changed, on this or another device of mine. Each change takes the next `me.version`: ignore one that you have, and where it is not the next one, or you do not hold the conversation, sync. Drop messages up to `me.historyFrom`.',
    data: OwnChange,
  },
  'sync.needed': {
    summary: 'Something of a conversation may have been missed: sync.',
    data: output({ conversationId: Id('Of which.') }),
  },
  'receipt.updated': {
    summary:
      'A member has read or received more; also sent to my other devices. Ignore it where you do not hold the conversation.',
    data: Receipt,
  },
  'typing.changed': {
    summary: 'A member types, or has stopped. Forget it 6 seconds after the last one that says `true`.',
    data: output({ conversationId: Id('Where.'), personId: Id('Who.'), typing: Type.Boolean() }),
  },
  'viewing.changed': {
    summary: 'A member has opened a conversation on a device, or has closed it.',
    data: output({ conversationId: Id('Which.'), personId: Id('Who.'), viewing: Type.Boolean() }),
  },
  'scheduled.changed': {
    summary: 'I have scheduled a message or changed it, it could not be sent, or it was sent or cancelled.',
    data: output({
      scheduledId: Id('Which.'),
      scheduled: nullable(ScheduledMessage),
    }),
  },
  'presence.changed': {
    summary:
      'A person that I watch has come online or left, or shows another status; or I show another one, as others see it.',
    data: PresenceChanged,
  },
  'presence.unwatched': {
    summary:
      'A person that I watch is no longer shown to this connection. Ask again with `presence.watch` and `sync`: they may be shown for another reason.',
    data: output({ personId: Id('Who.') }),
  },
  'person.updated': {
    summary:
      'I, or a person that I watch, changed the profile, or who may see it. Where `limited` is set, ask `people.get` for what I may see.',
    data: output({ person: Person }),
  },
  'contact.updated': {
    summary: 'A contact of mine was added or changed, or its person has joined.',
    data: output({ contact: Contact, version: Counter('Of my address book. Where one was skipped, list it again.') }),
  },
  'contact.removed': {
    summary: 'A contact of mine was removed, or merged with another one.',
    data: output({ contactId: Id('Which.'), version: Counter('Of my address book.') }),
  },
  'block.changed': {
    summary: 'I have blocked or unblocked a person on one of my devices. The person is not told.',
    data: output({ person: Person, blocked: Type.Boolean(), version: Counter('Of my address book.') }),
  },
  'notification.created': {
    summary: 'I am notified of something. Of a message, it comes behind that message.',
    data: output({ notification: Notification }),
  },
  'notifications.read': {
    summary: 'I have read notifications, or on in a conversation.',
    data: NotificationsRead,
  },
  'notification.removed': {
    summary:
      'I have removed a notification. Those of messages that are gone, for all or for me, and of conversations that I have cleared or left, go with them: drop them by yourself.',
    data: output({ id: Id('Which.') }),
  },
  'preferences.changed': {
    summary: 'I want something else of my clients.',
    data: PreferencesShape,
  },
  'session.revoked': {
    summary: 'Other devices of mine were signed out.',
    data: output({
      personId: Id('I.'),
      sessionIds: Type.Array(Type.String()),
      reason: Type.String({
        description:
          '`signed_out`, `revoked`, `refresh_token_reused`, `password_changed`, `account_deleted` or `suspended`.',
      }),
    }),
  },
  'session.ended': {
    summary: 'This session was ended. The connection closes now; sign in again.',
    data: output({ reason: Type.String() }),
  },
  'server.draining': {
    summary: 'The server stops. The connection closes now; reconnect and sync.',
    data: output({}),
  },
  error: {
    summary: 'A command without an acknowledgement was refused.',
    data: output({ command: Type.String(), error: Type.Unknown() }),
  },
} as const satisfies Record<string, EventDocument>;

export type SocketEventType = keyof typeof socketEvents;

/**
 * Each engine event's data on the native wire, as JSON; null where it is not for clients. A new event does not compile
 * without an entry.
 */
const encoders: {
  readonly [T in EventType]: ((data: Extract<EngineEvent, { type: T }>['data']) => string) | null;
} = {
  'message.created': ({ message }) => `{"message":${encodeMessage(message)}}`,
  'receipt.updated': ({ conversationId, personId, read, delivered }) =>
    JSON.stringify({ conversationId, personId, read, delivered }),
  'typing.changed': JSON.stringify,
  'viewing.changed': JSON.stringify,
  'conversation.read': null,
  'presence.changed': ({ moved: _, ...presence }) => JSON.stringify(presence),
  'presence.revealed': null,
  'block.between': null,
  'connection.opened': null,
  'connection.closed': null,
  'presence.audience_changed': ({ personId }) => JSON.stringify({ personId }),
  'person.updated': JSON.stringify,
  'contact.updated': JSON.stringify,
  'contact.removed': JSON.stringify,
  'block.changed': JSON.stringify,
  'notification.created': JSON.stringify,
  'notifications.read': JSON.stringify,
  'notification.removed': JSON.stringify,
  'preferences.changed': JSON.stringify,
  'session.revoked': JSON.stringify,
  'message.updated': ({ message }) => `{"message":${encodeMessage(message)}}`,
  'reaction.changed': JSON.stringify,
  'conversation.joined': encodeJoined,
  'conversation.updated': ({ conversation }) => JSON.stringify({ conversation }),
  'conversation.closed': JSON.stringify,
  'conversation.hidden': JSON.stringify,
  'members.joined': ({ personIds: _, ...data }) => JSON.stringify(data),
  'member.left': JSON.stringify,
  'members.updated': JSON.stringify,
  'join_request.changed': JSON.stringify,
  'membership.changed': null,
  'inbox.updated': JSON.stringify,
  'scheduled.changed': JSON.stringify,
};

/** A conversation as all see it who have just come into it. */
function encodeJoined({ conversation: joined }: { readonly conversation: NewConversationView }): string {
  const { conversation, members, own, lastSeq, lastActivityAt } = joined;
  const marks = members.reduce((sum, { read, delivered, person }) => sum + read + delivered + person.version, 0);
  return JSON.stringify({
    conversation: {
      ...conversation,
      lastActivityAt,
      lastSeq,
      version: conversation.rev + own.version + (members.length > 0 ? marks : 2 * lastSeq),
      members,
      me: {
        ...own,
        read: lastSeq,
        delivered: lastSeq,
        mutedUntil: null,
        archived: false,
        pinnedAt: null,
        markedUnread: false,
        customName: null,
        preferences: defaultPreferences,
      },
      lastMessage: null,
      unread: 0,
    },
  });
}

/** Events that have another name on the wire: to a client it matters what they mean for it. */
const wireNames: { readonly [T in EventType]?: SocketEventType } = {
  'presence.audience_changed': 'presence.unwatched',
};

/** The text of an event on the native wire: `{ type, data }`. */
export function encodeEvent(event: EngineEvent): string | null {
  const encode = encoders[event.type] as ((data: EngineEvent['data']) => string) | null;
  return encode && `{"type":"${wireNames[event.type] ?? event.type}","data":${encode(event.data)}}`;
}
