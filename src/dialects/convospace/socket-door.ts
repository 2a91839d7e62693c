import type { Socket } from 'socket.io';
import { second } from '../../engine/shared/clock.ts';
import { EngineError } from '../../engine/shared/errors.ts';
import type { EventInput, SocketDoor } from '../kit/door-socket.ts';
import { echoed } from '../kit/echo.ts';
import type { ConvospaceDeps } from './deps.ts';
import { renderError } from './errors.ts';
import { encodeEvent } from './events/index.ts';
import { chatEvents } from './handlers/index.ts';
import { doorName } from './name.ts';

/** What a client is refused with that has no good token. */
function refusal(error: unknown): string {
  const missing = error instanceof EngineError && error.details.token === 'missing';
  return `Authentication error: ${missing ? 'No token provided' : 'Invalid token'}`;
}

function tokenOf({ handshake: { auth, headers } }: Socket): string | null {
  const given = typeof auth.token === 'string' && auth.token.trim() !== '' ? auth.token : headers.authorization;
  return given?.replace(/^Bearer +/i, '').trim() || null;
}

/** How this door speaks over sockets. */
export function createSocketDoor(deps: ConvospaceDeps): SocketDoor {
  const { engine, sockets, hidden, logger } = deps;
  return {
    name: doorName,
    encode: (event) => encodeEvent(deps, event),
    handlers: chatEvents(deps),
    // Receipts only grow, so their order means nothing. Messages keep theirs where all that they name is known already.
    overlaps: (name, input) => name === 'message:read' || (name === 'message:send' && isPlain(deps, input)),
    rate: { perSecond: 50, burst: 500 },
    maxEventBytes: 256 * 1024,
    lingers: second,
    checksHandshake: refusal,
    tokenOf,
    signInToken: () => undefined,
    async enter(connection, isFirst) {
      hidden.enter(connection);
      if (deps.options.presenceAudience === 'all') await connection.watchEveryone();
      // Read when changes are heard already.
      hidden.add(connection, await engine.contacts.blockedWith(connection.actor));
      if (isFirst) await engine.presence.appear(connection.actor);
    },
    welcome: async () => ({}),
    started(connection) {
      sockets.opened(connection);
      engine.presence.announceConnection(connection.actor, connection.id, true);
    },
    refuse: (_emit, error) => ({ success: false, error: refusal(error) }),
    failed(emit, name, { conversation_id }: EventInput, error) {
      const { body } = renderError(error, (cause) =>
        logger.error({ err: cause, event: name.slice(0, 100) }, 'event failed'),
      );
      const text = 'Failed to send message';
      const failure = { error: text, message: text, conversation_id: echoed(conversation_id) };
      if (name === 'message:send') emit('message:error', failure);
      return { success: false, error: body.error };
    },
    left(connection) {
      sockets.closed(connection);
      hidden.left(connection);
      engine.presence.announceConnection(connection.actor, connection.id, false);
      deps.typing.left(connection);
    },
  };
}

/** Whether a message can be sent without looking anything up first. */
function isPlain(
  { numbers, directs }: ConvospaceDeps,
  { conversation_id, receiver_id, media_url }: EventInput,
): boolean {
  const conversationId = numbers.knownId('conversation', conversation_id);
  return (
    conversationId !== null &&
    directs.isKnown(conversationId) &&
    numbers.knownId('user', receiver_id) !== null &&
    (media_url === undefined || media_url === null)
  );
}
