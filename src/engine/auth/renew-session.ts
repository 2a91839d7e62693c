import type { Actor, Origin } from '../shared/actor.ts';
import { second } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import type { AuthDeps } from './deps.ts';
import { limits } from './limits.ts';
import { type RotatingStyle, rotatingTokens, type SessionTokens } from './open-session.ts';
import { hashToken, randomToken } from './secrets.ts';
import { insertRefreshToken, sessionStateById, touchSessions } from './store.ts';

/**
 * New tokens for a session that is proved by its access token alone. Those that the client holds stay good: the access
 * token until it expires, the refresh token until it is used.
 *
 * For doors whose access tokens live about as long as their sessions. Where they are short, who finds one could keep it
 * alive for ever: so only the door that opened a session renews it.
 *
 * @throws EngineError `unauthenticated` where another door has opened the session, `session_revoked`, `rate_limited`
 */
export const renewSession =
  (deps: AuthDeps) =>
  async (actor: Actor, origin: Origin, style: RotatingStyle): Promise<SessionTokens> => {
    await deps.limiter.consume(limits.renewPerSession, actor.sessionId);
    const next = randomToken();
    const now = deps.clock.now();
    await deps.database.write(async (unit) => {
      const session = await sessionStateById(unit, actor.sessionId);
      if (!session || session.revoked_at !== null || session.deleted_at !== null) {
        throw new EngineError('session_revoked', 'The session has been ended. Sign in again.');
      }
      if (session.door !== origin.door) {
        throw new EngineError('unauthenticated', 'The session belongs to another door.');
      }
      await insertRefreshToken(unit, hashToken(next), session.id, new Date(now));
      await touchSessions(unit, [session.id], new Date(now), new Date(now + style.lifetimeSeconds * second));
    });
    return rotatingTokens(deps, actor.personId, actor.sessionId, next, style, now);
  };
