import { io, type Socket } from 'socket.io-client';
import { until } from './until.ts';

/** A socket of a dialect's client, which keeps everything that it gets. */
export class DialectSocket {
  readonly socket: Socket;
  /** Every event in the order in which it came. An event with more or less than one argument fails the test. */
  readonly received: { readonly name: string; readonly args: readonly unknown[] }[] = [];

  /** @param url origin and namespace */
  constructor(
    url: string,
    auth: Readonly<Record<string, unknown>>,
    headers: Readonly<Record<string, string>> = {},
    transports: readonly string[] = ['websocket'],
  ) {
    this.socket = io(url, {
      transports: [...transports],
      forceNew: true,
      reconnection: false,
      auth,
      extraHeaders: headers,
    });
    this.socket.onAny((name: string, ...args: unknown[]) => {
      if (args.length !== 1) throw new Error(`${name} came with ${args.length} arguments.`);
      this.received.push({ name, args });
    });
  }

  emit(name: string, data: object): void {
    this.socket.emit(name, data);
  }

  /** Emits and waits for the acknowledgement. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read what the wire brings
  ask(name: string, data: object): Promise<any> {
    return this.socket.timeout(10_000).emitWithAck(name, data);
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests read what the wire brings
  all(name: string): any[] {
    return this.received.filter((one) => one.name === name).map(({ args }) => args[0]);
  }

  /** The next event of a name that was not taken yet, and that fits. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read what the wire brings
  async next(name: string, fits: (data: any) => boolean = () => true): Promise<any> {
    const find = () => this.#untaken(name).find(({ args }) => fits(args[0]));
    await until(
      () => `${name} came; there were ${this.received.map((one) => one.name).join(', ')}`,
      () => !!find(),
    );
    const found = find();
    if (!found) throw new Error('It was there a moment ago.');
    this.#taken.add(found);
    return found.args[0];
  }

  /** What of a name came and was not taken. */
  untaken(name: string): readonly unknown[] {
    return this.#untaken(name).map(({ args }) => args[0]);
  }

  readonly #taken = new Set<object>();

  #untaken(name: string) {
    return this.received.filter((one) => one.name === name && !this.#taken.has(one));
  }

  close(): void {
    this.socket.disconnect();
  }
}
