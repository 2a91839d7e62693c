import { findIdentity, type PhoneIdentity, phoneOf } from '../people/index.ts';
import type { Origin } from '../shared/actor.ts';
import { second } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import type { AuthDeps } from './deps.ts';
import { type CodeRules, limits } from './limits.ts';
import { hashCode, randomCode } from './secrets.ts';
import { deleteCode, putCode } from './store.ts';

const attempts = 5;

/** A code that is on its way. */
export interface SentCode {
  /** The number in E.164. */
  readonly phone: string;
  readonly expiresAt: Date;
  /** Whether the number has no account yet. A door that says so tells who has one. */
  readonly isNew: boolean;
}

/**
 * Sends a one-time code to a phone; it replaces the one before.
 *
 * @param rules those of the door
 * @throws EngineError `rate_limited`, `sms_unavailable`
 */
export const requestCode =
  (deps: AuthDeps) =>
  async (phone: PhoneIdentity, origin: Origin, rules: CodeRules): Promise<SentCode> => {
    await deps.limiter.consume(rules.perIp, origin.ip);
    if (rules.pause) await deps.limiter.consume(rules.pause, phone.value);
    await deps.limiter.consume(limits.codePerPhone, phone.value);
    await deps.limiter.consume(limits.codePerCountry, phone.callingCode);

    const code = randomCode();
    const now = deps.clock.now();
    const expiresAt = new Date(now + rules.lifetimeSeconds * second);
    const isNew = await deps.database.write(async (unit) => {
      await putCode(unit, {
        phone: phone.value,
        code_hash: hashCode(deps.keys.oneTimeCode, phone.value, code),
        attempts_left: attempts,
        created_at: new Date(now),
        expires_at: expiresAt,
      });
      return (await findIdentity(unit, phone)) === undefined;
    });
    const number = phoneOf(phone) as string;
    try {
      if (phone.kind !== 'phone' && deps.sms.real) throw new Error('No phone can have this number.');
      await deps.sms.send(number, { kind: 'one-time-code', code });
    } catch (error) {
      await deps.database.write((unit) => deleteCode(unit, phone.value));
      if (rules.pause) await deps.limiter.reset(rules.pause, phone.value);
      const refusal = new EngineError('sms_unavailable', 'The code could not be sent. Try again shortly.');
      refusal.cause = error;
      throw refusal;
    }
    return { phone: number, expiresAt, isNew };
  };
