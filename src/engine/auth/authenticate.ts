import { LRUCache } from 'lru-cache';
import { accountSuspended, isSuspended } from '../people/index.ts';
import type { Actor } from '../shared/actor.ts';
import { minute, second } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { GroupCommit } from '../shared/group-commit.ts';
import { verifyAccessToken } from './access-token.ts';
import type { AuthDeps } from './deps.ts';
import { sessionStyles } from './open-session.ts';
import { hashToken } from './secrets.ts';
import { type SessionState, sessionStateById, sessionStateByToken, touchSessions } from './store.ts';

/** Revocations arrive over the bus at once; should the bus be down, a node believes its memory no longer than this. */
const rememberFor = 15 * second;
const touchEvery = 10 * minute;

/**
 * Turns tokens into actors. Keeps what it has read for a moment, so that a busy client costs no query a request.
 */
export class Authenticator {
  readonly #deps: AuthDeps;
  /** By session id, or by the hash of an opaque token. */
  readonly #sessions: LRUCache<string, { state: SessionState; readAt: number }>;
  /** Access tokens whose signature was checked. */
  readonly #verified = new LRUCache<string, { sessionId: string; expiresAt: number }>({ max: 20_000 });
  readonly #touches: GroupCommit<string, undefined>;
  /** Counts calls of `forget`, so that a state read before one is not remembered after it. */
  #generation = 0;

  constructor(deps: AuthDeps) {
    this.#deps = deps;
    this.#sessions = new LRUCache({ max: 50_000 });
    this.#touches = new GroupCommit({
      maxBatch: 500,
      maxWaiting: 10_000,
      commit: async (ids) => {
        const now = deps.clock.now();
        const expiresAt = new Date(now + sessionStyles.opaque.lifetimeSeconds * second);
        await deps.database.write((unit) => touchSessions(unit, [...new Set(ids)], new Date(now), expiresAt));
        return ids.map(() => undefined);
      },
    });
  }

  /**
   * @param token a JWT access token or an opaque session token
   * @throws EngineError `unauthenticated`, `token_expired`, `session_revoked`, `account_suspended`
   */
  async authenticate(token: string): Promise<Actor> {
    return (await this.admit(token)).actor;
  }

  /**
   * As {@link authenticate}, and says until when the token is good, for what stays connected.
   *
   * @throws EngineError `unauthenticated`, `token_expired`, `session_revoked`, `account_suspended`
   */
  async admit(token: string): Promise<{ readonly actor: Actor; readonly expiresAt: number }> {
    const jwt = token.includes('.') ? await this.#verify(token) : null;
    const key = jwt ? jwt.sessionId : hashToken(token);
    const state = await this.#state(key, jwt !== null);
    const now = this.#deps.clock.now();
    if (!state) throw new EngineError('unauthenticated', 'The token is not known.');
    // Its sessions are revoked too; this says why, and until when.
    if (state.deleted_at === null && isSuspended(state, now)) throw accountSuspended(state);
    if (state.revoked_at !== null || state.deleted_at !== null) {
      const details = state.deleted_at === null ? {} : { account: 'deleted' };
      throw new EngineError('session_revoked', 'The session has been ended. Sign in again.', details);
    }
    const expiresAt = jwt ? Math.min(jwt.expiresAt, state.expires_at.getTime()) : state.expires_at.getTime();
    if (expiresAt <= now) throw new EngineError('token_expired', 'The token has expired.');
    if (now - state.last_used_at.getTime() > touchEvery) {
      this.#sessions.delete(key);
      this.#touches.add(state.id).catch(() => {}); // only tells when the device was last seen
    }
    return { actor: { personId: state.person_id, sessionId: state.id, role: state.role }, expiresAt };
  }

  /** Drops what is remembered, of these sessions or of all. */
  forget(sessionIds?: readonly string[]): void {
    this.#generation += 1;
    if (!sessionIds) {
      this.#sessions.clear();
      return;
    }
    const gone = new Set(sessionIds);
    for (const [key, { state }] of this.#sessions.entries()) if (gone.has(state.id)) this.#sessions.delete(key);
  }

  /** Waits for writes in the background. */
  async idle(): Promise<void> {
    await this.#touches.idle();
  }

  async #verify(token: string): Promise<{ sessionId: string; expiresAt: number }> {
    let known = this.#verified.get(token);
    if (!known) {
      known = await verifyAccessToken(this.#deps.keys.accessToken, this.#deps.clock, token);
      this.#verified.set(token, known);
    }
    return known;
  }

  async #state(key: string, byId: boolean): Promise<SessionState | undefined> {
    const now = this.#deps.clock.now();
    const remembered = this.#sessions.get(key);
    if (remembered && now - remembered.readAt < rememberFor) return remembered.state;
    const generation = this.#generation;
    const state = await this.#deps.database.read((reader) =>
      byId ? sessionStateById(reader, key) : sessionStateByToken(reader, key),
    );
    if (state && generation === this.#generation) this.#sessions.set(key, { state, readAt: now });
    return state;
  }
}
