import { WebSocket } from 'ws';

type OnAck = (payload: string) => void;

/**
 * The least of a Socket.IO client: WebSocket only, no reconnection, frames written by hand (Engine.IO protocol 4,
 * Socket.IO protocol 5). Several times lighter than socket.io-client, so that one core of load can saturate a server.
 */
export class RawSocket {
  readonly #socket: WebSocket;
  readonly #prefix: string;
  readonly #acks = new Map<number, OnAck>();
  readonly #onEvent: (payload: string) => void;
  #lastId = 0;
  #onClose: () => void = () => {};

  private constructor(socket: WebSocket, prefix: string, onEvent: (payload: string) => void) {
    this.#socket = socket;
    this.#prefix = prefix;
    this.#onEvent = onEvent;
  }

  /**
   * @param namespace such as `/v1`; `/` for the default one
   * @param onEvent takes each event as JSON text: `["name",...arguments]`
   */
  static connect(url: string, namespace: string, auth: object, onEvent: (payload: string) => void): Promise<RawSocket> {
    const prefix = namespace === '/' ? '' : `${namespace},`;
    const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
    });
    const raw = new RawSocket(socket, prefix, onEvent);
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('close', (code) => {
        reject(new Error(`The connection was closed (${code}).`));
        raw.#onClose();
      });
      socket.on('message', (data: Buffer) => {
        const text = data.toString('latin1', 0, 2);
        if (text === '42') raw.#onEvent(data.toString('utf8', 2 + prefix.length));
        else if (text === '43') raw.#acknowledged(data.toString('utf8', 2 + prefix.length));
        else if (text === '2') socket.send('3');
        else if (text[0] === '0') socket.send(`40${prefix}${JSON.stringify(auth)}`);
        else if (text === '40') {
          socket.off('error', reject);
          socket.on('error', () => {});
          resolve(raw);
        } else if (text === '44') reject(new Error(`Refused: ${data.toString('utf8')}`));
      });
    });
  }

  /** @param onAck takes the arguments of the acknowledgement as JSON text: `[...]` */
  send(name: string, input: string, onAck: OnAck): void {
    this.#lastId += 1;
    this.#acks.set(this.#lastId, onAck);
    this.#socket.send(`42${this.#prefix}${this.#lastId}["${name}",${input}]`);
  }

  /** Sends an event that asks for no acknowledgement. */
  emit(name: string, input: string): void {
    this.#socket.send(`42${this.#prefix}["${name}",${input}]`);
  }

  /** Sends a command and returns the parsed answer; throws where it is not `{ ok: true }`. */
  command(name: string, input: unknown): Promise<{ ok: true; data: unknown }> {
    return new Promise((resolve, reject) => {
      this.#onClose = () => reject(new Error('The connection was closed.'));
      this.send(name, JSON.stringify(input), (payload) => {
        const [answer] = JSON.parse(payload);
        if (answer.ok) resolve(answer);
        else reject(new Error(`${name}: ${payload}`));
      });
    });
  }

  close(): void {
    this.#socket.terminate();
  }

  #acknowledged(text: string): void {
    const at = text.indexOf('[');
    const id = Number(text.slice(0, at));
    const onAck = this.#acks.get(id);
    this.#acks.delete(id);
    onAck?.(text.slice(at));
  }
}
