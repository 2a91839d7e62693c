import type { SmsSender } from '../../engine/ports/sms.ts';

/** Prints instead of sending, one line a code: `OTP for +15550100042: 123456`. For development and tests. */
export function createConsoleSms(print: (line: string) => void): SmsSender {
  return {
    real: false,
    async send(to, message) {
      print(`OTP for ${to}: ${message.code}`);
    },
  };
}
