import type { Socket } from 'socket.io';
import * as ws from 'ws';

/** Exported by ws and left out of its types. */
const { Sender } = ws as unknown as { Sender: { frame(data: Buffer, options: object): Buffer[] } };

/** Bytes that may wait for one connection. A client that is further behind is cut and catches up by sync. */
const maxBacklog = 1024 * 1024;

interface Frame {
  readonly packet: string;
  /** The bytes of the WebSocket frame (RFC 6455, 5.2), where they were made. */
  readonly bytes: readonly Buffer[];
}

let lastFrame: Frame | null = null;

/** The frame of an Engine.IO message. Made once where the same packet goes to many connections in a row. */
function frameOf(packet: string): Frame {
  if (lastFrame?.packet !== packet) {
    const bytes = Sender.frame(Buffer.from(`4${packet}`), {
      readOnly: false,
      mask: false,
      rsv1: false,
      opcode: 1,
      fin: true,
    });
    lastFrame = { packet, bytes };
  }
  return lastFrame;
}

/** The parts of Engine.IO's connection that are used here and that its types leave out. */
interface EngineConnection {
  readonly writeBuffer: readonly unknown[];
  readonly transport: { readonly name: string; readonly socket?: { readonly bufferedAmount: number } };
  write(data: string, options: { compress: boolean; wsPreEncodedFrame?: readonly Buffer[] }): void;
  close(): void;
}

/**
 * Writes an encoded Socket.IO packet (protocol version 5) to a connection, past Socket.IO's own encoder.
 *
 * @returns false where the connection could not keep up and was cut. The client reconnects and resumes.
 */
export function writePacket(socket: Socket, packet: string): boolean {
  const connection = socket.conn as unknown as EngineConnection;
  const { transport, writeBuffer } = connection;
  if (writeBuffer.length > 1_000 || (transport.socket?.bufferedAmount ?? 0) > maxBacklog) {
    connection.close();
    return false;
  }
  if (transport.name === 'websocket') {
    connection.write(packet, { compress: false, wsPreEncodedFrame: frameOf(packet).bytes });
  } else {
    connection.write(packet, { compress: false });
  }
  return true;
}
