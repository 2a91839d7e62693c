import type { PersonRow } from '../people/index.ts';
import type { UnitOfWork } from '../ports/database.ts';
import type { Actor, Origin } from '../shared/actor.ts';
import { day, minute, second } from '../shared/clock.ts';
import { newId } from '../shared/ids.ts';
import { signAccessToken } from './access-token.ts';
import type { AuthDeps } from './deps.ts';
import { hashToken, randomToken } from './secrets.ts';
import { insertRefreshToken, insertSession, insertSignIn } from './store.ts';

/**
 * How a session proves itself. A door whose client cannot refresh sets its own lifetimes; a session of any style can
 * be revoked at once.
 * - `rotating`: a short JWT access token, and a refresh token that is good for one use. With `replaySeconds`, a repeated use
 *   gets the same new tokens once more for so long after the first one, by whomever: for clients that refresh several times
 *   at once.
 * - `opaque`: one random token that lives as long as the session, kept alive by use.
 */
export type SessionStyle =
  | {
      readonly kind: 'rotating';
      readonly accessSeconds: number;
      readonly lifetimeSeconds: number;
      readonly replaySeconds?: number;
    }
  | { readonly kind: 'opaque'; readonly lifetimeSeconds: number };

export type RotatingStyle = Extract<SessionStyle, { kind: 'rotating' }>;

/** The native door's styles. */
export const sessionStyles = {
  rotating: { kind: 'rotating', accessSeconds: (15 * minute) / second, lifetimeSeconds: (60 * day) / second },
  opaque: { kind: 'opaque', lifetimeSeconds: (30 * day) / second },
} as const satisfies Record<string, SessionStyle>;

/** How a person comes in: from where, on what device, and with which kind of tokens. */
export interface SignInContext {
  readonly origin: Origin;
  readonly deviceName: string | null;
  readonly style: SessionStyle;
}

/** What a client needs to act as the person. Tokens are shown here once and stored as hashes. */
export interface SessionTokens {
  readonly sessionId: string;
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date;
  /** null for an opaque session. */
  readonly refreshToken: string | null;
}

export interface SignedIn {
  readonly actor: Actor;
  readonly tokens: SessionTokens;
  /** True where this sign-in made the account. */
  readonly isNew: boolean;
}

/** Opens a session in the caller's unit of work and records the sign-in. The person has proved who they are. */
export async function openSession(
  unit: UnitOfWork,
  deps: AuthDeps,
  person: PersonRow,
  method: 'code' | 'password',
  context: SignInContext,
): Promise<{ actor: Actor; tokens: SessionTokens }> {
  const now = deps.clock.now();
  const at = new Date(now);
  const sessionId = newId(deps.clock);
  const { style, origin } = context;
  const token = randomToken();
  const expiresAt = new Date(now + style.lifetimeSeconds * second);
  await insertSession(unit, {
    id: sessionId,
    person_id: person.id,
    door: origin.door,
    token_hash: style.kind === 'opaque' ? hashToken(token) : null,
    device_name: context.deviceName,
    user_agent: origin.userAgent,
    ip: origin.ip,
    created_at: at,
    last_used_at: at,
    expires_at: expiresAt,
    revoked_at: null,
    revoked_reason: null,
  });
  await insertSignIn(unit, { ...signInRow(deps, person.id, method, context), succeeded: true, failure: null });
  const actor: Actor = { personId: person.id, sessionId, role: person.role };
  if (style.kind === 'opaque') {
    return { actor, tokens: { sessionId, accessToken: token, accessTokenExpiresAt: expiresAt, refreshToken: null } };
  }
  await insertRefreshToken(unit, hashToken(token), sessionId, at);
  return { actor, tokens: await rotatingTokens(deps, person.id, sessionId, token, style, now) };
}

/**
 * The tokens of a rotating session, from the refresh token that is now current.
 *
 * @param at when they were given out, in milliseconds: the same again make the same tokens
 */
export async function rotatingTokens(
  deps: AuthDeps,
  personId: string,
  sessionId: string,
  refreshToken: string,
  { accessSeconds }: Pick<RotatingStyle, 'accessSeconds'>,
  at: number,
): Promise<SessionTokens> {
  const issuedAt = Math.floor(at / second);
  const expiresAt = issuedAt + accessSeconds;
  const accessToken = await signAccessToken(deps.keys.accessToken, { personId, sessionId, issuedAt, expiresAt });
  return { sessionId, accessToken, accessTokenExpiresAt: new Date(expiresAt * second), refreshToken };
}

/** The common part of an entry in the login history. */
export function signInRow(deps: AuthDeps, personId: string, method: 'code' | 'password', context: SignInContext) {
  return {
    id: newId(deps.clock),
    person_id: personId,
    at: new Date(deps.clock.now()),
    method,
    door: context.origin.door,
    ip: context.origin.ip,
    user_agent: context.origin.userAgent,
    device_name: context.deviceName,
  };
}
