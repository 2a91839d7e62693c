import type { Namespace, Socket } from 'socket.io';
import type { DoorDeps } from './door.ts';
import { DoorSocket, type SocketDoor } from './door-socket.ts';
import { Lingering } from './lingering.ts';
import { PresenceAudience } from './presence-audience.ts';

/**
 * How often a client may connect over one transport, or try to: each time leaves listeners on it that every later packet
 * passes, and asks the storage for a token.
 */
const maxPerTransport = 10;

/** The sockets of a namespace. */
export class DoorSockets {
  readonly #sockets = new Set<DoorSocket>();
  readonly #deps: DoorDeps;
  readonly #audience: PresenceAudience;
  readonly #lingering = new Lingering();
  /** By transport: how often its client has connected. */
  readonly #opened = new WeakMap<Socket['conn'], number>();

  constructor(deps: DoorDeps) {
    this.#deps = deps;
    this.#audience = new PresenceAudience(deps.engine.presence, deps.logger);
  }

  /** Serves a namespace. */
  serve(namespace: Namespace, door: SocketDoor): void {
    const { checksHandshake: refusal } = door;
    if (!refusal) {
      namespace.on('connection', (socket) => {
        if (this.#mayOpen(socket)) this.#open(socket, door);
      });
      return;
    }
    const admitted = new WeakMap<Socket, DoorSocket>();
    namespace.use((socket, next) => {
      if (!this.#mayOpen(socket)) return;
      const one = this.#open(socket, door);
      admitted.set(socket, one);
      one.admit().then(
        () => next(),
        (error: unknown) => {
          this.#sockets.delete(one);
          next(new Error(refusal(error)));
        },
      );
    });
    namespace.on('connection', (socket) => admitted.get(socket)?.connected());
  }

  /** Closes a transport over which too many connections came; its client may open another one. */
  #mayOpen({ conn }: Socket): boolean {
    const opened = (this.#opened.get(conn) ?? 0) + 1;
    this.#opened.set(conn, opened);
    if (opened > maxPerTransport) conn.close();
    return opened <= maxPerTransport;
  }

  #open(socket: Socket, door: SocketDoor): DoorSocket {
    const place = { audience: this.#audience, lingering: this.#lingering, origin: this.#deps.siteOf(socket.request) };
    const one = new DoorSocket(socket, door, this.#deps, place);
    this.#sockets.add(one);
    socket.on('disconnect', () => this.#sockets.delete(one));
    return one;
  }

  /** Cuts those that have not signed in for too long. */
  tick(): void {
    const now = this.#deps.clock.now();
    for (const socket of this.#sockets) {
      if (socket.gone) this.#sockets.delete(socket);
      else socket.tick(now);
    }
  }

  /** The server stops: nobody is online here any more. */
  stop(): void {
    this.#lingering.end();
  }
}
