import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { Server, type Socket } from 'socket.io';
import { EngineError } from '../engine/shared/errors.ts';
import { corsOrigin } from './http-host.ts';

/** Largest event that a client may send, in bytes, where its door does not take larger ones. */
export const maxEventBytes = 256 * 1024;

/** Largest event of any door. */
export const largestEventBytes = 24 * 1024 * 1024;

export interface SocketHostOptions {
  /** Allowed origins; `*` for all. */
  readonly origins: readonly string[];
  /** Throws where a new connection is refused; the client gets the code of the error as its message. */
  readonly admit: (handshake: IncomingMessage) => void;
  /** A dialect serves the default namespace. */
  readonly rootIsTaken: boolean;
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
    maxHttpBufferSize: largestEventBytes,
    perMessageDeflate: false,
    httpCompression: false,
    serveClient: false,
    pingInterval: 25_000,
    pingTimeout: 20_000,
    connectTimeout: 15_000,
    cors: { origin: corsOrigin(options.origins), methods: ['GET', 'POST'] },
  });
  io.engine.on('connection', (connection: EngineConnection) => {
    limitMessages(connection.transport, maxEventBytes);
    connection.on('upgrading', (transport: EngineTransport) => limitMessages(transport, maxEventBytes));
  });
  // Namespaces are made by doors; the default one exists always, and serves nobody where no dialect has it.
  if (!options.rootIsTaken) {
    io.use((_socket, next) => next(new Error('Connect to the namespace of a door, such as /v1.')));
  }
  return io;
}

/** The parts of Engine.IO, and of the WebSocket below it, that their types leave out. */
interface EngineTransport {
  maxHttpBufferSize: number;
  readonly socket?: { readonly _receiver?: { _maxPayload: number } | null; pause(): void; resume(): void };
}

interface EngineConnection {
  readonly transport: EngineTransport;
  on(event: 'upgrading', listener: (transport: EngineTransport) => void): void;
  on(event: 'packet', listener: (packet: { readonly data?: string | Uint8Array }) => void): void;
}

/**
 * Limits what one connection may send at once. The option of the server holds for all of them, strangers included; so it is
 * that of the largest event of any door, and each connection begins with the usual one.
 */
function limitMessages(transport: EngineTransport, bytes: number): void {
  transport.maxHttpBufferSize = bytes; // read by long polling at each request
  if (transport.socket?._receiver) transport.socket._receiver._maxPayload = bytes;
}

/** Lets a client that has signed in send larger events. */
export function allowMessages(socket: Socket, bytes: number): void {
  const connection = socket.conn as unknown as EngineConnection;
  limitMessages(connection.transport, bytes);
  connection.on('upgrading', (transport) => limitMessages(transport, bytes));
}

/**
 * Reads no more of a client's messages until it is told to go on, so that what waits to be handled takes no more memory.
 *
 * @returns false where the transport cannot do that
 */
export function holdMessages(socket: Socket, hold: boolean): boolean {
  const { transport } = socket.conn as unknown as EngineConnection;
  if (!transport.socket) return false;
  if (hold) transport.socket.pause();
  else transport.socket.resume();
  return true;
}

/** Calls back with the size of each event, in bytes or characters, before the event itself comes. */
export function measureMessages(socket: Socket, measured: (size: number) => void): void {
  let size = 0;
  (socket.conn as unknown as EngineConnection).on('packet', ({ data }) => {
    // Bytes follow the text of the event that they belong to.
    size = (typeof data === 'string' ? 0 : size) + (data?.length ?? 0);
    measured(size);
  });
}
