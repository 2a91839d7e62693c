import { isPossiblePhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { EngineError } from '../shared/errors.ts';

/** By what a person signs in and is found. */
export type IdentityKind = 'phone' | 'email' | 'username';

/** An identity in its normal form, unique in the installation. */
export interface Identity {
  readonly kind: IdentityKind;
  readonly value: string;
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
export function phoneIdentity(text: string): Identity & { readonly callingCode: string } {
  const number = parsePhoneNumberFromString(text);
  if (!number || !text.trim().startsWith('+') || !isPossiblePhoneNumber(number.number)) {
    throw new EngineError('invalid_phone', 'Give the phone number in international form, such as +15550100042.', {
      path: '/phone',
    });
  }
  return { kind: 'phone', value: number.number, callingCode: number.countryCallingCode };
}

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
