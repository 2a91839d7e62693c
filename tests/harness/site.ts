import { channel } from 'node:diagnostics_channel';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';

/** A web server of a stranger, on 127.0.0.1. */
export interface Site {
  readonly port: number;
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Connections that were opened to it so far. */
  readonly connections: number;
  /** Connections that are open. */
  readonly open: number;
  close(): Promise<void>;
}

export const openSite = (answer: RequestListener): Promise<Site> => listen(createServer(answer));

/** A site that speaks as it likes. `speak` runs when a request has begun to arrive. */
export const openRawSite = (speak: (socket: Socket) => void): Promise<Site> =>
  listen(createTcpServer((socket) => socket.once('data', () => speak(socket))));

/** Lets a server of any kind listen, and counts. */
export async function listen(server: Server, scheme = 'http'): Promise<Site> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${scheme}://127.0.0.1:${port}`,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Sees every connection that this process tries to open, as `address port`, whoever opens it. */
export function watchConnections(): { readonly attempts: readonly string[]; stop(): void } {
  const attempts: string[] = [];
  const sockets = channel('net.client.socket');
  const watch = (message: unknown): void => {
    const { socket } = message as { socket: Socket };
    socket.on('connectionAttempt', (address, port) => attempts.push(`${address} ${port}`));
  };
  sockets.subscribe(watch);
  return { attempts, stop: () => sockets.unsubscribe(watch) };
}

/** Writes a piece at a time, for as long as the other side takes it. */
export function writeForEver(socket: Socket, piece: string | Uint8Array, everyMs = 0): void {
  const timer = setInterval(() => {
    while (socket.writable && socket.write(piece) && everyMs === 0);
  }, everyMs);
  socket.once('close', () => clearInterval(timer));
}
