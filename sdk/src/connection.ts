import { io, type Socket } from 'socket.io-client';
import { backoff, pause } from './backoff.ts';
import { fromWire, ParleyError, retryAfter, type WireError } from './errors.ts';
import type { Operations, WireEvent } from './generated/protocol.ts';
import type { OperationName, ServerAddress } from './rest.ts';
import { isOver, type Session } from './session.ts';

type Answer = { readonly ok: true; readonly data: unknown } | { readonly ok: false; readonly error: WireError };

/** How long an answer to a command is waited for. */
const answerWithin = 10_000;

export interface ConnectionHooks {
  /** A connection is there; nothing flows before its first sync. */
  readonly opened: () => void;
  /** The connection is gone; another one is tried for. */
  readonly lost: () => void;
  /** Events, in the order of the server. */
  readonly received: (events: readonly WireEvent[]) => void;
}

/** The socket of somebody who is signed in. It comes back by itself until it is closed. */
export class Connection {
  readonly #session: Session;
  readonly #socket: Socket;
  readonly #closing = new AbortController();
  #token: string | null = null;
  #ended = false;
  #attempt = 0;

  constructor(address: ServerAddress, session: Session, hooks: ConnectionHooks) {
    this.#session = session;
    this.#socket = io(address.namespace, {
      path: address.socketPath,
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      forceNew: true,
      autoConnect: false,
      reconnectionDelay: 250,
      reconnectionDelayMax: 5_000,
      randomizationFactor: 0.5,
      timeout: 10_000,
      auth: (send) => {
        this.#token = session.token;
        send({ token: this.#token });
      },
    });
    this.#socket.on('connect', () => {
      this.#attempt = 0;
      hooks.opened();
    });
    this.#socket.on('events', (events: readonly WireEvent[]) => {
      for (const event of events) if (event.type === 'session.ended') this.#end(event.data.reason);
      if (!this.#closing.signal.aborted) hooks.received(events);
    });
    this.#socket.on('disconnect', (reason) => {
      if (this.#closing.signal.aborted) return;
      hooks.lost();
      // Socket.IO takes this one for final; only the end of the session is.
      if (reason === 'io server disconnect' && !this.#ended) void this.#again(null);
    });
    this.#socket.on('connect_error', (error: Error & { data?: WireError }) => {
      if (!this.#socket.active && !this.#closing.signal.aborted) {
        void this.#again(typeof error.data?.code === 'string' ? fromWire(error.data) : null);
      }
    });
  }

  get connected(): boolean {
    return this.#socket.connected;
  }

  open(): void {
    this.#socket.connect();
  }

  close(): void {
    this.#closing.abort();
    this.#socket.disconnect();
  }

  /** Cuts the transport as a failing network would. */
  drop(): void {
    this.#socket.io.engine?.close();
  }

  /**
   * Sends a command. It is never kept for later: without an answer nobody knows whether it was done.
   *
   * @throws ParleyError the server's refusal, or `offline`
   */
  async command<Name extends OperationName>(
    name: Name,
    input: Operations[Name]['input'],
  ): Promise<Operations[Name]['output']> {
    if (!this.#socket.connected) throw new ParleyError('offline', 'There is no connection.');
    let answer: Answer;
    try {
      answer = await this.#socket.timeout(answerWithin).emitWithAck(name, input);
    } catch {
      throw new ParleyError('offline', `There was no answer to ${name}.`);
    }
    if (!answer.ok) throw fromWire(answer.error);
    return answer.data as Operations[Name]['output'];
  }

  /** Connects again after a refusal that Socket.IO does not repeat by itself. */
  async #again(refusal: ParleyError | null): Promise<void> {
    if (refusal && isOver(refusal)) return this.#end(refusal.code);
    this.#attempt += 1;
    if (refusal?.code === 'token_expired' && this.#attempt === 1) {
      // What comes of it is seen by connecting: with a new token, or with the old one once more.
      await this.#session.refresh(this.#token).catch(() => {});
    } else {
      await pause(Math.max(retryAfter(refusal), backoff(this.#attempt)), this.#closing.signal);
      if (refusal?.code === 'token_expired') await this.#session.refresh(this.#token).catch(() => {});
    }
    if (!this.#closing.signal.aborted && !this.#ended) this.#socket.connect();
  }

  #end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#session.refused(reason);
  }
}
