import type { DeliverCode } from '../../engine/ports/code-delivery.ts';

/** Prints codes, one line each: `OTP for 5550104477: 123456`. */
export const printCodes =
  (print: (line: string) => void): DeliverCode =>
  async ({ number, code }) =>
    print(`OTP for ${number}: ${code}`);
