import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { Server } from 'socket.io';
import { EngineError } from '../engine/shared/errors.ts';
import { corsOrigin } from './http-host.ts';

/** Largest event that a client may send, in bytes. */
export const maxEventBytes = 256 * 1024;

export interface SocketHostOptions {
  /** Allowed origins; `*` for all. */
  readonly origins: readonly string[];
  /** Throws where a new connection is refused; the client gets the code of the error as its message. */
  readonly admit: (handshake: IncomingMessage) => void;
}

/**
 * The Socket.IO server that all doors share, on the path `/socket.io`; each door has a namespace. Socket.IO's own
 * recovery is off: resume is the engine's, and it would add an argument to every event.
 */
export function createSocketHost(server: HttpServer, options: SocketHostOptions): Server {
  const io = new Server(server, {
    allowRequest: (request, callback) => {
      try {
        options.admit(request);
        callback(null, true);
      } catch (error) {
        callback(error instanceof EngineError ? error.code : 'internal', false);
      }
    },
    maxHttpBufferSize: maxEventBytes,
    perMessageDeflate: false,
    httpCompression: false,
    serveClient: false,
    pingInterval: 25_000,
    pingTimeout: 20_000,
    connectTimeout: 15_000,
    cors: { origin: corsOrigin(options.origins), methods: ['GET', 'POST'] },
  });
  // Namespaces are made by doors; the default one exists always and serves nobody.
  io.use((_socket, next) => next(new Error('Connect to the namespace of a door, such as /v1.')));
  return io;
}
