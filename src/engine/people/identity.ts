import { isPossiblePhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { EngineError } from '../shared/errors.ts';

/**
 * By what a person signs in and is found. A `door_phone` is a number that only one door takes for one: nobody is found by
 * it elsewhere, and no SMS is sent to it.
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
  /** The country's, such as `1`; without a plus. null where the number has none. */
  readonly callingCode: string | null;
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

/**
 * The identity of a number at a door that takes it as an opaque key: the shared one where it is written in E.164 and could
 * be somebody's, else one of this door alone. Nothing is guessed: `+15550104477` and `5550104477` are two.
 *
 * @param door its name
 * @param text spaces, dashes and brackets are ignored; of what remains, 1 to 20 visible characters
 * @throws EngineError `invalid_phone`
 */
export function keyPhoneIdentity(door: string, text: string): PhoneIdentity {
  const key = text.replace(/[\s\p{Dash_Punctuation}()[\]{}]/gu, '');
  const length = [...key].length;
  // A code is announced in a line of the log that holds the key: no control characters.
  if (length < 1 || length > 20 || /\p{C}/u.test(key)) throw invalidPhone();
  if (/^\+[1-9]\d{1,14}$/.test(key) && isPossiblePhoneNumber(key)) {
    const shared = phoneIdentity(key);
    // What only becomes a number by leaving digits out is not that number.
    if (shared.value === key) return shared;
  }
  return { kind: 'door_phone', value: `${door}:${key}`, callingCode: null };
}

/** The number of an identity that is one: E.164, or what its door takes for a number. null where it is none. */
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

/** How many characters a username has. A door may allow others than the native one, at most {@link anyUsername}. */
export interface UsernameLength {
  readonly min: number;
  readonly max: number;
}

/** The native door's. */
export const usernameLength: UsernameLength = { min: 3, max: 30 };

/** What a username may have that was given at any door. */
export const anyUsername: UsernameLength = { min: 1, max: 50 };

/** @throws EngineError `invalid_request` */
export function usernameIdentity(text: string, { min, max }: UsernameLength = usernameLength): Identity {
  if (!/^[A-Za-z0-9_.]+$/.test(text) || text.length < min || text.length > max) {
    const message = `A username has ${min} to ${max} letters, digits, dots or underscores.`;
    throw new EngineError('invalid_request', message, { path: '/username' });
  }
  return { kind: 'username', value: text.toLowerCase() };
}

/** What somebody typed in a field for "email, username or phone". */
export function loginIdentity(text: string): Identity {
  if (text.startsWith('+')) return phoneIdentity(text);
  return text.includes('@') ? emailIdentity(text) : usernameIdentity(text, anyUsername);
}
