import { EngineError } from '../../engine/shared/errors.ts';
import type { EngineEvent } from '../../engine/shared/events.ts';
import type { DoorConnection } from '../kit/door-connection.ts';
import type { EventInput, SocketDoor } from '../kit/door-socket.ts';
import { echoed } from '../kit/echo.ts';
import { InvalidFields } from '../kit/fields.ts';
import type { ChatappDeps } from './deps.ts';
import { Refusal, renderError, type Words } from './errors.ts';
import { encodeEvent } from './events/index.ts';
import { chatEvents } from './handlers/index.ts';
import { presentOwnUser } from './present/socket-user.ts';

/** Base64 media come inside of events. */
const maxEventBytes = 16 * 1024 * 1024;

/** Events of this door that are answered by an error event of their own. */
const errorEvents: ReadonlyMap<string, string> = new Map([
  ['send_message', 'message_error'],
  ['update_profile', 'profile_update_error'],
]);

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** How this door speaks over sockets. */
export function createSocketDoor(deps: ChatappDeps): SocketDoor {
  return {
    name: 'chatapp',
    encode: (event: EngineEvent) => encodeEvent(deps, event),
    handlers: chatEvents(deps),
    // What refers to nothing is not looked up before it is stored: such messages keep their order, and share a commit.
    // Receipts only grow, so their order means nothing, and nothing waits for them.
    overlaps: (name, input) =>
      name === 'message_delivered' || name === 'message_read' || (name === 'send_message' && isPlain(input)),
    rate: { perSecond: 30, burst: 300 },
    maxEventBytes,
    lingers: 0,
    tokenOf: ({ handshake }) => {
      const header = /^Bearer +(\S+)$/i.exec(handshake.headers.authorization ?? '')?.[1];
      return text(handshake.auth.token) ?? header ?? null;
    },
    signInToken: (name, input) => (name === 'authenticate' ? text(input.token) : undefined),
    welcome: async (connection: DoorConnection) => {
      const greeting = { user: await presentOwnUser(deps, connection) };
      connection.emit('authenticated', greeting);
      return greeting;
    },
    refuse(emit, error) {
      const message = refusal(error);
      emit('authentication_error', { message });
      emit('auth_error', { message });
      return { success: false, message, error: message };
    },
    failed(emit, name, input: EventInput, error) {
      const { message } = renderError(wordedForSockets(error), (cause) =>
        deps.logger.error({ err: cause, event: name.slice(0, 100) }, 'event failed'),
      ).body;
      const event = errorEvents.get(name) ?? 'error';
      emit(event, errorOf(event, message, name, input));
      return { success: false, message, error: message };
    },
    left: (connection) => deps.typing.left(connection),
  };
}

/** Whether a message refers to nothing: neither to files, nor to people, nor to other messages. */
function isPlain({ content, replyTo, mentions, media, mediaData }: EventInput): boolean {
  const inside = typeof content === 'object' ? (content as EventInput | null) : null;
  return (
    replyTo == null &&
    mentions == null &&
    media == null &&
    mediaData == null &&
    (inside === null ||
      (inside.type === 'text' && Object.keys(inside).every((key) => key === 'type' || key === 'text')))
  );
}

/** What the event says that tells of an error. */
function errorOf(event: string, message: string, name: string, { tempId }: EventInput): object {
  if (event === 'message_error') return { tempId: echoed(tempId) ?? null, error: message, message };
  return event === 'error' ? { message, event: name.slice(0, 100) } : { message };
}

function refusal(error: unknown): string {
  if (!(error instanceof EngineError) || error.code === 'storage_unavailable') return 'Authentication failed';
  return error.details.token === 'missing' ? 'No token provided' : 'Invalid token';
}

const invalid: ReadonlySet<string> = new Set(['invalid_request', 'invalid_text']);

/** Words that differ from those over REST, where the client reads them beside a status. */
const words: Words = {
  unauthenticated: [401, 'Not authenticated'],
  rate_limited: [429, 'Too many requests'],
  conversation_not_found: [403, 'Unauthorized access to chat'],
  route_not_found: [404, 'Unknown event'],
};

/** No list of problems is beside the words here, so they say themselves what is wrong. */
function wordedForSockets(error: unknown): unknown {
  if (error instanceof InvalidFields) return new Refusal(400, error.message);
  if (error instanceof EngineError && invalid.has(error.code)) return new Refusal(400, error.message);
  const own = error instanceof EngineError ? words[error.code] : undefined;
  return own ? new Refusal(own[0], own[1]) : error;
}
