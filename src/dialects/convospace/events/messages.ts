import {
  type DoorConnection,
  type DoorEvents,
  type EventText,
  eventOrigin,
  eventText,
} from '../../kit/door-connection.ts';
import type { ConvospaceDeps } from '../deps.ts';
import { namedByMessage, type PresentedMessage, presentMessage, sent } from '../present/message.ts';
import { namedByNotifications, presentNotification } from '../present/notification.ts';
import { isoTime } from '../present/time.ts';
import { findShown, showMessages } from '../show-messages.ts';
import { type Encoders, inEvents, otherOfPair, pairOfEvent, soon, toSessionsOf, withNumbers } from './encoders.ts';

/** Messages, what becomes of them, and what tells of them. */
export const messageEncoders = {
  'message.created'(event, deps): DoorEvents | null {
    const { message, sender } = event.data;
    const pair = pairOfEvent(event);
    if (!pair || message.kind === 'system') return null;
    deps.places.noteFresh(message);
    const receiverId = otherOfPair(pair, message.senderId);
    return soon(deps, async () => {
      const [cards, n] = await Promise.all([
        deps.faces.of({ personId: receiverId }, pair),
        deps.numbers.of(namedByMessage(message, pair)),
      ]);
      // The name that they had when they sent it, however long the rest is remembered.
      const from = { ...cards(message.senderId), name: sender.name, username: sender.username };
      const shown = { message, sender: from, receiver: cards(receiverId), status: sent };
      const texts = [eventText('message:receive', presentMessage(shown, inEvents(deps, n)))];
      return (connection) => {
        if (connection.personId !== receiverId || !deps.sockets.isLast(connection)) return [];
        markDelivered(deps, connection, message.conversationId, message.seq);
        return texts;
      };
    });
  },

  'message.updated'(event, deps): DoorEvents | null {
    const { message, change } = event.data;
    const pair = pairOfEvent(event);
    if (!pair || message.kind === 'system') return null;
    switch (change) {
      case 'edited':
        return soon(deps, async () => {
          const origin = eventOrigin(deps.publicUrl);
          const texts = new Map<string, readonly EventText[]>();
          for (const personId of pair) {
            const found = await findShown(deps, { personId }, message.id);
            if (!found) continue;
            const [shown] = await showMessages(deps, { personId }, { one: pair[0], two: pair[1] }, [found], origin);
            texts.set(personId, [eventText('message:edited', shown as PresentedMessage)]);
          }
          return toSessionsOf(deps, texts);
        });
      case 'deleted':
      case 'expired':
        return withNumbers(deps, { message: [message.id], conversation: [message.conversationId] }, (n) => {
          const deleted_at = isoTime(message.deletedAt ?? new Date(deps.clock.now()));
          const data = { message_id: n.message(message.id), conversation_id: n.conversation(message.conversationId) };
          const texts = [eventText('message:deleted', { ...data, deleted_at })];
          return toSessionsOf(deps, new Map(pair.map((id) => [id, texts])));
        });
      default:
        return null;
    }
  },

  'receipt.updated'(event, deps): DoorEvents | null {
    const { personId, readMessages, deliveredMessages, at } = event.data;
    if (readMessages.length === 0 && deliveredMessages.length === 0) return null;
    // What was read need not be told to have arrived.
    const read = new Set(readMessages);
    const delivered = deliveredMessages.filter((id) => !read.has(id));
    return withNumbers(deps, { user: [personId], message: [...readMessages, ...delivered] }, (n) => {
      const [time, reader] = [isoTime(at), n.user(personId)];
      const arrived = delivered.map((id) => ({
        id,
        text: eventText('message:delivered', { message_id: n.message(id), delivered_at: time }),
      }));
      const texts = readMessages.map((id) =>
        eventText('message:read', { message_id: n.message(id), read_by: reader, read_at: time }),
      );
      return (connection) => {
        if (connection.personId === personId) return [];
        const heard = arrived.filter(({ id }) => deps.sockets.hearsOf(id, connection)).map(({ text }) => text);
        return deps.sockets.isLast(connection) ? [...heard, ...texts] : heard;
      };
    });
  },

  'notification.created'({ data: { notification }, audience }, deps): DoorEvents | null {
    const [ownerId] = audience.kind === 'people' ? audience.ids : [];
    if (ownerId === undefined || notification.kind !== 'message') return null;
    return withNumbers(deps, namedByNotifications(ownerId, [notification]), (n) => {
      const text = eventText('notification:new', presentNotification(notification, ownerId, { n }));
      return toSessionsOf(deps, new Map([[ownerId, [text]]]));
    });
  },
} satisfies Encoders;

/** What has reached a client has arrived, without its word for it. */
function markDelivered(
  { engine, logger }: ConvospaceDeps,
  { actor }: DoorConnection,
  conversationId: string,
  delivered: number,
): void {
  engine.conversations.markReceipt(actor, { conversationId, delivered }).catch((error: unknown) => {
    logger.warn({ err: error }, 'a message could not be marked as delivered');
  });
}
