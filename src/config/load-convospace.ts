import type { SettingKey } from './settings.ts';

/** Settings of the door `convospace`. */
export interface ConvospaceConfig {
  readonly directory: 'authenticated' | 'trusted' | 'public';
  /** Addresses and CIDR ranges. */
  readonly trustedNetworks: readonly string[];
  readonly messageOrder: 'auto' | 'asc' | 'desc';
  readonly presenceAudience: 'all' | 'contacts';
  readonly origins: readonly string[];
  readonly otp: {
    /** null: codes are printed. */
    readonly webhookUrl: string | null;
    readonly attempts: number;
    readonly fixedCode: string | null;
  };
  readonly hideAccounts: boolean;
}

interface Read {
  text(key: SettingKey): string;
  ranges(key: SettingKey): readonly string[];
  origins(key: SettingKey): readonly string[];
  choice<Word extends string>(key: SettingKey, words: readonly [Word, ...Word[]]): Word;
  number(key: SettingKey, min: number, max: number): number;
  flag(key: SettingKey): boolean;
  problem(key: SettingKey, sentence: string): void;
  readonly production: boolean;
}

export function loadConvospace(read: Read): ConvospaceConfig {
  const { text, choice, problem } = read;
  const delivery = choice('convospaceOtpDelivery', ['console', 'webhook']);
  const webhookUrl = text('convospaceOtpWebhook');
  if (delivery === 'webhook' && !/^https?:\/\/[^\s]+$/i.test(webhookUrl)) {
    problem('convospaceOtpWebhook', 'must be an http or https URL where codes are sent by a webhook.');
  }
  const fixedCode = text('convospaceDevOtp');
  if (fixedCode && !/^\d{6}$/.test(fixedCode)) problem('convospaceDevOtp', 'must be six digits.');
  if (fixedCode && read.production) problem('convospaceDevOtp', 'must not be set in production.');
  return {
    directory: choice('convospaceDirectory', ['authenticated', 'trusted', 'public']),
    trustedNetworks: read.ranges('convospaceTrustedNetworks'),
    messageOrder: choice('convospaceMessageOrder', ['auto', 'asc', 'desc']),
    presenceAudience: choice('convospacePresenceAudience', ['all', 'contacts']),
    origins: read.origins('convospaceOrigins'),
    otp: {
      webhookUrl: delivery === 'webhook' ? webhookUrl : null,
      attempts: read.number('convospaceOtpAttempts', 1, 100),
      fixedCode: fixedCode || null,
    },
    hideAccounts: read.flag('convospaceHideAccounts'),
  };
}
