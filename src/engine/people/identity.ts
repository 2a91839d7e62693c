import { isPossiblePhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { EngineError } from '../shared/errors.ts';

/**
 * By what a person signs in and is found. A `door_phone` is a number that only one door takes for one: nobody is found by
 * it, and no message is sent to it.
 */
export type IdentityKind = 'phone' | 'email' | 'username' | 'door_phone';

/** An identity in its normal form, unique in the installation. */
export interface Identity {
  readonly kind: IdentityKind;
  readonly value: string;
}

/** A phone number by which one can sign in. */
export interface PhoneIdentity extends Identity {
  readonly kind: 'phone' | 'door_phone';
  /** The country's, such as `1`; without a plus. */
  readonly callingCode: string;
}

/**
 * Brings a phone number to E.164.
 *
 * Accepts what has the length of a number of its country, not only ranges that are assigned today: numbering plans
 * change faster than servers are updated, and the carrier knows best.
 *
 * @param text international form, starting with `+`; spaces, dashes and brackets are ignored
 * @throws EngineError `invalid_phone`
 */
export function phoneIdentity(text: string): PhoneIdentity & { readonly kind: 'phone' } {
  const number = parsePhoneNumberFromString(text);
  if (!number || !text.trim().startsWith('+') || !isPossiblePhoneNumber(number.number)) throw invalidPhone();
  return { kind: 'phone', value: number.number, callingCode: number.countryCallingCode };
}

/**
 * The identity of a number at a door that knows no numbering plans: the usual one where the number could be somebody's,
 * else one of this door alone.
 *
 * @param door its name
 * @param e164 a plus and 8 to 15 digits, the first of which are an assigned calling code
 * @throws EngineError `invalid_phone`
 */
export function doorPhoneIdentity(door: string, e164: string): PhoneIdentity {
  const number = /^\+[1-9]\d{7,14}$/.test(e164) ? parsePhoneNumberFromString(e164) : undefined;
  if (!number) throw invalidPhone();
  if (isPossiblePhoneNumber(number.number)) return phoneIdentity(number.number);
  return { kind: 'door_phone', value: `${door}:${e164}`, callingCode: number.countryCallingCode };
}

/** The number of an identity that is one, in E.164; null where it is none. */
export function phoneOf({ kind, value }: Identity): string | null {
  if (kind === 'phone') return value;
  return kind === 'door_phone' ? value.slice(value.indexOf(':') + 1) : null;
}

const invalidPhone = (): EngineError =>
  new EngineError('invalid_phone', 'Give the phone number in international form, such as +15550100042.', {
    path: '/phone',
  });

/** Whether a text has the form of an e-mail address: something, an at sign, and a domain with a dot. */
export function isEmail(text: string): boolean {
  return text.length <= 254 && /^[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+$/u.test(text);
}

/** @throws EngineError `invalid_request` */
export function emailIdentity(text: string): Identity {
  const value = text.trim().toLowerCase();
  if (!isEmail(value)) {
    throw new EngineError('invalid_request', 'That is not an e-mail address.', { path: '/email' });
  }
  return { kind: 'email', value };
}

/** @throws EngineError `invalid_request` */
export function usernameIdentity(text: string): Identity {
  if (!/^[A-Za-z0-9_.]{3,30}$/.test(text)) {
    throw new EngineError('invalid_request', 'A username has 3 to 30 letters, digits, dots or underscores.', {
      path: '/username',
    });
  }
  return { kind: 'username', value: text.toLowerCase() };
}

/** What somebody typed in a field for "email, username or phone". */
export function loginIdentity(text: string): Identity {
  if (text.startsWith('+')) return phoneIdentity(text);
  return text.includes('@') ? emailIdentity(text) : usernameIdentity(text);
}
