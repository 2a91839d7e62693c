import { io, type Socket } from 'socket.io-client';
import type { TestApp } from './start-app.ts';
import { until } from './until.ts';

/** What a request was answered with. */
export interface ChatappAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read what the wire brings
  readonly body: any;
}

/** A stand-in for the mobile client: it says what that says, also where it is odd. */
export class ChatappClient {
  readonly app: TestApp;
  /** As the client of the app: it gets lists as they are. */
  userAgent = 'Dart/3.4 (dart:io)';
  token: string | null = null;
  refreshToken: string | null = null;
  /** Id of the person, once signed in. */
  id = '';
  readonly sockets: ChatappSocket[] = [];

  constructor(app: TestApp) {
    this.app = app;
  }

  /** A request with JSON, and with the header that says so even where there is no body. */
  async request(method: string, path: string, body?: unknown): Promise<ChatappAnswer> {
    const response = await fetch(`${this.app.url}/chatapp/api${path}`, {
      method,
      redirect: 'manual',
      headers: {
        'content-type': 'application/json',
        'user-agent': this.userAgent,
        ...(this.token !== null && { authorization: `Bearer ${this.token}` }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
  }

  get(path: string): Promise<ChatappAnswer> {
    return this.request('GET', path);
  }

  post(path: string, body?: unknown): Promise<ChatappAnswer> {
    return this.request('POST', path, body);
  }

  put(path: string, body?: unknown): Promise<ChatappAnswer> {
    return this.request('PUT', path, body);
  }

  delete(path: string, body?: unknown): Promise<ChatappAnswer> {
    return this.request('DELETE', path, body);
  }

  /** Uploads one file in a part that says nothing of its type. */
  async upload(
    path: string,
    file: { readonly name: string; readonly bytes: Uint8Array },
    fields: Readonly<Record<string, string>> = {},
    field = 'file',
  ): Promise<ChatappAnswer> {
    const form = new FormData();
    for (const [key, value] of Object.entries(fields)) form.append(key, value);
    form.append(
      field,
      new Blob([file.bytes as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' }),
      file.name,
    );
    const response = await fetch(`${this.app.url}/chatapp/api${path}`, {
      method: 'POST',
      headers: { 'user-agent': this.userAgent, ...(this.token !== null && { authorization: `Bearer ${this.token}` }) },
      body: form,
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  /** The code that was last sent to a number, as the console adapter printed it. */
  codeOf(phone: string): string {
    const line = this.app.printed.findLast((one) => one.includes(`OTP for ${phone}:`));
    const code = /: (\d{6})/.exec(line ?? '')?.[1];
    if (code === undefined) throw new Error(`No code was sent to ${phone}.`);
    return code;
  }

  /** Signs in as the client does: the national number first, the whole one with the code. */
  async signIn(countryCode: string, national: string, displayName?: string): Promise<this> {
    const phone = `${countryCode}${national}`;
    const sent = await this.post('/auth/send-otp', { phoneNumber: national, countryCode });
    if (sent.status !== 200) throw new Error(`No code: ${JSON.stringify(sent.body)}`);
    const signed = await this.post('/auth/verify-otp', { phoneNumber: phone, otp: this.codeOf(phone) });
    if (signed.status !== 200) throw new Error(`Not signed in: ${JSON.stringify(signed.body)}`);
    this.token = signed.body.data.token;
    this.refreshToken = signed.body.data.refreshToken;
    this.id = signed.body.data.user._id;
    if (displayName !== undefined) {
      const completed = await this.post('/auth/complete-profile', { displayName, bio: null, username: null });
      if (completed.status !== 200) throw new Error(`No profile: ${JSON.stringify(completed.body)}`);
    }
    return this;
  }

  /** Connects over a WebSocket, with the token in the handshake, and waits for the greeting. */
  async connect(): Promise<ChatappSocket> {
    const socket = new ChatappSocket(this.app.url, { token: this.token });
    this.sockets.push(socket);
    await socket.next('authenticated');
    return socket;
  }

  close(): void {
    for (const socket of this.sockets) socket.close();
  }
}

/** A socket that keeps everything that it gets. */
export class ChatappSocket {
  readonly socket: Socket;
  /** Every event in the order in which it came. An event with more or less than one argument fails the test. */
  readonly received: { readonly name: string; readonly args: readonly unknown[] }[] = [];

  constructor(url: string, auth: Readonly<Record<string, unknown>>, headers: Readonly<Record<string, string>> = {}) {
    this.socket = io(`${url}/chatapp`, {
      transports: ['websocket'],
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
