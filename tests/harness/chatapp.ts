import { DialectSocket } from './dialect-socket.ts';
import type { TestApp } from './start-app.ts';

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

/** A socket of the mobile client. */
export class ChatappSocket extends DialectSocket {
  constructor(url: string, auth: Readonly<Record<string, unknown>>, headers: Readonly<Record<string, string>> = {}) {
    super(`${url}/chatapp`, auth, headers);
  }
}
