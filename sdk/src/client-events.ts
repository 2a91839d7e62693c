import type { ConnectionState } from './connection-state.ts';
import type { Events, OwnProfile, Person, PresenceState, Receipt } from './generated/protocol.ts';
import type { ChatConversation, ChatMessage } from './views.ts';

/** What a client announces. When an event is announced, the client already shows it. */
export interface ClientEvents {
  /** A message is new: sent here (`pending`), on another device of mine, or by somebody else. In order. */
  message: ChatMessage;
  /** A message that was sent here has got its place in the conversation, or was refused. For ticks see `receipt`. */
  messageChanged: ChatMessage;
  /** A conversation is new, or something of it has changed. */
  conversation: ChatConversation;
  /** I am no longer in a conversation. */
  conversationRemoved: { conversationId: string };
  /** So much was missed that the messages of the conversation begin anew: read `messages` again. */
  reset: { conversationId: string };
  /** Somebody, I included, has received or read more: the status of messages up to there has changed. */
  receipt: Receipt;
  /** Somebody types, or has stopped. */
  typing: Events['typing.changed'];
  /** Somebody who is watched has come online or left. */
  presence: PresenceState;
  /** I, or somebody who is watched, has changed the profile. */
  person: Person;
  /** The connection is in another state. */
  connection: ConnectionState;
  signedIn: { profile: OwnProfile; isNew: boolean };
  /** Nobody is signed in any more; `reason` is `signed_out` or what the server says. */
  signedOut: { reason: string };
  /** Other devices of mine were signed out. */
  sessionsRevoked: Events['session.revoked'];
  /** Something failed in the background, such as writing to storage. */
  error: unknown;
}
