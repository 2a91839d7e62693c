import type { SmsSender } from '../../engine/ports/sms.ts';

/** Refuses to send: no provider is configured. */
export function createNoSms(): SmsSender {
  return {
    real: true,
    async send() {
      throw new Error('No SMS provider is configured (PARLEY_SMS).');
    },
  };
}
