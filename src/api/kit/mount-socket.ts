import type { Logger } from 'pino';
import type { Namespace, Socket } from 'socket.io';
import type { Auth } from '../../engine/auth/index.ts';
import type { Presence } from '../../engine/presence/index.ts';
import type { Actor, Origin } from '../../engine/shared/actor.ts';
import type { Clock } from '../../engine/shared/clock.ts';
import { EngineError } from '../../engine/shared/errors.ts';
import { newId } from '../../engine/shared/ids.ts';
import { validator } from '../../engine/shared/validate.ts';
import type { FanOut, LiveDoor } from '../../transport/fan-out.ts';
import type { LiveSessions } from '../../transport/live-sessions.ts';
import type { OriginOf } from '../../transport/origin.ts';
import { type RequestLimits, refuseAfter } from '../../transport/request-limits.ts';
import { TokenBucket } from '../../transport/token-bucket.ts';
import type { UploadGate } from '../../transport/upload-gate.ts';
import { renderError, statusOf, type WireError } from './errors.ts';
import { LiveConnection } from './live-connection.ts';
import { type AnyOperation, type CallContext, inputSchema } from './operation.ts';

export interface SocketDeps {
  readonly auth: Auth;
  readonly presence: Presence;
  readonly clock: Clock;
  readonly fanOut: FanOut;
  readonly sessions: LiveSessions;
  readonly originOf: OriginOf;
  readonly logger: Logger;
  readonly limits: RequestLimits;
  readonly rateLimitFactor: number;
  readonly uploads: UploadGate;
  /** The server is stopping: it finishes what it has begun and takes nothing new. */
  readonly draining: () => boolean;
}

/** Answer to a command. */
export type Ack = { readonly ok: true; readonly data: unknown } | { readonly ok: false; readonly error: WireError };

/** What one connection may say. */
const commandsPerSecond = 50;
const commandBurst = 200;
/** Refusals of commands that one connection may cause before it is cut. */
const refusalsPerSecond = 20;
const refusalBurst = 1_000;
/** A device needs one connection, a browser one a tab. */
const maxConnectionsPerSession = 50;

interface SocketData {
  actor: Actor;
  origin: Origin;
  token: string;
}

/** Serves operations as commands of a Socket.IO namespace: `emit(name, input, ack)`. */
export function mountSocket(
  namespace: Namespace,
  door: LiveDoor<string>,
  deps: SocketDeps,
  operations: readonly AnyOperation[],
): void {
  const commands = new Map(
    operations
      .filter((operation) => operation.socket)
      .map((operation) => [operation.name, { operation, validate: validator(inputSchema(operation)) }]),
  );

  namespace.use((socket, next) => {
    const origin = deps.originOf(socket.request, door.name);
    const token: unknown = socket.handshake.auth.token;
    admit(deps, token, origin).then(
      (actor) => {
        Object.assign(socket.data, { actor, origin, token: String(token) } satisfies SocketData);
        next();
      },
      (error: unknown) => next(connectError(deps, error)),
    );
  });

  namespace.on('connection', (socket) => {
    const { actor, origin, token } = socket.data as SocketData;
    const ids = { connection: newId(deps.clock), person: actor.personId, session: actor.sessionId };
    const connection = new LiveConnection(socket, door, deps.fanOut, ids);
    const bucket = new TokenBucket(
      commandsPerSecond * deps.rateLimitFactor,
      commandBurst * deps.rateLimitFactor,
      deps.clock.now(),
    );
    const refusals = new TokenBucket(
      refusalsPerSecond * deps.rateLimitFactor,
      refusalBurst * deps.rateLimitFactor,
      deps.clock.now(),
    );

    deps.sessions.add(connection);
    // The session may have been revoked after it was checked and before it was listed here.
    authenticate(deps, token).catch((error: unknown) => {
      if (error instanceof EngineError && statusOf[error.code] < 500) connection.end();
      else connection.cut();
    });
    const entered = deps.presence.connected(actor.personId).catch((error: unknown) => {
      deps.logger.warn({ err: error }, 'presence failed');
    });
    socket.on('disconnect', () => {
      deps.sessions.remove(connection);
      connection.closed();
      entered
        .then(() => deps.presence.disconnected(actor.personId))
        .catch((error: unknown) => deps.logger.warn({ err: error }, 'presence failed'));
    });

    answerPast(socket, connection);
    socket.onAny((name: unknown, ...args: unknown[]) => {
      const ack = typeof args.at(-1) === 'function' ? (args.pop() as Acknowledge) : null;
      const refuse = (error: unknown): void => {
        const wire = renderError(error, (cause) => deps.logger.error({ err: cause, command: name }, 'command failed'));
        if (ack) ack(JSON.stringify({ ok: false, error: wire } satisfies Ack));
        else connection.notify({ type: 'error', data: { command: String(name).slice(0, 100), error: wire } });
      };
      try {
        refuseAfter(bucket.take(deps.clock.now()), 'commands');
      } catch (error) {
        if (refusals.take(deps.clock.now()) > 0) return connection.cut();
        return refuse(error);
      }
      if (deps.draining()) return refuse(shuttingDown());
      deps.uploads.giveWay();
      const call = connection.call();
      const command = commands.get(String(name));
      run(command, args, actor, { origin, connection: call }).then(
        (data) => {
          ack?.(`{"ok":true,"data":${data}}`);
          call.replied();
        },
        (error: unknown) => {
          refuse(error);
          call.replied();
        },
      );
    });
  });
}

/**
 * Lets acknowledgements go through the connection's own queue, in order with its events and in one write with them,
 * and not through Socket.IO's encoder. `ack` is what Socket.IO calls for each event that asks for an answer.
 */
function answerPast(socket: Socket, connection: LiveConnection): void {
  const ack =
    (id: number): Acknowledge =>
    (answer) =>
      connection.reply(id, answer);
  Object.assign(socket, { ack });
}

/** Takes an {@link Ack} as JSON. */
type Acknowledge = (answer: string) => void;

type Command = { readonly operation: AnyOperation; readonly validate: (input: unknown) => unknown };

/** Runs a command and returns its result as JSON. */
async function run(
  command: Command | undefined,
  args: readonly unknown[],
  actor: Actor,
  context: CallContext,
): Promise<string> {
  if (!command) throw new EngineError('route_not_found', 'There is no such command.');
  const input = command.validate(args[0] ?? {});
  const { operation } = command;
  const result: unknown =
    operation.access === 'session'
      ? await operation.handle(actor, input, context)
      : await operation.handle(input, context);
  return operation.encode ? operation.encode(result) : JSON.stringify(result ?? null);
}

async function authenticate(deps: SocketDeps, token: unknown): Promise<Actor> {
  if (typeof token !== 'string' || token === '') {
    throw new EngineError('unauthenticated', 'Send an access token in the handshake: { auth: { token } }.');
  }
  return deps.auth.authenticator.authenticate(token);
}

const shuttingDown = (): EngineError =>
  new EngineError('shutting_down', 'The server stops. Connect again in a moment.');

/** Decides about a new connection. */
async function admit(deps: SocketDeps, token: unknown, origin: Origin): Promise<Actor> {
  if (deps.draining()) throw shuttingDown();
  let actor: Actor;
  try {
    actor = await authenticate(deps, token);
  } catch (error) {
    deps.limits.consume(origin.ip);
    throw error;
  }
  deps.limits.consume(actor.sessionId);
  const most = maxConnectionsPerSession * deps.rateLimitFactor;
  if (most > 0 && deps.sessions.countOf(actor.sessionId) >= most) {
    throw new EngineError('rate_limited', `A session has at most ${most} connections at once.`, {
      limit: 'connections',
    });
  }
  return actor;
}

/** The error that Socket.IO sends as CONNECT_ERROR; clients read `data`. */
function connectError(deps: SocketDeps, error: unknown): Error & { data: WireError } {
  const wire = renderError(error, (cause) => deps.logger.error({ err: cause }, 'connect failed'));
  return Object.assign(new Error(wire.message), { data: wire });
}
