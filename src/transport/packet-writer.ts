import type { Socket as NetSocket } from 'node:net';
import type { Socket } from 'socket.io';
import * as ws from 'ws';

/** Exported by ws and left out of its types. */
const { Sender } = ws as unknown as { Sender: { frame(data: Buffer, options: object): Buffer[] } };

/**
 * Bytes that may wait for one connection. A client that is further behind is cut and catches up by sync. More than the
 * largest answer: who asked for much over a slow line must not be cut by the next event, again and again.
 */
const maxBacklogBytes = 4 * 1024 * 1024;
const maxBacklogPackets = 1_000;

/** The parts of Engine.IO's connection, and of the WebSocket below it, that are used here and that their types leave out. */
interface EngineConnection {
  readonly writeBuffer: readonly { readonly data?: string }[];
  readonly transport: {
    readonly name: string;
    readonly writable: boolean;
    readonly socket?: { readonly readyState: number; readonly _socket?: NetSocket | null; terminate(): void };
  };
  write(data: string, options: { compress: boolean }): void;
  close(discard: boolean): void;
}

let lastPackets: readonly string[] = [];
let lastBytes: Buffer = Buffer.alloc(0);

/**
 * The bytes of the packets as WebSocket frames (RFC 6455, 5.2), one after the other. Made once where the same packets
 * go to several connections in a row.
 */
function framesOf(packets: readonly string[]): Buffer {
  if (packets.length !== lastPackets.length || packets.some((packet, i) => packet !== lastPackets[i])) {
    const frames = packets.flatMap((packet) =>
      Sender.frame(Buffer.from(`4${packet}`), { readOnly: false, mask: false, rsv1: false, opcode: 1, fin: true }),
    );
    lastPackets = packets;
    lastBytes = Buffer.concat(frames);
  }
  return lastBytes;
}

const open = 1; // WebSocket.OPEN

/** While the network takes what it is given, nothing waits in `writeBuffer`, and this costs nothing. */
function isBehind({ transport, writeBuffer }: EngineConnection): boolean {
  let waiting = transport.socket?._socket?.writableLength ?? 0;
  for (const { data } of writeBuffer) waiting += data?.length ?? 0;
  return writeBuffer.length > maxBacklogPackets || waiting > maxBacklogBytes;
}

/**
 * Writes encoded Socket.IO packets (protocol version 5) to a connection, past Socket.IO's encoder: over a WebSocket all
 * of them in one write to the network.
 *
 * @returns false where the connection could not keep up and was cut. The client reconnects and resumes.
 */
export function writePackets(socket: Socket, packets: readonly string[]): boolean {
  const connection = socket.conn as unknown as EngineConnection;
  const { transport, writeBuffer } = connection;
  if (isBehind(connection)) {
    // Not the orderly way, which waits until all is sent: the client does not read.
    connection.close(true);
    transport.socket?.terminate();
    return false;
  }
  const network = transport.socket?._socket;
  // Whole frames go to the network as they are, in order with Engine.IO's own: it writes to the same stream, and has
  // nothing waiting. Otherwise they go through it.
  if (
    transport.name === 'websocket' &&
    transport.writable &&
    writeBuffer.length === 0 &&
    network &&
    transport.socket?.readyState === open
  ) {
    network.write(framesOf(packets));
  } else {
    for (const packet of packets) connection.write(packet, { compress: false });
  }
  return true;
}
