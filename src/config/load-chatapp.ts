import type { SettingKey } from './settings.ts';

/** Settings of the door `chatapp`, under the names of the backend that its clients know. */
export interface ChatappConfig {
  readonly listEnvelope: 'auto' | 'object' | 'array';
  readonly accessSeconds: number;
  readonly refreshSeconds: number;
  readonly otp: {
    readonly lifetimeSeconds: number;
    readonly resendSeconds: number;
    readonly perAddress: number;
    readonly triesPerAddress: number;
  };
  readonly requests: { readonly max: number; readonly windowSeconds: number };
  readonly maxFileBytes: number;
  readonly maxFilesPerMessage: number;
  readonly features: {
    readonly stories: boolean;
    readonly calls: boolean;
    readonly groups: boolean;
    readonly fileSharing: boolean;
    readonly push: boolean;
  };
}

interface Read {
  text(key: SettingKey): string;
  number(key: SettingKey, min: number, max: number, whole?: boolean): number;
  flag(key: SettingKey): boolean;
  problem(key: SettingKey, sentence: string): void;
  readonly production: boolean;
}

const secondsOf = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const refreshSeconds = 30 * secondsOf.d;
const year = 365 * secondsOf.d;

export function loadChatapp({ text, number, flag, problem, production }: Read): ChatappConfig {
  const envelope = text('chatappListEnvelope') || 'auto';
  if (envelope !== 'auto' && envelope !== 'object' && envelope !== 'array') {
    problem('chatappListEnvelope', 'must be `auto`, `object` or `array`.');
  }
  const [, amount = '', unit = 's'] = /^(\d{1,9})([smhd]?)$/.exec(text('accessLifetime') || '30d') ?? [];
  const accessSeconds = Number(amount) * secondsOf[(unit || 's') as keyof typeof secondsOf];
  if (amount === '' || accessSeconds < 60 || accessSeconds > year) {
    problem('accessLifetime', 'must be a time from 1m to 365d, such as 12h or 30d.');
  }
  const resendSeconds = number('otpResendSeconds', 0, 3_600);
  if (production && resendSeconds === 0) problem('otpResendSeconds', 'must not be 0 in production.');
  return {
    listEnvelope: envelope as ChatappConfig['listEnvelope'],
    accessSeconds,
    refreshSeconds: Math.max(refreshSeconds, accessSeconds),
    otp: {
      lifetimeSeconds: number('otpTtlSeconds', 30, 3_600),
      resendSeconds,
      perAddress: number('otpRateLimitMax', 1, 1_000_000),
      triesPerAddress: number('otpVerifyRateLimitMax', 1, 1_000_000),
    },
    requests: {
      max: number('requestsMax', 1, 1_000_000_000),
      windowSeconds: number('requestsWindow', 1_000, 86_400_000) / 1_000,
    },
    maxFileBytes: number('maxFileSize', 1, 2 ** 40),
    maxFilesPerMessage: number('maxFilesPerMessage', 1, 10),
    features: {
      stories: flag('enableStories'),
      calls: flag('enableCalls'),
      groups: flag('enableGroups'),
      fileSharing: flag('enableFileSharing'),
      push: flag('enablePush'),
    },
  };
}
