import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';

/** What every scanner finds and nobody needs to fear: https://www.eicar.org. Not written as one, or this file would be found. */
export const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE', '!$H+H*'].join('');

export interface FakeClamdOptions {
  /** As StreamMaxLength in clamd.conf, in bytes. */
  readonly streamMaxLength?: number;
  /** Breaks the connection after so many bytes of a stream. */
  readonly dieAfter?: number;
  /** Answers this to every stream, as soon as it has begun. */
  readonly earlyAnswer?: string;
  /** Takes all and never answers. */
  readonly silent?: boolean;
  /** Listens at this path, and not at a port. */
  readonly path?: string;
}

/**
 * Speaks the part of clamd's protocol that is used, strictly: commands begin with `z` or `n` and end with NUL or a line
 * feed, as do the answers; streams are chunks, each behind its length, to the one of length 0.
 */
export class FakeClamd {
  readonly #server: Server;
  readonly #options: FakeClamdOptions;
  readonly #sockets = new Set<Socket>();
  /** Sizes of the streams that have come to their end, in bytes. */
  readonly streams: number[] = [];
  /** What was not as the protocol says. */
  readonly violations: string[] = [];

  private constructor(options: FakeClamdOptions) {
    this.#options = options;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {}); // the other side may break it
      this.#serve(socket).catch((error: Error) => this.violations.push(error.message));
    });
  }

  static async start(options: FakeClamdOptions = {}): Promise<FakeClamd> {
    const fake = new FakeClamd(options);
    fake.#server.listen(options.path === undefined ? { port: 0, host: '127.0.0.1' } : { path: options.path });
    await once(fake.#server, 'listening');
    return fake;
  }

  get address(): { host: string; port: number } | { path: string } {
    if (this.#options.path !== undefined) return { path: this.#options.path };
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(socket: Socket): Promise<void> {
    const input = new Input(socket);
    const form = await input.take(1);
    if (!form) return;
    const end = { z: '\0', n: '\n' }[form.toString('latin1')];
    if (end === undefined) throw new Error(`a command begins with ${form.toString('hex')}`);
    const command = await input.takeTo(end);
    const reply = (text: string): unknown => socket.end(`${text}${end}`, 'latin1');
    if (command === 'PING') return void reply('PONG');
    if (command !== 'INSTREAM') {
      this.violations.push(`unknown command ${command}`);
      return void reply('UNKNOWN COMMAND');
    }
    await this.#stream(input, socket, reply);
  }

  async #stream(input: Input, socket: Socket, reply: (text: string) => unknown): Promise<void> {
    const {
      streamMaxLength = 25 * 1024 * 1024,
      dieAfter = Number.POSITIVE_INFINITY,
      earlyAnswer,
      silent,
    } = this.#options;
    if (earlyAnswer !== undefined) return void reply(earlyAnswer);
    let [size, tail, found] = [0, '', false];
    for (;;) {
      const length = (await input.take(4))?.readUInt32BE();
      if (length === undefined) return;
      if (length === 0) break;
      size += length;
      if (size > streamMaxLength) return void reply('INSTREAM size limit exceeded. ERROR');
      const chunk = await input.take(length);
      if (!chunk) return;
      if (size > dieAfter) return void socket.destroy();
      const text = tail + chunk.toString('latin1');
      found ||= text.includes(eicar);
      tail = text.slice(-eicar.length);
    }
    if (input.rest > 0) this.violations.push('bytes behind the end of a stream');
    this.streams.push(size);
    if (!silent) reply(found ? 'stream: Eicar-Signature FOUND' : 'stream: OK');
  }
}

/** Bytes of a connection, as many as one asks for. */
class Input {
  readonly #pieces: AsyncIterator<Buffer>;
  #held = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.#pieces = socket[Symbol.asyncIterator]();
  }

  get rest(): number {
    return this.#held.length;
  }

  /** null where the connection ends before. */
  async take(length: number): Promise<Buffer | null> {
    while (this.#held.length < length) if (!(await this.#more())) return null;
    const taken = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return taken;
  }

  async takeTo(end: string): Promise<string> {
    while (!this.#held.includes(end)) if (!(await this.#more())) return '';
    const length = this.#held.indexOf(end);
    return ((await this.take(length + 1)) as Buffer).toString('latin1', 0, length);
  }

  async #more(): Promise<boolean> {
    const next = await this.#pieces.next().catch(() => ({ done: true, value: undefined }) as const);
    if (next.done) return false;
    this.#held = Buffer.concat([this.#held, next.value as Buffer]);
    return true;
  }
}
