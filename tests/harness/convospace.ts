import { DialectSocket } from './dialect-socket.ts';
import type { TestApp } from './start-app.ts';
import { until } from './until.ts';

/** What a request was answered with. */
export interface ConvospaceAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read what the wire brings
  readonly body: any;
}

/** A stand-in for the web client: it says what that says, also where it is odd. */
export class ConvospaceClient {
  readonly app: TestApp;
  token: string | null = null;
  refreshToken: string | null = null;
  /** Number of the person, once signed in. */
  id = 0;
  readonly sockets: ConvospaceSocket[] = [];

  constructor(app: TestApp) {
    this.app = app;
  }

  /** A request with JSON, and with the header that says so even where there is no body. */
  async request(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ConvospaceAnswer> {
    const response = await fetch(`${this.app.url}/convospace/api${path}`, {
      method,
      redirect: 'manual',
      headers: {
        'content-type': 'application/json',
        ...(this.token !== null && { authorization: `Bearer ${this.token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
  }

  get(path: string): Promise<ConvospaceAnswer> {
    return this.request('GET', path);
  }

  post(path: string, body?: unknown): Promise<ConvospaceAnswer> {
    return this.request('POST', path, body);
  }

  put(path: string, body?: unknown): Promise<ConvospaceAnswer> {
    return this.request('PUT', path, body);
  }

  delete(path: string): Promise<ConvospaceAnswer> {
    return this.request('DELETE', path);
  }

  /** The data of an answer that has to be good. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read what the wire brings
  async read(path: string): Promise<any> {
    return good(await this.get(path)).data;
  }

  /** The code that was last sent to a number, as the console shows it. */
  codeOf(phone: string): string {
    const line = this.app.printed.findLast((one) => one.startsWith(`OTP for ${phone}: `));
    const code = /: (\d{6})$/.exec(line ?? '')?.[1];
    if (code === undefined) throw new Error(`No code was sent to ${phone}.`);
    return code;
  }

  /** Signs in as the web client does: bare digits, and names from the form where it is asked for them. */
  async signIn(phone: string, names?: { readonly full_name: string; readonly username: string }): Promise<this> {
    good(await this.post('/auth/send-otp', { phone_number: phone, otp_type: 'login' }));
    const { data } = good(
      await this.post('/auth/verify-otp', { phone_number: phone, otp_code: this.codeOf(phone), ...names }),
    );
    this.token = data.token;
    this.refreshToken = data.refresh_token;
    this.id = data.user.id;
    return this;
  }

  /** The conversation with somebody. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read what the wire brings
  async talkTo(other: { readonly id: number }): Promise<any> {
    return good(await this.post('/conversations', { participant_id: other.id })).data;
  }

  /** Sends a text over REST. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read what the wire brings
  async say(conversationId: number, other: { readonly id: number }, text: string): Promise<any> {
    const message = { conversation_id: conversationId, receiver_id: other.id, message_text: text };
    return good(await this.post('/messages/send', message)).data;
  }

  /** Connects with the token of the session, or another one, and waits until it is connected. */
  async connect(options: { token?: string | null; transports?: readonly string[] } = {}): Promise<ConvospaceSocket> {
    const socket = new ConvospaceSocket(this.app.url, { token: options.token ?? this.token }, {}, options.transports);
    this.sockets.push(socket);
    await until('a socket is connected', () => socket.socket.connected);
    return socket;
  }

  close(): void {
    for (const socket of this.sockets) socket.close();
  }
}

/** The body of an answer that says that all is well. */
// biome-ignore lint/suspicious/noExplicitAny: tests read what the wire brings
export function good({ status, body }: ConvospaceAnswer): any {
  if (status >= 300 || body?.success !== true) throw new Error(`Answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** What clients show of a refusal: some read `error`, others `message`. */
export const refusal = (status: number, text: string) => ({
  status,
  body: { success: false, error: text, message: text },
});

/** A socket of a client of this door. */
export class ConvospaceSocket extends DialectSocket {
  constructor(
    url: string,
    auth: Readonly<Record<string, unknown>>,
    headers: Readonly<Record<string, string>> = {},
    transports?: readonly string[],
  ) {
    super(`${url}/convospace`, auth, headers, transports);
  }
}
