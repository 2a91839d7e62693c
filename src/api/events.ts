import type { EngineEvent, EventType } from '../engine/shared/events.ts';
import { Conversation, Receipt } from './conversations/schemas.ts';
import { Id, output, type TSchema, Type } from './kit/schemas.ts';
import { encodeMessage } from './messages/encode-message.ts';
import { Message } from './messages/schemas.ts';
import { Person } from './people/schemas.ts';
import { PresenceState } from './presence/operations.ts';

interface EventDocument {
  readonly summary: string;
  readonly data: TSchema;
}

/** Every event that a socket of the native door can get, by type, with the schema of its `data`. */
export const socketEvents = {
  'message.created': { summary: 'A message was sent in one of my conversations.', data: output({ message: Message }) },
  'conversation.created': {
    summary: 'A conversation with me was started.',
    data: output({ conversation: Conversation }),
  },
  'receipt.updated': { summary: 'A member has read or received more; also sent to my other devices.', data: Receipt },
  'typing.changed': {
    summary: 'A member types, or has stopped. Forget it 6 seconds after the last one that says `true`.',
    data: output({ conversationId: Id('Where.'), personId: Id('Who.'), typing: Type.Boolean() }),
  },
  'presence.changed': { summary: 'A person that I watch has come online or left.', data: PresenceState },
  'person.updated': { summary: 'I, or a person that I watch, changed the profile.', data: output({ person: Person }) },
  'session.revoked': {
    summary: 'Other devices of mine were signed out.',
    data: output({
      personId: Id('I.'),
      sessionIds: Type.Array(Type.String()),
      reason: Type.String({
        description: '`signed_out`, `revoked`, `refresh_token_reused`, `password_changed` or `account_deleted`.',
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

/** Each engine event's data on the native wire, as JSON. A new event does not compile without an entry. */
const encoders: { readonly [T in EventType]: (data: Extract<EngineEvent, { type: T }>['data']) => string } = {
  'message.created': ({ message }) => `{"message":${encodeMessage(message)}}`,
  'receipt.updated': JSON.stringify,
  'typing.changed': JSON.stringify,
  'presence.changed': JSON.stringify,
  'person.updated': JSON.stringify,
  'session.revoked': JSON.stringify,
  'conversation.created': ({ conversation: { people, ...conversation } }) =>
    JSON.stringify({
      conversation: {
        ...conversation,
        lastActivityAt: conversation.createdAt,
        lastSeq: 0,
        version: conversation.rev + people.reduce((sum, person) => sum + person.version, 0),
        members: people.map((person) => ({ person, read: 0, delivered: 0 })),
        lastMessage: null,
        unread: 0,
      },
    }),
};

/** The text of an event on the native wire: `{ type, data }`. */
export function encodeEvent(event: EngineEvent): string {
  const encode = encoders[event.type] as (data: EngineEvent['data']) => string;
  return `{"type":"${event.type}","data":${encode(event.data)}}`;
}
