import type { Setting } from './setting.ts';

/** Settings of the door `convospace`. */
export const convospaceSettings = {
  convospaceDirectory: {
    name: 'CONVOSPACE_DIRECTORY',
    kind: 'text',
    default: 'authenticated',
    description:
      'Door convospace: who may list all people. `authenticated`: who is signed in; `trusted`: anybody from CONVOSPACE_TRUSTED_NETWORKS too; `public`: anybody.',
  },
  convospaceTrustedNetworks: {
    name: 'CONVOSPACE_TRUSTED_NETWORKS',
    kind: 'list',
    default: '127.0.0.0/8,::1/128',
    description: 'Door convospace: addresses and CIDR ranges that CONVOSPACE_DIRECTORY=trusted trusts.',
  },
  convospaceMessageOrder: {
    name: 'CONVOSPACE_MESSAGE_ORDER',
    kind: 'text',
    default: 'auto',
    description:
      'Door convospace: order of messages where a request says none, `asc` or `desc`. `auto`: the newest first where it names a limit, else the oldest first.',
  },
  convospacePresenceAudience: {
    name: 'CONVOSPACE_PRESENCE_AUDIENCE',
    kind: 'text',
    default: 'all',
    description:
      'Door convospace: who is told who is online, `all` who are connected to it, or `contacts` and members of shared conversations. Privacy and blocks hold for both.',
  },
  convospaceOrigins: {
    name: 'CONVOSPACE_CORS_ORIGINS',
    kind: 'list',
    default: 'http://localhost:3000,http://localhost:5500,http://127.0.0.1:5500,null',
    description:
      'Door convospace: origins of web pages that may use it, beside CLIENT_URL. `null` is that of pages opened from a file.',
  },
  convospaceOtpDelivery: {
    name: 'CONVOSPACE_OTP_DELIVERY',
    kind: 'text',
    default: 'console',
    description:
      'Door convospace: how one-time codes are sent. `console` prints them, also in production: whoever reads the output can sign in as anybody. `webhook` posts them.',
  },
  convospaceOtpWebhook: {
    name: 'CONVOSPACE_OTP_WEBHOOK_URL',
    kind: 'text',
    default: '',
    description: 'Door convospace: takes one-time codes as JSON of `phone_number`, `code` and `expires_at`.',
    secret: true,
  },
  convospaceOtpAttempts: {
    name: 'CONVOSPACE_OTP_MAX_ATTEMPTS',
    kind: 'integer',
    default: '5',
    description: 'Door convospace: guesses of one code, whatever PARLEY_RATE_LIMIT_FACTOR is.',
  },
  convospaceDevOtp: {
    name: 'CONVOSPACE_DEV_OTP',
    kind: 'text',
    default: '',
    description: 'Door convospace: six digits that every code is, for tests. Refused in production.',
    secret: true,
  },
  convospaceHideAccounts: {
    name: 'CONVOSPACE_HIDE_ACCOUNT_EXISTENCE',
    kind: 'boolean',
    default: 'false',
    description:
      'Door convospace: who asks for a code is not told whether the number has an account. Its web client then never asks new people for their name.',
  },
} as const satisfies Record<string, Setting>;
