import type { LimitRule } from '../ports/limiter.ts';
import { EngineError } from '../shared/errors.ts';

/** How often one may try. Every figure is multiplied by PARLEY_RATE_LIMIT_FACTOR. */
export const limits = {
  codePerPhone: { name: 'code-phone', points: 5, windowSeconds: 60 * 60 },
  /** Toll fraud comes from many addresses at one expensive destination. */
  codePerCountry: { name: 'code-country', points: 200, windowSeconds: 60 * 60 },
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
  /** Codes that one address tries. */
  readonly triesPerIp: LimitRule;
}

/** The native door's. */
export const codeRules: CodeRules = {
  lifetimeSeconds: 5 * 60,
  pause: { name: 'code-pause', points: 1, windowSeconds: 30 },
  perIp: { name: 'code-ip', points: 20, windowSeconds: 15 * 60 },
  triesPerIp: { name: 'verify-ip', points: 60, windowSeconds: 15 * 60 },
};

/** @throws EngineError `password_too_weak` */
export function assertPassword(password: string, path = '/password'): void {
  // NIST SP 800-63B, 5.1.1.2: length counts, rules about characters do not.
  if ([...password].length < 8) {
    throw new EngineError('password_too_weak', 'A password has at least 8 characters.', { path });
  }
}
