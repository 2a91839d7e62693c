import type { CodeRules } from '../../engine/auth/index.ts';

/** What operators set for this door. */
export interface ConvospaceOptions {
  /** Who may list the people: who is signed in, also strangers from trusted networks, or anybody. */
  readonly directory: 'authenticated' | 'trusted' | 'public';
  /** CIDR ranges. */
  readonly trustedNetworks: readonly string[];
  /** Order of messages where a request does not say one; `auto`: by whether it names a limit. */
  readonly messageOrder: 'auto' | 'asc' | 'desc';
  /** Who is told who is online: all, or contacts and members of shared conversations. */
  readonly presenceAudience: 'all' | 'contacts';
  /** Origins of web pages that may use this door, beside those of the installation. */
  readonly origins: readonly string[];
  readonly otp: {
    readonly deliver: NonNullable<CodeRules['deliver']>;
    /** Codes are printed, where operators see them. */
    readonly printed: boolean;
    /** Guesses of one code. */
    readonly attempts: number;
    /** Instead of random codes; never in production. */
    readonly fixedCode: string | null;
  };
  /** Nobody who asks for a code learns whether the number has an account. */
  readonly hideAccounts: boolean;
}
