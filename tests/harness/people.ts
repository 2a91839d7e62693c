import { io, type Socket } from 'socket.io-client';
import type { TestApp } from './start-app.ts';
import { until } from './until.ts';

/** An answer of the native door over REST. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
  readonly body: any;
}

/** Calls the native door as any HTTP client would. */
export async function rest(
  app: Pick<TestApp, 'url'>,
  method: string,
  path: string,
  options: { token?: string | undefined; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const response = await fetch(`${app.url}/v1${path}`, {
    method,
    headers: {
      ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
      ...(options.body !== undefined && { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(options.body !== undefined && {
      body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body),
    }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
}

type WireAnswer = { ok: true; data: unknown } | { ok: false; error: { message: string } };

/** An event as the native door's sockets get it. */
export interface WireEvent {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
  readonly data: any;
}

/** A socket of the native door with what it has received. */
export class Device {
  readonly socket: Socket;
  readonly events: WireEvent[] = [];
  #waiting: { matches: (event: WireEvent) => boolean; resolve: (event: WireEvent) => void }[] = [];

  readonly #closed: Promise<string>;

  constructor(socket: Socket) {
    this.socket = socket;
    this.#closed = new Promise((resolve) => socket.once('disconnect', resolve));
    socket.on('events', (batch: WireEvent[]) => {
      for (const event of batch) this.#receive(event);
    });
  }

  /**
   * Sends a command and returns the data of its answer; throws the error of a refusal.
   *
   * @param onAnswer gets the data in order with the events around it; a promise would tell of it later
   */
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
  command(name: string, input: unknown = {}, onAnswer?: (data: any) => void): Promise<any> {
    return new Promise((resolve, reject) => {
      this.socket.timeout(10_000).emit(name, input, (late: Error | null, answer: WireAnswer) => {
        if (late) return reject(late);
        if (!answer.ok) return reject(Object.assign(new Error(answer.error.message), answer.error));
        onAnswer?.(answer.data);
        resolve(answer.data);
      });
    });
  }

  /** The first event, received before or from now on, that matches. It is found once. */
  async next(type: string, matches: (data: WireEvent['data']) => boolean = () => true): Promise<WireEvent['data']> {
    const wanted = (event: WireEvent): boolean => event.type === type && matches(event.data);
    const index = this.events.findIndex(wanted);
    if (index >= 0) return (this.events.splice(index, 1)[0] as WireEvent).data;
    const event = await new Promise<WireEvent>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`No event ${type} within 10 s.`)), 10_000);
      const done = (found: WireEvent): void => {
        clearTimeout(timer);
        resolve(found);
      };
      this.#waiting.push({ matches: wanted, resolve: done });
    });
    return event.data;
  }

  /** Waits until everything that the server sent before now has arrived. */
  async settled(): Promise<void> {
    await this.command('unread.get');
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Why the connection was closed, as soon as it is. */
  get closed(): Promise<string> {
    return this.#closed;
  }

  close(): void {
    this.socket.disconnect();
  }

  #receive(event: WireEvent): void {
    const index = this.#waiting.findIndex(({ matches }) => matches(event));
    if (index < 0) this.events.push(event);
    else this.#waiting.splice(index, 1)[0]?.resolve(event);
  }
}

/** Connects a socket with a token and opens its live stream. */
export async function connect(
  app: Pick<TestApp, 'url'>,
  token: string,
  options: { sync?: boolean; transports?: ('websocket' | 'polling')[] } = {},
): Promise<Device> {
  const socket = io(`${app.url}/v1`, {
    auth: { token },
    transports: options.transports ?? ['websocket'],
    forceNew: true,
    reconnection: false,
  });
  const device = new Device(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  if (options.sync ?? true) await device.command('sync');
  return device;
}

/** A person who has signed in. */
export interface TestPerson {
  readonly id: string;
  readonly phone: string;
  readonly token: string;
  readonly refreshToken: string;
  readonly sessionId: string;
}

let lastPhone = 0;

/** A phone number that no other test of this process has. */
export function newPhone(): string {
  lastPhone += 1;
  return `+1555${String(100_0000 + lastPhone).padStart(7, '0')}`;
}

/** The code that the console SMS adapter printed last for a phone. */
export function codeFor(app: Pick<TestApp, 'printed'>, phone: string): string {
  const line = app.printed.findLast((printed) => printed.startsWith(`OTP for ${phone}: `));
  if (line === undefined) throw new Error(`No code was printed for ${phone}.`);
  return line.slice(-6);
}

/**
 * Signs in by phone and code, as a new person if no phone is given.
 *
 * @param options.tokens `opaque`: the token lives 30 days, for tests that put the clock forward
 */
export async function signIn(
  app: Pick<TestApp, 'url' | 'printed'>,
  options: { phone?: string; name?: string; deviceName?: string; tokens?: 'opaque' } = {},
): Promise<TestPerson> {
  const { phone = newPhone(), name = 'Test Person', deviceName, tokens: kind } = options;
  await rest(app, 'POST', '/codes', { body: { phone } });
  // From a server in a process of its own, the line may arrive after the answer.
  await until(`a code for ${phone} is printed`, () =>
    app.printed.some((line) => line.startsWith(`OTP for ${phone}: `)),
  );
  const code = codeFor(app, phone);
  const body = { phone, code, name, ...(deviceName !== undefined && { deviceName }), ...(kind && { tokens: kind }) };
  const answer = await rest(app, 'POST', '/sessions/by-code', { body });
  if (answer.status !== 201) throw new Error(`Sign-in failed: ${JSON.stringify(answer.body)}`);
  const { tokens, profile } = answer.body;
  return {
    id: profile.id,
    phone,
    token: tokens.accessToken,
    refreshToken: tokens.refreshToken,
    sessionId: tokens.sessionId,
  };
}

/** Makes an admin as the operator does, and signs in. */
export async function signInAdmin(app: Pick<TestApp, 'url' | 'app'>): Promise<TestPerson> {
  const phone = newPhone();
  const password = 'correct horse';
  await app.app.auth.createAccount({ name: 'Test Admin', login: phone, password, role: 'admin' });
  const { tokens, profile } = (await rest(app, 'POST', '/sessions/by-password', { body: { login: phone, password } }))
    .body;
  return {
    id: profile.id,
    phone,
    token: tokens.accessToken,
    refreshToken: tokens.refreshToken,
    sessionId: tokens.sessionId,
  };
}

/** Signs up with a password. */
export async function register(
  app: Pick<TestApp, 'url'>,
  body: { name?: string; email?: string; username?: string; password?: string; tokens?: string; deviceName?: string },
): Promise<Answer> {
  return rest(app, 'POST', '/accounts', { body: { name: 'Test Person', password: 'correct horse', ...body } });
}

/** A username that no other test of this process has. */
export function newUsername(): string {
  lastPhone += 1;
  return `user_${lastPhone}`;
}

/** The direct conversation of two people. */
export async function startDirect(app: Pick<TestApp, 'url'>, a: TestPerson, b: TestPerson): Promise<string> {
  const answer = await rest(app, 'POST', '/conversations/direct', { token: a.token, body: { personId: b.id } });
  return answer.body.conversation.id;
}
