import type { DeliverCode } from '../ports/code-delivery.ts';
import type { LimitRule } from '../ports/limiter.ts';
import { EngineError } from '../shared/errors.ts';

/** How often one may try. Every figure is multiplied by PARLEY_RATE_LIMIT_FACTOR. */
export const limits = {
  verifyPerPhone: { name: 'verify-phone', points: 15, windowSeconds: 15 * 60 },
  passwordPerLogin: { name: 'password-login', points: 10, windowSeconds: 15 * 60 },
  passwordPerIp: { name: 'password-ip', points: 60, windowSeconds: 15 * 60 },
  registerPerIp: { name: 'register-ip', points: 20, windowSeconds: 60 * 60 },
  /** Each leaves a refresh token behind. */
  renewPerSession: { name: 'renew-session', points: 200, windowSeconds: 24 * 60 * 60 },
  refreshPerIp: { name: 'refresh-ip', points: 300, windowSeconds: 60 },
} as const satisfies Record<string, LimitRule>;

/** What a door says of one-time codes. Its limits have names of their own; a refusal names the limit in `details.limit`. */
export interface CodeRules {
  readonly lifetimeSeconds: number;
  /** Between two codes of a number; null: none. */
  readonly pause: LimitRule | null;
  /** Codes that one address asks for. */
  readonly perIp: LimitRule;
  /** Codes that are sent to one number. */
  readonly perPhone: LimitRule;
  /** Codes that are sent to the numbers of one calling code; null: as many as are asked for. */
  readonly perCountry: LimitRule | null;
  /** Codes that one address tries. */
  readonly triesPerIp: LimitRule;
  /** Codes that are tried for one number, by whomever. Forgotten after a sign-in. */
  readonly triesPerPhone: LimitRule;
  /** How often one code may be tried: kept with the code, so it holds whatever PARLEY_RATE_LIMIT_FACTOR is. */
  readonly attempts: number;
  /** Brings the code to its owner; null: by the SMS of this installation. Where it rejects, the code is void. */
  readonly deliver: DeliverCode | null;
  /** Six digits that every code is, for tests of a door; null: random ones. */
  readonly fixedCode: string | null;
}

/** Of the installation's SMS, whichever door sends them: a bill and a nuisance are the same everywhere. */
export const smsLimits = {
  perPhone: { name: 'code-phone', points: 5, windowSeconds: 60 * 60 },
  /** Toll fraud comes from many addresses at one expensive destination. */
  perCountry: { name: 'code-country', points: 200, windowSeconds: 60 * 60 },
} as const satisfies Record<string, LimitRule>;

/** The native door's. */
export const codeRules: CodeRules = {
  lifetimeSeconds: 5 * 60,
  pause: { name: 'code-pause', points: 1, windowSeconds: 30 },
  perIp: { name: 'code-ip', points: 20, windowSeconds: 15 * 60 },
  ...smsLimits,
  triesPerIp: { name: 'verify-ip', points: 60, windowSeconds: 15 * 60 },
  triesPerPhone: limits.verifyPerPhone,
  attempts: 5,
  deliver: null,
  fixedCode: null,
};

/** @throws EngineError `password_too_weak` */
export function assertPassword(password: string, path = '/password'): void {
  // NIST SP 800-63B, 5.1.1.2: length counts, rules about characters do not.
  if ([...password].length < 8) {
    throw new EngineError('password_too_weak', 'A password has at least 8 characters.', { path });
  }
}
