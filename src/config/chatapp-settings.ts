import type { Setting } from './setting.ts';

const feature = (name: string, what: string) =>
  ({
    name,
    kind: 'boolean',
    default: 'true',
    description: `Door chatapp: whether it offers ${what}.`,
  }) as const satisfies Setting;

/** Settings of the door `chatapp`, under the names of the backend that its clients know. */
export const chatappSettings = {
  chatappListEnvelope: {
    name: 'CHATAPP_LIST_ENVELOPE',
    kind: 'text',
    default: 'auto',
    description:
      'Door chatapp: whether lists of chats and messages are answered as `array` or inside of an `object`; `auto` looks at the client.',
  },
  accessLifetime: {
    name: 'JWT_EXPIRES_IN',
    kind: 'text',
    default: '30d',
    description:
      'Door chatapp: how long a token is good, such as `12h` or `30d`. Its clients cannot renew one silently; a session can be revoked at any time.',
  },
  otpTtlSeconds: {
    name: 'OTP_TTL_SECONDS',
    kind: 'integer',
    default: '300',
    description: 'Door chatapp: how long a one-time code is good.',
  },
  otpResendSeconds: {
    name: 'OTP_RESEND_SECONDS',
    kind: 'integer',
    default: '60',
    description:
      'Door chatapp: how long a number waits for its next code, whatever PARLEY_RATE_LIMIT_FACTOR is. 0 is refused in production.',
  },
  otpRateLimitMax: {
    name: 'OTP_RATE_LIMIT_MAX',
    kind: 'integer',
    default: '5',
    description: 'Door chatapp: codes that one address may ask for in 15 minutes.',
  },
  otpVerifyRateLimitMax: {
    name: 'OTP_VERIFY_RATE_LIMIT_MAX',
    kind: 'integer',
    default: '10',
    description: 'Door chatapp: codes that one address may try in 15 minutes.',
  },
  requestsMax: {
    name: 'RATE_LIMIT_MAX_REQUESTS',
    kind: 'integer',
    default: '1000',
    description: 'Door chatapp: requests of one address in RATE_LIMIT_WINDOW_MS.',
  },
  requestsWindow: {
    name: 'RATE_LIMIT_WINDOW_MS',
    kind: 'integer',
    default: '900000',
    description: 'Door chatapp: see RATE_LIMIT_MAX_REQUESTS.',
  },
  maxFileSize: {
    name: 'MAX_FILE_SIZE',
    kind: 'integer',
    default: '10485760',
    description: 'Door chatapp: largest file in bytes.',
  },
  maxFilesPerMessage: {
    name: 'MAX_FILES_PER_MESSAGE',
    kind: 'integer',
    default: '5',
    description: 'Door chatapp: files of one message, at most 10.',
  },
  enableStories: feature('ENABLE_STORIES', 'stories'),
  enableCalls: feature('ENABLE_CALLS', 'calls'),
  enableGroups: feature('ENABLE_GROUPS', 'groups'),
  enableFileSharing: feature('ENABLE_FILE_SHARING', 'uploads'),
  enablePush: feature('ENABLE_PUSH_NOTIFICATIONS', 'push notifications'),
} as const satisfies Record<string, Setting>;
