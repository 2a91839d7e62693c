import type { Socket } from 'socket.io';
import type { Actor } from '../../engine/shared/actor.ts';
import { second } from '../../engine/shared/clock.ts';
import { EngineError } from '../../engine/shared/errors.ts';
import { newId } from '../../engine/shared/ids.ts';
import { assertStorableText } from '../../engine/shared/text.ts';
import type { LiveDoor } from '../../transport/fan-out.ts';
import { allowMessages, holdMessages, measureMessages } from '../../transport/socket-host.ts';
import { TokenBucket } from '../../transport/token-bucket.ts';
import type { DoorDeps } from './door.ts';
import { DoorConnection, type DoorEvents } from './door-connection.ts';
import type { Lingering } from './lingering.ts';
import type { PresenceAudience } from './presence-audience.ts';

/** What a client has sent, once it is known to be an object. */
export type EventInput = Readonly<Record<string, unknown>>;

/** Answers an event of a client. What it returns, or what that makes, is acknowledged where the client asks for it. */
export type EventHandler = (connection: DoorConnection, input: EventInput) => Promise<EventAnswer>;

type EventAnswer = object | (() => object) | undefined;

/** How a dialect speaks over sockets. */
export interface SocketDoor extends LiveDoor<DoorEvents> {
  /** Handlers of the client's events by name. */
  readonly handlers: ReadonlyMap<string, EventHandler>;
  /**
   * Whether an event may begin before those that overlap too have ended: what it does takes its place at once, in the order
   * of the calls, and only its end is to be waited for.
   */
  overlaps(name: string, input: EventInput): boolean;
  /** Events a socket may send: so many per second in the long run, and so many at once. */
  readonly rate: { readonly perSecond: number; readonly burst: number };
  /** Largest event in bytes that a signed-in client may send. */
  readonly maxEventBytes: number;
  /** What a client without a good token is refused with before it is connected; without it, such clients are told by an event. */
  checksHandshake?(error: unknown): string;
  /** The token that a client brings with its handshake; null where it sends one later, or none. */
  tokenOf(socket: Socket): string | null;
  /** The token of an event that signs in; undefined where the event is another one. */
  signInToken(name: string, input: EventInput): string | null | undefined;
  /**
   * How long somebody whose last connection has closed is still online, in milliseconds: clients of some backends close and
   * open sockets as their pages change. Who signs out is offline at once.
   */
  readonly lingers: number;
  /** Makes a connection ready before it is greeted, once it follows its own events. @param isFirst the person had none */
  enter?(connection: DoorConnection, isFirst: boolean): Promise<void>;
  /** A connection was greeted, and gets events from now on. */
  started?(connection: DoorConnection): void;
  /** Greets a connection before anything else reaches it. Returns what is acknowledged. */
  welcome(connection: DoorConnection): Promise<object>;
  /** A token was refused, or the session of a connection has ended. Returns what is acknowledged. */
  refuse(emit: (name: string, data: object) => void, error: unknown): object;
  /** An event could not be handled. Returns what is acknowledged. */
  failed(emit: (name: string, data: object) => void, name: string, input: EventInput, error: unknown): object;
  /** A connection has closed. */
  left(connection: DoorConnection): void;
}

/** A device needs one connection, a browser one a tab. */
const maxConnectionsPerSession = 50;
/** How long a socket may stay open without signing in. */
const signInTime = 30 * second;
/** Events of one socket that may wait for those before them. */
const maxWaiting = 1_000;

/**
 * One socket of a dialect, signed in or not. Its events are handled in the order in which they came, one after the other but
 * for those that may overlap; the first of them may still be signing in.
 */
export class DoorSocket {
  readonly #socket: Socket;
  readonly #door: SocketDoor;
  readonly #deps: DoorDeps;
  readonly #audience: PresenceAudience;
  readonly #origin: string;
  readonly #bucket: TokenBucket;
  readonly #openedAt: number;
  #connection: DoorConnection | null = null;
  #entered: Promise<boolean> = Promise.resolve(false);
  /** The last event that overlaps with none, and those after it. */
  #alone: Promise<unknown> = Promise.resolve();
  readonly #together = new Set<Promise<void>>();
  #waiting = 0;
  /** Size of the event that comes, and of all that wait. */
  #size = 0;
  #waitingBytes = 0;
  #held = false;
  #expiresAt = Number.POSITIVE_INFINITY;
  /** The session has ended, and not only this connection of it. */
  #signedOut = false;
  #gone = false;
  readonly #lingering: Lingering;

  /** @param origin under which the client reaches the server */
  constructor(
    socket: Socket,
    door: SocketDoor,
    deps: DoorDeps,
    { audience, lingering, origin }: { audience: PresenceAudience; lingering: Lingering; origin: string },
  ) {
    this.#socket = socket;
    this.#door = door;
    this.#deps = deps;
    this.#audience = audience;
    this.#lingering = lingering;
    this.#origin = origin;
    this.#openedAt = deps.clock.now();
    const { perSecond, burst } = door.rate;
    const factor = deps.rateLimitFactor;
    this.#bucket = new TokenBucket(perSecond * factor, burst * factor, this.#openedAt);
    // Past Socket.IO's own acknowledgements, so that answers stay in order with events.
    const { packet } = socket as unknown as { packet(packet: object): void };
    const ack = (id: number) => (answer: object) => {
      if (this.#connection) this.#connection.reply(id, answer);
      else packet.call(socket, { type: 3, id, data: [answer] });
    };
    Object.assign(socket, { ack });
    measureMessages(socket, (size) => {
      this.#size = size;
    });
    socket.onAny((name: unknown, ...args: unknown[]) => this.#received(String(name), args));
    socket.on('disconnect', this.#left);
    // Also before it is connected to the namespace.
    socket.conn.once('close', this.#left);
    const token = door.checksHandshake ? null : door.tokenOf(socket);
    if (token !== null) this.#inTurn(() => this.#signIn(token));
  }

  /** It has closed, maybe before it was connected. */
  get gone(): boolean {
    return this.#gone;
  }

  /** Ends a socket that has not signed in for too long, or whose token is not good any more. */
  tick(now: number): void {
    if (this.#connection === null) {
      if (now - this.#openedAt > signInTime) this.#socket.disconnect(true);
    } else if (now >= this.#expiresAt) {
      this.#door.refuse(this.#emit, new EngineError('token_expired', 'The token has expired.'));
      this.#connection.end();
    }
  }

  readonly #emit = (name: string, data: object): void => {
    if (this.#connection) this.#connection.emit(name, data);
    else this.#socket.emit(name, data);
  };

  #received(name: string, args: unknown[]): void {
    const ack = typeof args.at(-1) === 'function' ? (args.pop() as (answer: object) => void) : null;
    const [given] = args;
    const input = (typeof given === 'object' && given !== null && !Array.isArray(given) ? given : {}) as EventInput;
    const fail = (error: unknown): void => {
      const answer = this.#door.failed(this.#emit, name, input, error);
      ack?.(answer);
    };
    const retryAfter = this.#bucket.take(this.#deps.clock.now());
    if (retryAfter > 0) {
      fail(new EngineError('rate_limited', 'Too many events.', { retryAfter: Math.ceil(retryAfter) }));
      return;
    }
    if (this.#waiting >= maxWaiting) {
      this.#socket.conn.close();
      return;
    }
    this.#deps.uploads.giveWay();
    const size = this.#size;
    this.#comes(size);
    const work = async (): Promise<void> => {
      try {
        if (this.#deps.draining()) throw new EngineError('shutting_down', 'The server stops.');
        assertStorableText(input);
        const answer = await this.#handle(name, input);
        ack?.({ success: true, ...(typeof answer === 'function' ? answer() : answer) });
      } catch (error) {
        fail(error);
      } finally {
        this.#goes(size);
      }
    };
    this.#inTurn(work, this.#door.overlaps(name, input));
  }

  /** Events wait in memory: a client that sends more than it can be answered is not read until it can be. */
  #comes(size: number): void {
    this.#waitingBytes += size;
    if (this.#held || this.#waitingBytes <= 2 * this.#door.maxEventBytes) return;
    this.#held = holdMessages(this.#socket, true);
    if (!this.#held) this.#socket.conn.close();
  }

  #goes(size: number): void {
    this.#waitingBytes -= size;
    if (!this.#held || this.#waitingBytes > this.#door.maxEventBytes) return;
    this.#held = false;
    holdMessages(this.#socket, false);
  }

  async #handle(name: string, input: EventInput): Promise<EventAnswer> {
    const token = this.#door.signInToken(name, input);
    if (token !== undefined) return this.#signIn(token);
    const handler = this.#door.handlers.get(name);
    if (!this.#connection) throw new EngineError('unauthenticated', 'Not signed in.');
    // What waited until the session was over, as its client sent more than can be handled at once.
    if (this.#signedOut) throw new EngineError('session_revoked', 'The session has ended.');
    if (this.#deps.clock.now() >= this.#expiresAt) throw new EngineError('token_expired', 'The token has expired.');
    if (!handler) throw new EngineError('route_not_found', 'There is no such event.');
    return handler(this.#connection, input);
  }

  #inTurn(work: () => Promise<unknown>, overlaps = false): void {
    this.#waiting += 1;
    const before = overlaps ? this.#alone : Promise.all([this.#alone, ...this.#together]);
    const run = before.then(work).then(
      () => {
        this.#waiting -= 1;
        this.#together.delete(run);
      },
      (error: unknown) => {
        this.#waiting -= 1;
        this.#together.delete(run);
        this.#deps.logger.error({ err: error }, 'event failed');
      },
    );
    if (overlaps) this.#together.add(run);
    else this.#alone = run;
  }

  /** Signs in with the token of a handshake, before the client is connected. @throws EngineError where it is not good */
  async admit(): Promise<void> {
    const token = this.#door.tokenOf(this.#socket);
    try {
      if (token === null) throw missingToken();
      await this.#follow(token, await this.#deps.engine.auth.authenticator.admit(token));
    } catch (error) {
      if (!isRefusal(error)) this.#deps.logger.error({ err: error }, 'signing in failed');
      // It may knock again over the same transport.
      this.#socket.conn.off('close', this.#left);
      this.#left();
      throw error;
    }
  }

  /** The client that was admitted is connected: it misses nothing from now on. */
  connected(): void {
    const connection = this.#connection;
    if (connection && !this.#signedOut) this.#start(connection);
    else this.#socket.disconnect(true);
  }

  /** @returns what is acknowledged */
  async #signIn(token: string | null): Promise<object | undefined> {
    const current = this.#connection;
    try {
      if (token === null) throw missingToken();
      const admitted = await this.#deps.engine.auth.authenticator.admit(token);
      const { actor, expiresAt } = admitted;
      if (current) {
        if (current.personId !== actor.personId)
          throw new EngineError('unauthenticated', 'Another person is signed in.');
        if (current.sessionId === actor.sessionId) this.#expiresAt = Math.max(this.#expiresAt, expiresAt);
        return await this.#door.welcome(current);
      }
      const connection = await this.#follow(token, admitted);
      if (!connection) return undefined;
      const greeted = await this.#door.welcome(connection);
      this.#start(connection);
      return greeted;
    } catch (error) {
      if (this.#connection && this.#gone) return undefined;
      if (!isRefusal(error)) this.#deps.logger.error({ err: error }, 'signing in failed');
      const refused = this.#door.refuse(this.#emit, error);
      // Who was signed in already stays so.
      if (this.#connection && !current) this.#connection.end();
      return refused;
    }
  }

  /** Makes the connection, and follows all that concerns its person. @returns null where it has gone, or is one too many */
  async #follow(
    token: string,
    { actor, expiresAt }: { readonly actor: Actor; readonly expiresAt: number },
  ): Promise<DoorConnection | null> {
    const { engine, sessions, clock, fanOut, logger } = this.#deps;
    if (this.#gone) return null;
    const most = maxConnectionsPerSession * this.#deps.rateLimitFactor;
    if (most > 0 && sessions.countOf(actor.sessionId) >= most) {
      // Not by an error event: a client might take it for the end of its session.
      this.#socket.conn.close();
      return null;
    }
    const connection = new DoorConnection(this.#socket, {
      id: newId(clock),
      door: this.#door,
      actor,
      origin: this.#origin,
      fanOut,
      audience: this.#audience,
      ended: () => {
        this.#signedOut = true;
        this.#door.refuse(this.#emit, new EngineError('session_revoked', 'The session has ended.'));
      },
    });
    this.#connection = connection;
    this.#expiresAt = expiresAt;
    allowMessages(this.#socket, this.#door.maxEventBytes);
    sessions.add(connection);
    this.#entered = engine.presence.connected(actor.personId).catch((error: unknown) => {
      logger.warn({ err: error }, 'presence failed');
      return false;
    });
    await connection.follow(() => engine.inbox.groups(actor));
    await connection.watch(await engine.presence.peers(actor));
    // The session may have been revoked after it was checked and before it was listed here.
    await engine.auth.authenticator.authenticate(token);
    const isFirst = await this.#entered;
    // A door could never forget who enters after leaving.
    if (this.#gone) return null;
    await this.#door.enter?.(connection, isFirst);
    return connection;
  }

  #start(connection: DoorConnection): void {
    if (this.#gone) return;
    connection.start();
    this.#door.started?.(connection);
  }

  readonly #left = (): void => {
    if (this.#gone) return;
    this.#gone = true;
    const { sessions, engine, logger } = this.#deps;
    const connection = this.#connection;
    if (!connection) return;
    this.#door.left(connection);
    sessions.remove(connection);
    connection.close();
    const leave = (): void => {
      this.#entered
        .then(() => engine.presence.disconnected(connection.personId))
        .catch((error: unknown) => logger.warn({ err: error }, 'presence failed'));
    };
    this.#lingering.add(connection.sessionId, leave, this.#signedOut ? 0 : this.#door.lingers);
    if (this.#signedOut) this.#lingering.end(connection.sessionId);
  };
}

const missingToken = (): EngineError => new EngineError('unauthenticated', 'There is no token.', { token: 'missing' });

/** Whether it is the client's own fault. */
const isRefusal = (error: unknown): boolean => error instanceof EngineError && error.code !== 'storage_unavailable';
