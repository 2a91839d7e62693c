import { readFileSync } from 'node:fs';
import { differences, fill, type Shapes, type Values, valueAt } from './fixture-match.ts';

/** A request of a fixture. Its path is below where the dialect is. */
export interface FixtureRequest {
  readonly method: string;
  readonly path: string;
  /** Other paths at which the same is answered. */
  readonly also?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** As JSON; a text is sent as it is. */
  readonly body?: unknown;
  /** Instead of a body: fields, and files by name of the field, the file and its bytes. */
  readonly form?: {
    readonly fields?: Readonly<Record<string, string>>;
    readonly files?: readonly { readonly field: string; readonly name: string; readonly bytes: string }[];
  };
}

/** An event that somebody is to get. */
export interface FixtureEvent {
  readonly to: string;
  readonly name: string;
  readonly data: unknown;
  readonly save?: Readonly<Record<string, string>>;
}

/**
 * One step of a conversation with a dialect, as data: what somebody does, and what is answered and told to whom. Steps may use
 * what those before them have saved: `{{chat}}`. How expectations are written, `differences` says.
 */
export interface Fixture {
  readonly name: string;
  /** Whose token and socket; without it, nobody's. */
  readonly as?: string;
  /** Seconds by which the clock is put forward, first of all. */
  readonly advance?: number;
  /** How often it is done; what is expected, the last time brings. */
  readonly repeat?: number;
  readonly request?: FixtureRequest;
  readonly emit?: { readonly event: string; readonly payload?: unknown; readonly ack?: unknown };
  /** Opens a socket with this handshake; with the own token, where `auth` is not given. */
  readonly connect?: { readonly auth?: object; readonly headers?: Readonly<Record<string, string>> };
  /** Closes the socket. */
  readonly disconnect?: true;
  readonly expect?: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, unknown>>;
    readonly body?: unknown;
  };
  readonly events?: readonly FixtureEvent[];
  /** Events that have not come to somebody when all the others have. */
  readonly silent?: readonly { readonly to: string; readonly name: string }[];
  /** Names for values of the answer, or of the acknowledgement, by their paths. */
  readonly save?: Readonly<Record<string, string>>;
}

/** A socket that keeps what it gets. */
export interface FixtureSocket {
  readonly received: readonly { readonly name: string; readonly args: readonly unknown[] }[];
  emit(name: string, data: object): void;
  ask(name: string, data: object): Promise<unknown>;
  /** The next event of a name that was not taken yet and that fits. */
  next(name: string, fits: (data: unknown) => boolean): Promise<unknown>;
  /** Events of a name that were not taken. */
  untaken(name: string): readonly unknown[];
  /**
   * Waits until all that was on its way has come. Of a socket that can, fixtures say everything that it gets, in the order in
   * which it comes.
   */
  settled?(): Promise<void>;
  close(): void;
}

/** The dialect that fixtures speak to. */
export interface FixtureDoor {
  /** Where its paths begin. */
  readonly base: string;
  readonly shapes: Shapes;
  /** Files that forms send, by name. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  headersOf(token: string | null): Readonly<Record<string, string>>;
  open(auth: object, headers: Readonly<Record<string, string>>): FixtureSocket;
  advance(milliseconds: number): void;
  /** A value that no fixture has saved, such as the code that was sent to a number. */
  lookUp(name: string): unknown;
  /** What holds of all that is answered and told. @returns what does not */
  always(value: unknown): readonly string[];
}

/** Reads the fixtures of a file. */
export const readFixtures = (url: URL): Fixture[] => JSON.parse(readFileSync(url, 'utf8'));

/** Plays fixtures in their order, against one server. */
export class FixtureRunner {
  readonly #door: FixtureDoor;
  readonly #saved = new Map<string, unknown>();
  readonly #sockets = new Map<string, FixtureSocket>();
  readonly #closed: FixtureSocket[] = [];
  /** What came though no fixture says so: one of them fails by it. */
  readonly #reported = new Set<unknown>();
  readonly values: Values = (name) => (this.#saved.has(name) ? this.#saved.get(name) : this.#door.lookUp(name));

  constructor(door: FixtureDoor) {
    this.#door = door;
  }

  save(name: string, value: unknown): void {
    this.#saved.set(name, value);
  }

  /** @throws Error with everything that is not as expected */
  async run(fixture: Fixture): Promise<void> {
    const { as = '', advance, repeat = 1, request, emit, connect } = fixture;
    if (advance !== undefined) this.#door.advance(advance * 1_000);
    if (connect) this.#connect(as, connect);
    if (fixture.disconnect) this.socketOf(as).close();
    for (let time = 1; time <= repeat; time += 1) {
      const last = time === repeat;
      if (request) {
        for (const path of [request.path, ...(request.also ?? [])]) await this.#request(fixture, path, last);
      }
      if (emit) await this.#emit(fixture, emit, last);
    }
    const taken = new Map<string, number>();
    for (const event of fixture.events ?? []) {
      const place = await this.#expectEvent(event);
      if (this.socketOf(event.to).settled && place < (taken.get(event.to) ?? 0)) {
        throw new Error(`${event.name} came to ${event.to} before what should come first.`);
      }
      taken.set(event.to, place);
    }
    for (const [to, socket] of this.#sockets) await this.#expectNoMore(to, socket);
    for (const { to, name } of fixture.silent ?? []) {
      const told = this.socketOf(to).untaken(name);
      if (told.length > 0) throw new Error(`${to} got ${name}: ${JSON.stringify(told)}`);
    }
  }

  socketOf(as: string): FixtureSocket {
    const socket = this.#sockets.get(as);
    if (!socket) throw new Error(`${as} has no socket.`);
    return socket;
  }

  /** Everything that any socket got, in no order between sockets. */
  received(): { name: string; data: unknown }[] {
    return [...this.#closed, ...this.#sockets.values()].flatMap(({ received }) =>
      received.map(({ name, args }) => ({ name, data: args[0] })),
    );
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.close();
  }

  #tokenOf = (as: string): string | null => (as === '' ? null : String(this.values(`${as}.token`)));

  #connect(as: string, { auth, headers = {} }: NonNullable<Fixture['connect']>): void {
    const former = this.#sockets.get(as);
    if (former) {
      former.close();
      this.#closed.push(former);
    }
    const handshake = auth ? fill(auth, this.values) : { token: this.#tokenOf(as) };
    const socket = this.#door.open(handshake as object, fill(headers, this.values) as Record<string, string>);
    this.#sockets.set(as, socket);
  }

  async #request({ as = '', request, expect, save }: Fixture, path: string, last: boolean): Promise<void> {
    const { method = 'GET', headers = {}, body, form } = request ?? {};
    const filled = body === undefined ? undefined : fill(body, this.values);
    const response = await fetch(`${this.#door.base}${fill(path, this.values)}`, {
      method,
      redirect: 'manual',
      headers: {
        ...this.#door.headersOf(this.#tokenOf(as)),
        ...(!form && { 'content-type': 'application/json' }),
        ...(fill(headers, this.values) as Record<string, string>),
      },
      ...(filled !== undefined && { body: typeof filled === 'string' ? filled : JSON.stringify(filled) }),
      ...(form && { body: this.#formOf(form) }),
    });
    const text = await response.text();
    if (!last) return;
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    const answer = isJson && text !== '' ? JSON.parse(text) : text;
    const { status = 200, headers: expected = {}, body: expectedBody } = expect ?? {};
    const wrong = [
      ...(response.status === status ? [] : [`status is ${response.status} and not ${status}`]),
      ...Object.entries(expected).flatMap(([name, value]) =>
        differences(response.headers.get(name), value, this.#context, `header ${name}`),
      ),
      ...(expectedBody === undefined ? [] : differences(answer, expectedBody, this.#context, 'body')),
      ...this.#door.always(answer),
    ];
    if (wrong.length > 0) throw new Error(`${method} ${path}: ${wrong.join('\n')}\nin ${text.slice(0, 3_000)}`);
    this.#keep(save, answer);
  }

  async #emit({ as = '', save }: Fixture, emit: NonNullable<Fixture['emit']>, last: boolean): Promise<void> {
    const payload = fill(emit.payload ?? {}, this.values) as object;
    if (!last || emit.ack === undefined) {
      this.socketOf(as).emit(emit.event, payload);
      return;
    }
    const answer = await this.socketOf(as).ask(emit.event, payload);
    const wrong = [...differences(answer, emit.ack, this.#context, 'ack'), ...this.#door.always(answer)];
    if (wrong.length > 0) throw new Error(`${emit.event}: ${wrong.join('\n')}\nin ${JSON.stringify(answer)}`);
    this.#keep(save, answer);
  }

  /** @returns its place among all that came to the socket */
  async #expectEvent({ to, name, data, save }: FixtureEvent): Promise<number> {
    const socket = this.socketOf(to);
    const wrong = (got: unknown) => [...differences(got, data, this.#context, 'data'), ...this.#door.always(got)];
    try {
      const got = await socket.next(name, (one) => wrong(one).length === 0);
      this.#keep(save, got);
      return socket.received.findIndex(({ args }) => args[0] === got);
    } catch {
      const others = socket.untaken(name).map((got) => `${wrong(got).join('\n')}\nin ${JSON.stringify(got)}`);
      const came = socket.received.map((one) => one.name).slice(-15);
      throw new Error(`${to} did not get ${name}; last came ${came.join(', ')}\n${others.join('\n')}`);
    }
  }

  async #expectNoMore(to: string, socket: FixtureSocket): Promise<void> {
    if (!socket.settled) return;
    await socket.settled();
    const names = [...new Set(socket.received.map(({ name }) => name))];
    const more = names.flatMap((name) => {
      const left = socket.untaken(name).filter((data) => !this.#reported.has(data));
      for (const data of left) this.#reported.add(data);
      return left.map((data) => `${name} ${JSON.stringify(data)}`);
    });
    if (more.length > 0) throw new Error(`${to} got what no fixture says: ${more.join('\n')}`);
  }

  #keep(save: Fixture['save'], from: unknown): void {
    for (const [name, path] of Object.entries(save ?? {})) {
      const value = valueAt(from, path);
      if (value === undefined) throw new Error(`There is no ${path} to save.`);
      this.#saved.set(name, value);
    }
  }

  #formOf({ fields = {}, files = [] }: NonNullable<FixtureRequest['form']>): FormData {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, String(fill(value, this.values)));
    for (const { field, name, bytes } of files) {
      const content = this.#door.files[bytes];
      if (!content) throw new Error(`There is no file ${bytes}.`);
      form.append(field, new Blob([content as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' }), name);
    }
    return form;
  }

  get #context() {
    return { values: this.values, shapes: this.#door.shapes };
  }
}
