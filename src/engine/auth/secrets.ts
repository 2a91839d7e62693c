import { createHash, createHmac, hkdfSync, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

/** The keys of this installation, each derived from the one secret for one purpose (HKDF, RFC 5869). */
export interface Keys {
  /** Signs access tokens. */
  readonly accessToken: Uint8Array;
  /** Makes the hash of a one-time code useless without the secret: there are only a million codes. */
  readonly oneTimeCode: Uint8Array;
  /** Derives a refresh token from the one before it. */
  readonly refreshToken: Uint8Array;
  /** Signs links to files. */
  readonly mediaLink: Uint8Array;
  /** Makes the names of files that clients fetch without credentials. */
  readonly fileName: Uint8Array;
}

export function deriveKeys(secret: string): Keys {
  const key = (purpose: string) => new Uint8Array(hkdfSync('sha256', secret, 'parley', purpose, 32));
  return {
    accessToken: key('access-token'),
    oneTimeCode: key('one-time-code'),
    refreshToken: key('refresh-token'),
    mediaLink: key('media-link'),
    fileName: key('file-name'),
  };
}

/** 256 random bits, safe in URLs and headers. */
export const randomToken = (): string => randomBytes(32).toString('base64url');

/** How tokens are stored. They have 256 bits of entropy, so a plain hash is enough. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url');

/** Six digits, all equally likely. */
export const randomCode = (): string => String(randomInt(1_000_000)).padStart(6, '0');

export function hashCode(key: Uint8Array, phone: string, code: string): string {
  return createHmac('sha256', key).update(`${phone}\n${code}`).digest('base64url');
}

/** Compares in constant time. */
export function sameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * The refresh token that follows `token`. Derived and not random, so that a client that never got the answer to its
 * request can ask again with the same `requestKey` and get the same token, though only hashes are stored.
 */
export function nextRefreshToken(key: Uint8Array, token: string, requestKey: string): string {
  return createHmac('sha256', key).update(`${token}\n${requestKey}`).digest('base64url');
}
