import { EngineError } from '../../../engine/shared/errors.ts';
import { type DoorConnection, eventText } from '../../kit/door-connection.ts';
import type { EventHandler, EventInput } from '../../kit/door-socket.ts';
import { Fields } from '../../kit/fields.ts';
import { sendMessage } from '../commands/send-message.ts';
import type { ConvospaceDeps } from '../deps.ts';
import { Refusal } from '../errors.ts';
import { namedByMessage, presentMessage, sent } from '../present/message.ts';

/** Every event that a client of this door sends. */
export function chatEvents(deps: ConvospaceDeps): ReadonlyMap<string, EventHandler> {
  const { engine, numbers, typing } = deps;

  /** The direct conversation that an event names. @throws EngineError `conversation_not_found` */
  const conversationOf = async ({ actor }: DoorConnection, input: EventInput): Promise<string> => {
    const id = (await numbers.idOf('conversation', input.conversation_id)) ?? '';
    await deps.directs.pairOf(actor, id);
    return id;
  };

  return new Map<string, EventHandler>([
    [
      'message:send',
      async (connection, input) => {
        const from = { site: connection.origin, connection: connection.id };
        const { ack, receiverId } = await sendMessage(deps, connection.actor, input, from);
        deps.places.noteFresh(ack.message);
        deps.sockets.sends(ack.message.id, connection);
        // Its place is before what comes of it: the client needs the number before it is told that the message has arrived.
        const shown = showSent(deps, connection, ack.message, receiverId);
        connection.inOrder(shown, (message) => {
          if (message) connection.emitText(eventText('message:sent', message));
        });
        const message = await shown;
        if (!message) throw new EngineError('internal', 'The message was stored, and cannot be shown.');
        return { data: message };
      },
    ],
    [
      'message:read',
      ignoringStrangers(async ({ actor }, input) => {
        const messageId = await numbers.idOf('message', input.message_id);
        if (messageId === null) return undefined;
        const { conversationId, seq, senderId } = await deps.places.of(messageId);
        if (senderId === actor.personId) return undefined;
        await deps.directs.pairOf(actor, conversationId);
        await engine.conversations.markReceipt(actor, { conversationId, read: seq });
        return undefined;
      }),
    ],
    [
      'typing:start',
      ignoringStrangers(async (connection, input) => {
        await typing.start(connection, await conversationOf(connection, input));
        return undefined;
      }),
    ],
    [
      'typing:stop',
      ignoringStrangers(async (connection, input) => {
        await typing.stop(connection, await conversationOf(connection, input));
        return undefined;
      }),
    ],
    [
      'presence:update',
      async ({ actor }, input) => {
        const fields = new Fields(input);
        const online = fields.flag('is_online', 'is_online must be true or false');
        fields.assertValid();
        if (online === undefined) throw new Refusal(400, 'is_online is required');
        await engine.presence.updateStatus(actor, { availability: online ? 'online' : 'offline' });
        return undefined;
      },
    ],
  ]);
}

/** The message as its sender gets it; null where it cannot be shown, though it is stored. It never rejects. */
async function showSent(
  deps: ConvospaceDeps,
  { actor, origin: site }: DoorConnection,
  message: Parameters<typeof presentMessage>[0]['message'],
  receiverId: string,
): Promise<ReturnType<typeof presentMessage> | null> {
  try {
    const pair = [actor.personId, receiverId];
    const [cards, n] = await Promise.all([deps.faces.of(actor, pair), deps.numbers.of(namedByMessage(message, pair))]);
    const shown = { message, sender: cards(actor.personId), receiver: cards(receiverId), status: sent };
    return presentMessage(shown, { n, site, fileNames: deps.fileNames });
  } catch (error) {
    deps.logger.error({ err: error }, 'a message that was stored could not be shown');
    return null;
  }
}

/** What concerns a conversation or a message of others, or none, is passed over in silence. */
const ignoringStrangers =
  (handle: EventHandler): EventHandler =>
  async (connection, input) => {
    try {
      return await handle(connection, input);
    } catch (error) {
      const strange = ['conversation_not_found', 'message_not_found'];
      if (error instanceof EngineError && strange.includes(error.code)) return undefined;
      throw error;
    }
  };
