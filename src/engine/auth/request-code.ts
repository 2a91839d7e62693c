import { findIdentity, findPerson, type PhoneIdentity, phoneOf } from '../people/index.ts';
import type { Reader } from '../ports/database.ts';
import type { Origin } from '../shared/actor.ts';
import { second } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import type { AuthDeps } from './deps.ts';
import type { CodeRules } from './limits.ts';
import { hashCode, randomCode } from './secrets.ts';
import { deleteCode, putCode } from './store.ts';

/** A code that is on its way. */
export interface SentCode {
  /** The number in E.164, or what the door takes for a number. */
  readonly phone: string;
  readonly expiresAt: Date;
  /** null where the number has no account yet. A door that says so tells who has one. */
  readonly known: KnownAccount | null;
}

/** The account of a number that a code was sent to. */
export interface KnownAccount {
  /** Whether the person has both a name and a username. */
  readonly named: boolean;
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
    await deps.limiter.consume(rules.perPhone, phone.value);
    if (rules.perCountry && phone.callingCode !== null) {
      await deps.limiter.consume(rules.perCountry, phone.callingCode);
    }

    const code = rules.fixedCode ?? randomCode();
    const codeHash = hashCode(deps.keys.oneTimeCode, phone.value, code);
    const now = deps.clock.now();
    const expiresAt = new Date(now + rules.lifetimeSeconds * second);
    const known = await deps.database.write(async (unit) => {
      await putCode(unit, {
        phone: phone.value,
        code_hash: codeHash,
        attempts_left: rules.attempts,
        created_at: new Date(now),
        expires_at: expiresAt,
      });
      return knownAccount(unit, phone);
    });
    const number = phoneOf(phone) as string;
    try {
      if (rules.deliver) await rules.deliver({ number, code, expiresAt });
      else if (phone.kind !== 'phone' && deps.sms.real) throw new Error('No phone can have this number.');
      else await deps.sms.send(number, { kind: 'one-time-code', code });
    } catch (error) {
      // Not a later one, which may have arrived meanwhile.
      await deps.database.write((unit) => deleteCode(unit, phone.value, codeHash));
      if (rules.pause) await deps.limiter.reset(rules.pause, phone.value);
      const refusal = new EngineError('sms_unavailable', 'The code could not be sent. Try again shortly.');
      refusal.cause = error;
      throw refusal;
    }
    return { phone: number, expiresAt, known };
  };

async function knownAccount(reader: Reader, phone: PhoneIdentity): Promise<KnownAccount | null> {
  const identity = await findIdentity(reader, phone);
  const person = identity && (await findPerson(reader, identity.person_id));
  return person ? { named: person.name !== '' && person.username !== null } : null;
}
