import { phoneIdentity } from '../people/index.ts';
import type { Origin } from '../shared/actor.ts';
import { minute } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import type { AuthDeps } from './deps.ts';
import { limits } from './limits.ts';
import { hashCode, randomCode } from './secrets.ts';
import { deleteCode, putCode } from './store.ts';

const lifetime = 5 * minute;
const attempts = 5;

/**
 * Sends a one-time code to a phone; it replaces the one before. Says nothing about whether there is an account.
 *
 * @throws EngineError `invalid_phone`, `rate_limited`, `sms_unavailable`
 */
export const requestCode =
  (deps: AuthDeps) =>
  async (input: { phone: string }, origin: Origin): Promise<{ phone: string; expiresAt: Date }> => {
    const phone = phoneIdentity(input.phone);
    await deps.limiter.consume(limits.codePerIp, origin.ip);
    await deps.limiter.consume(limits.codePause, phone.value);
    await deps.limiter.consume(limits.codePerPhone, phone.value);
    await deps.limiter.consume(limits.codePerCountry, phone.callingCode);

    const code = randomCode();
    const now = deps.clock.now();
    const expiresAt = new Date(now + lifetime);
    await deps.database.write((unit) =>
      putCode(unit, {
        phone: phone.value,
        code_hash: hashCode(deps.keys.oneTimeCode, phone.value, code),
        attempts_left: attempts,
        created_at: new Date(now),
        expires_at: expiresAt,
      }),
    );
    try {
      await deps.sms.send(phone.value, { kind: 'one-time-code', code });
    } catch (error) {
      await deps.database.write((unit) => deleteCode(unit, phone.value));
      const refusal = new EngineError('sms_unavailable', 'The code could not be sent. Try again shortly.');
      refusal.cause = error;
      throw refusal;
    }
    return { phone: phone.value, expiresAt };
  };
