import { describe, expect, test } from 'vitest';
import { ConfigError, loadConfig } from '../../../src/config/index.ts';

const production = { NODE_ENV: 'production', JWT_SECRET: 'f3Jq0Zt7yLw9Xc2Vb8Nn5Mm1Kk4Hh6Gg0Dd' };

/** The problems that an operator is told of. */
function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('the settings of convospace', () => {
  test('are what the contract says where nothing is set', () => {
    expect(loadConfig(production).convospace).toEqual({
      directory: 'authenticated',
      trustedNetworks: ['127.0.0.0/8', '::1/128'],
      messageOrder: 'auto',
      presenceAudience: 'all',
      origins: ['http://localhost:3000', 'http://localhost:5500', 'http://127.0.0.1:5500', 'null'],
      otp: { webhookUrl: null, attempts: 5, fixedCode: null },
      hideAccounts: false,
    });
  });

  test('are read', () => {
    const { convospace } = loadConfig({
      CONVOSPACE_DIRECTORY: 'trusted',
      CONVOSPACE_TRUSTED_NETWORKS: '10.0.0.0/8, 192.0.2.1',
      CONVOSPACE_MESSAGE_ORDER: 'desc',
      CONVOSPACE_PRESENCE_AUDIENCE: 'contacts',
      CONVOSPACE_CORS_ORIGINS: 'https://chat.example.org',
      CONVOSPACE_OTP_DELIVERY: 'webhook',
      CONVOSPACE_OTP_WEBHOOK_URL: 'https://sms.example.org/codes',
      CONVOSPACE_OTP_MAX_ATTEMPTS: '3',
      CONVOSPACE_DEV_OTP: '123456',
      CONVOSPACE_HIDE_ACCOUNT_EXISTENCE: 'true',
    });
    expect(convospace).toEqual({
      directory: 'trusted',
      trustedNetworks: ['10.0.0.0/8', '192.0.2.1'],
      messageOrder: 'desc',
      presenceAudience: 'contacts',
      origins: ['https://chat.example.org'],
      otp: { webhookUrl: 'https://sms.example.org/codes', attempts: 3, fixedCode: '123456' },
      hideAccounts: true,
    });
  });

  test('let no fixed code into production', () => {
    expect(problemsOf({ ...production, CONVOSPACE_DEV_OTP: '123456' })).toEqual([
      'CONVOSPACE_DEV_OTP: must not be set in production.',
    ]);
  });

  test.each([
    { CONVOSPACE_DIRECTORY: 'everybody' },
    { CONVOSPACE_TRUSTED_NETWORKS: 'localhost' },
    { CONVOSPACE_TRUSTED_NETWORKS: '10.0.0.0/33' },
    { CONVOSPACE_MESSAGE_ORDER: 'random' },
    { CONVOSPACE_PRESENCE_AUDIENCE: 'nobody' },
    { CONVOSPACE_CORS_ORIGINS: 'example.org' },
    { CONVOSPACE_OTP_DELIVERY: 'pigeon' },
    { CONVOSPACE_OTP_DELIVERY: 'webhook' },
    { CONVOSPACE_OTP_DELIVERY: 'webhook', CONVOSPACE_OTP_WEBHOOK_URL: 'ftp://example.org' },
    { CONVOSPACE_OTP_MAX_ATTEMPTS: '0' },
    { CONVOSPACE_DEV_OTP: '12345' },
    { CONVOSPACE_HIDE_ACCOUNT_EXISTENCE: 'perhaps' },
  ])('are refused as %j', (environment) => {
    expect(problemsOf(environment)).toHaveLength(1);
  });
});
