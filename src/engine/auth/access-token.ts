import { errors, jwtVerify, SignJWT } from 'jose';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';

const audience = 'parley';
const algorithm = 'HS256';

/** Signs a JWT (RFC 7519) that names a person and a session. Times are in seconds, as the standard has them. */
export function signAccessToken(
  key: Uint8Array,
  claims: { personId: string; sessionId: string; issuedAt: number; expiresAt: number },
): Promise<string> {
  return new SignJWT({ sid: claims.sessionId })
    .setProtectedHeader({ alg: algorithm, typ: 'at+jwt' })
    .setSubject(claims.personId)
    .setAudience(audience)
    .setIssuedAt(claims.issuedAt)
    .setExpirationTime(claims.expiresAt)
    .sign(key);
}

/**
 * @returns the session that the token names, and until when (in ms) the token is good
 * @throws EngineError `token_expired`, `unauthenticated`
 */
export async function verifyAccessToken(
  key: Uint8Array,
  clock: Clock,
  token: string,
): Promise<{ sessionId: string; expiresAt: number }> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [algorithm],
      audience,
      typ: 'at+jwt',
      requiredClaims: ['sub', 'sid', 'exp'],
      currentDate: new Date(clock.now()),
    });
    return { sessionId: String(payload.sid), expiresAt: (payload.exp ?? 0) * 1_000 };
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      throw new EngineError('token_expired', 'The access token has expired. Refresh it.');
    }
    throw new EngineError('unauthenticated', 'The access token is not valid.');
  }
}
