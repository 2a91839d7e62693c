import { backoff, pause } from './backoff.ts';
import { mayPass, ParleyError } from './errors.ts';
import type { Operations, OwnProfile, SignedIn, Tokens } from './generated/protocol.ts';
import { randomId } from './random-id.ts';
import { callRest, type OperationName, type ServerAddress, streamRest } from './rest.ts';
import type { ClientStorage } from './storage.ts';

/** What is stored of somebody who is signed in. */
interface StoredSession {
  readonly profile: OwnProfile;
  readonly tokens: Tokens;
  /**
   * Part of the `requestKey` of each refresh. Stored before the first one, so that a refresh is repeated with the same
   * key by whoever repeats it: this process after a lost answer, the next one after a kill, or another tab.
   */
  readonly refreshKey: string;
}

const storageKey = 'session';
/** How long before its end a token is replaced. */
const margin = 60_000;
/** Codes that say that the session is over. */
const over: ReadonlySet<string> = new Set([
  'session_revoked',
  'account_suspended',
  'unauthenticated',
  'refresh_token_invalid',
  'refresh_token_reused',
]);

/** Whether the server has said that this session will never work again. */
export const isOver = (error: unknown): boolean => error instanceof ParleyError && over.has(error.code);

export interface SessionHooks {
  /** The session is over; `reason` is the code of the server. */
  readonly ended: (reason: string) => void;
}

/**
 * The tokens of the person who is signed in. One refresh at a time, before a token ends and when the server says that
 * it has ended: what the machine's clock says is never believed over the server.
 */
export class Session {
  readonly #address: ServerAddress;
  readonly #storage: ClientStorage;
  readonly #hooks: SessionHooks;
  readonly #closing: AbortSignal;
  #stored: StoredSession | null = null;
  #refreshing: Promise<void> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(address: ServerAddress, storage: ClientStorage, hooks: SessionHooks, closing: AbortSignal) {
    this.#address = address;
    this.#storage = storage;
    this.#hooks = hooks;
    this.#closing = closing;
    closing.addEventListener('abort', () => clearTimeout(this.#timer), { once: true });
  }

  /** The person who is signed in, as last seen. */
  get profile(): OwnProfile | null {
    return this.#stored?.profile ?? null;
  }

  get token(): string | null {
    return this.#stored?.tokens.accessToken ?? null;
  }

  /** Takes the session that an earlier process has left. */
  async restore(): Promise<void> {
    this.#stored = await this.#read();
  }

  async begin({ profile, tokens }: SignedIn): Promise<void> {
    await this.#store({ profile, tokens, refreshKey: randomId() });
    this.#refreshInTime();
  }

  async setProfile(profile: OwnProfile): Promise<void> {
    if (this.#stored) await this.#store({ ...this.#stored, profile });
  }

  /** Forgets the session here. */
  async forget(): Promise<void> {
    clearTimeout(this.#timer);
    this.#stored = null;
    await this.#storage.remove(storageKey);
  }

  /**
   * Calls an operation over REST as the person; with a new token where the old one has expired.
   *
   * @throws ParleyError
   */
  call<Name extends OperationName>(name: Name, input: Operations[Name]['input']) {
    return this.withToken((token) => this.callAs(name, input, token));
  }

  /** The same for an operation whose answer is long: it is passed on as it comes. */
  stream<Name extends OperationName>(name: Name, input: Operations[Name]['input']) {
    return this.withToken((token) => streamRest(this.#address, name, input, { token, signal: this.#closing }));
  }

  /** Calls an operation with a certain token, or none. */
  callAs<Name extends OperationName>(name: Name, input: Operations[Name]['input'], token: string | null) {
    return callRest(this.#address, name, input, { token, signal: this.#closing });
  }

  /**
   * Does something with the access token; again with a new one where it has expired.
   *
   * @throws ParleyError
   */
  async withToken<Answer>(call: (token: string) => Promise<Answer>): Promise<Answer> {
    const { token } = this;
    if (token === null) throw signedOut();
    try {
      return await call(token);
    } catch (error) {
      await this.renewAfter(error, token);
    }
    if (this.token === null) throw signedOut();
    return call(this.token);
  }

  /**
   * Draws the consequences of what the server said to a token. Returns where there is a new one, with which the same can
   * be tried again.
   *
   * @throws that error, where another token does not help
   */
  async renewAfter(error: unknown, token: string): Promise<void> {
    if (isOver(error)) this.#end((error as ParleyError).code, token);
    if (!(error instanceof ParleyError) || error.code !== 'token_expired') throw error;
    await this.refresh(token);
  }

  /**
   * Replaces the tokens. Calls while one is under way wait for that one.
   *
   * @param used the access token that was refused; nothing is done where another has taken its place
   * @throws ParleyError `offline` and the like, where it may be tried again; `signed_out`
   */
  refresh(used: string | null): Promise<void> {
    if (used !== null && used !== this.token) return Promise.resolve();
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** The server has refused the session over the socket. */
  refused(reason: string): void {
    this.#end(reason, this.token);
  }

  async #refresh(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      // Another tab or process on this storage may have been faster; its tokens are as good as new ones.
      const held = this.#stored;
      const stored = await this.#read();
      if (!held || this.#stored !== held) throw signedOut();
      if (stored && stored.profile.id === held.profile.id && stored.tokens.refreshToken !== held.tokens.refreshToken) {
        this.#stored = stored;
        return this.#refreshInTime();
      }
      const { refreshToken, accessToken } = held.tokens;
      if (refreshToken === null) {
        this.#end('token_expired', accessToken);
        throw new ParleyError('signed_out', 'The session has ended.');
      }
      try {
        const requestKey = `${held.refreshKey}.${refreshToken.slice(-8)}`;
        const tokens = await this.callAs('sessions.refresh', { refreshToken, requestKey }, null);
        if (this.#stored !== held) throw signedOut();
        await this.#store({ ...held, tokens });
        return this.#refreshInTime();
      } catch (error) {
        if (isOver(error)) this.#end((error as ParleyError).code, accessToken);
        if (!mayPass(error) || isOver(error) || attempt === 3 || this.#closing.aborted) throw error;
        await pause(backoff(attempt), this.#closing);
      }
    }
  }

  /** Ends the session, unless the token that was refused is no longer the current one. */
  #end(reason: string, token: string | null): void {
    if (!this.#stored || this.#stored.tokens.accessToken !== token) return;
    clearTimeout(this.#timer);
    this.#stored = null;
    this.#hooks.ended(reason);
  }

  #refreshInTime(): void {
    clearTimeout(this.#timer);
    const token = this.token;
    const lifetime = token === null ? null : lifetimeOf(token);
    if (lifetime === null || this.#closing.aborted) return;
    this.#timer = setTimeout(
      () => {
        // What comes of it is seen when the token is next used.
        this.refresh(token).catch(() => {});
      },
      Math.max(lifetime - margin, lifetime / 2),
    );
    // Only Node has it: a timer alone should not keep a process alive.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  async #store(session: StoredSession): Promise<void> {
    this.#stored = session;
    await this.#storage.set(storageKey, JSON.stringify(session));
  }

  async #read(): Promise<StoredSession | null> {
    const text = await this.#storage.get(storageKey);
    return text === null ? null : (JSON.parse(text) as StoredSession);
  }
}

const signedOut = (): ParleyError => new ParleyError('signed_out', 'Sign in first.');

/** How long a JWT is valid by its own claims, in milliseconds, whatever the time here is; null for other tokens. */
function lifetimeOf(token: string): number | null {
  try {
    const payload = token.split('.')[1] ?? '';
    const { iat, exp } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    return Number.isFinite(exp - iat) ? (exp - iat) * 1_000 : null;
  } catch {
    return null;
  }
}
