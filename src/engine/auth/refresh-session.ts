import { accountSuspended, findPerson, isSuspended } from '../people/index.ts';
import type { Origin } from '../shared/actor.ts';
import { second } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import type { AuthDeps } from './deps.ts';
import { limits } from './limits.ts';
import { type RotatingStyle, rotatingTokens, type SessionTokens } from './open-session.ts';
import { announceRevoked } from './revoke-session.ts';
import { hashToken, nextRefreshToken, randomToken } from './secrets.ts';
import {
  findRefreshToken,
  insertRefreshToken,
  revokeSessions,
  sessionStateById,
  touchSessions,
  useRefreshToken,
} from './store.ts';

export interface RefreshRequest {
  readonly refreshToken: string;
  /**
   * Chosen by the client at random for one refresh, and sent again when it repeats it because the answer was lost. The
   * repetition gets the same answer instead of counting as reuse, until the new token is used. Without it, every second
   * use counts.
   */
  readonly requestKey?: string | undefined;
}

/** Stands for the request key where a style lets uses be repeated. Too short for one that a client has chosen. */
const replayKey = 'replay';

/**
 * Exchanges a refresh token for new tokens. It is good for one use; a second one means that somebody has a copy, so it
 * ends the session for both (RFC 9700, 4.14.2). What the style lets be repeated gets the very same tokens as the first time.
 *
 * @throws EngineError `refresh_token_invalid`, `refresh_token_reused`, `session_revoked`, `account_suspended`,
 * `rate_limited`
 */
export const refreshSession =
  (deps: AuthDeps) =>
  async (input: RefreshRequest, origin: Origin, style: RotatingStyle): Promise<SessionTokens> => {
    await deps.limiter.consume(limits.refreshPerIp, origin.ip);
    const now = deps.clock.now();
    const at = new Date(now);
    const hash = hashToken(input.refreshToken);
    const { replaySeconds } = style;
    const requestKey = replaySeconds === undefined ? (input.requestKey ?? null) : replayKey;
    const outcome = await deps.database.write(async (unit) => {
      const used = await useRefreshToken(unit, hash, requestKey, at);
      const token = used ?? (await findRefreshToken(unit, hash));
      if (!token) return 'refresh_token_invalid' as const;
      const session = await sessionStateById(unit, token.session_id);
      const person = session && (await findPerson(unit, session.person_id));
      if (!session || !person || session.expires_at.getTime() <= now) return 'refresh_token_invalid' as const;
      if (person.deleted_at === null && isSuspended(person, now)) return accountSuspended(person);
      if (session.revoked_at !== null || person.deleted_at !== null) return 'session_revoked' as const;

      const next =
        requestKey === null ? randomToken() : nextRefreshToken(deps.keys.refreshToken, input.refreshToken, requestKey);
      const firstUse = token.used_at?.getTime() ?? now;
      const mayRepeat = async (): Promise<boolean> => {
        if (requestKey === null || token.request_key !== requestKey) return false;
        if (replaySeconds !== undefined) return now - firstUse <= replaySeconds * second;
        return (await findRefreshToken(unit, hashToken(next)))?.used_at === null;
      };
      if (!used && !(await mayRepeat())) {
        const which = { personId: session.person_id, only: session.id };
        const ids = await revokeSessions(unit, which, at, 'refresh_token_reused');
        announceRevoked(unit, session.person_id, ids, 'refresh_token_reused');
        return 'refresh_token_reused' as const;
      }
      await insertRefreshToken(unit, hashToken(next), session.id, at);
      await touchSessions(unit, [session.id], at, new Date(now + style.lifetimeSeconds * second));
      return {
        personId: session.person_id,
        sessionId: session.id,
        next,
        issued: replaySeconds === undefined ? now : firstUse,
      };
    });
    if (outcome instanceof EngineError) throw outcome;
    if (typeof outcome === 'string') throw new EngineError(outcome, messages[outcome]);
    return rotatingTokens(deps, outcome.personId, outcome.sessionId, outcome.next, style, outcome.issued);
  };

const messages = {
  refresh_token_invalid: 'The refresh token is unknown or has expired. Sign in again.',
  refresh_token_reused: 'The refresh token was used before. The session has been ended; sign in again.',
  session_revoked: 'The session has been ended. Sign in again.',
} as const;
