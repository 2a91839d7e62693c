import type { ConnectionState } from './connection-state.ts';
import type { ChatConversation } from './conversation-view.ts';
import type { Contact, Events, OwnProfile, Person, PresenceState, Receipt } from './generated/protocol.ts';
import type { ChatMessage } from './message-view.ts';

/** What a client announces. When an event is announced, the client already shows it. */
export interface ClientEvents {
  /** A message is new: sent here (`pending`), on another device of mine, or by somebody else. In order. */
  message: ChatMessage;
  /**
   * A message is not what it was: sent here, it has got its place in the conversation or was refused; it was edited,
   * deleted, pinned, reacted to, or I have starred or hidden it (`hidden`). For ticks see `receipt`.
   */
  messageChanged: ChatMessage;
  /** A conversation is new, or something of it has changed. */
  conversation: ChatConversation;
  /** I am no longer in a conversation. */
  conversationRemoved: { conversationId: string };
  /** Messages that were shown are held no more, as so much was missed or I have cleared them: read `messages` again. */
  reset: { conversationId: string };
  /** Somebody, I included, has received or read more: the status of messages up to there has changed. */
  receipt: Receipt;
  /** Somebody types, or has stopped. */
  typing: Events['typing.changed'];
  /** Somebody who is watched has come online or left. */
  presence: PresenceState;
  /** I, or somebody who is watched, has changed the profile; or somebody who was asked for with `person` is known now. */
  person: Person;
  /** A contact of mine was added or changed, or its person has joined. */
  contact: Contact;
  contactRemoved: { contactId: string };
  /** I have blocked or unblocked somebody, on any device. */
  block: { person: Person; blocked: boolean };
  /** I want something else of my clients, as I said on any device. */
  preferences: Events['preferences.changed'];
  /** I am notified of something. Of a message, it comes behind that message. */
  notification: Events['notification.created']['notification'];
  /** I have read notifications, on any device. */
  notificationsRead: Events['notifications.read'];
  /** I have removed a notification, on any device. */
  notificationRemoved: Events['notification.removed'];
  /** The connection is in another state. */
  connection: ConnectionState;
  signedIn: { profile: OwnProfile; isNew: boolean };
  /** Nobody is signed in any more; `reason` is `signed_out` or what the server says. */
  signedOut: { reason: string };
  /** A message that I have scheduled is new, has changed, or is gone. */
  scheduled: Events['scheduled.changed'];
  /** Somebody waits to be let into a group of which I am an admin, or does not any more; or I have got an answer. */
  joinRequest: Events['join_request.changed'];
  /** Other devices of mine were signed out. */
  sessionsRevoked: Events['session.revoked'];
  /** Something failed in the background, such as writing to storage. */
  error: unknown;
}
