import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type RawData, WebSocket, WebSocketServer } from 'ws';

/** A network between a client and the server that fails where a test says. */
export interface FailingNetwork {
  /** Of the server; the same with the path `/below`, for a server that is served below a path. */
  readonly url: string;
  /** New connections are refused while true. */
  down: boolean;
  /** Frames from the server for which it says true never arrive. */
  swallow: (frame: string) => boolean;
  /** Requests that are passed on and whose answers never arrive. */
  loseAnswer: (path: string) => boolean;
  /** Frames from the server, as they arrived. */
  readonly frames: string[];
  /** Frames from the client, as they were sent. */
  readonly sent: string[];
  /** How often each path was requested. */
  readonly requests: string[];
  /** Cuts every connection. */
  cut(): void;
  close(): Promise<void>;
}

/** @param target where the server is, asked at each connection */
export async function startProxy(target: () => string): Promise<FailingNetwork> {
  const open = new Set<Duplex>();
  const sockets = new Set<WebSocket>();
  const acceptor = new WebSocketServer({ noServer: true });

  const server = createServer((incoming, answer) => {
    const path = pathOf(incoming);
    proxy.requests.push(`${incoming.method} ${path.split('?')[0]}`);
    if (proxy.down) return void incoming.socket.destroy();
    const { host: _, ...headers } = incoming.headers;
    const outgoing = request(new URL(path, target()), { method: incoming.method, headers }, (response) => {
      if (proxy.loseAnswer(path)) {
        response.resume();
        response.once('end', () => incoming.socket.destroy());
        return;
      }
      answer.writeHead(response.statusCode ?? 500, response.headers);
      response.pipe(answer);
    });
    outgoing.on('error', () => incoming.socket.destroy());
    incoming.pipe(outgoing);
  });
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.on('upgrade', (incoming: IncomingMessage, socket, head) => {
    if (proxy.down) return void socket.destroy();
    const url = new URL(pathOf(incoming), target());
    const upstream = new WebSocket(url.href.replace(/^http/, 'ws'));
    upstream.on('error', () => socket.destroy());
    upstream.once('open', () => {
      acceptor.handleUpgrade(incoming, socket, head, (client) => {
        join(client, upstream);
      });
    });
    // What the server says before the client's side is open must wait for it.
    upstream.pause();
    upstream.once('upgrade', () => upstream.pause());
  });

  function join(client: WebSocket, upstream: WebSocket): void {
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.once('close', () => {
        sockets.delete(socket);
        client.terminate();
        upstream.terminate();
      });
      socket.on('error', () => {});
    }
    upstream.on('message', (data) => {
      const frame = textOf(data);
      proxy.frames.push(frame);
      if (!proxy.swallow(frame)) client.send(frame);
    });
    client.on('message', (data) => {
      const frame = textOf(data);
      proxy.sent.push(frame);
      upstream.send(frame);
    });
    upstream.resume();
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: FailingNetwork = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    down: false,
    swallow: () => false,
    loseAnswer: () => false,
    frames: [],
    sent: [],
    requests: [],
    cut() {
      for (const socket of sockets) socket.terminate();
      for (const socket of open) socket.destroy();
    },
    async close() {
      proxy.down = true;
      proxy.cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

const pathOf = ({ url = '' }: IncomingMessage): string => url.replace(/^\/below(?=\/)/, '');

const textOf = (data: RawData): string => (data as Buffer).toString('utf8');
