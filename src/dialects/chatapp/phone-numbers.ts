import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import { doorPhoneIdentity, type PhoneIdentity } from '../../engine/people/index.ts';
import { EngineError } from '../../engine/shared/errors.ts';
import type { Fields } from '../kit/fields.ts';
import { doorName } from './name.ts';

const phoneNames = ['phoneNumber', 'phone', 'identifier'] as const;
const notANumber = 'Please provide a valid phone number';

/** Countries whose numbers keep a zero after the calling code. */
const keepsZero = new Set(['39', '378', '379', '225', '241', '242']);

const callingCodeOf = (digits: string): string | undefined =>
  parsePhoneNumberFromString(`+${digits}`)?.countryCallingCode;

/** The calling code of `+44`, `44` or `GB`; null where it is none of them. */
function readCountry(text: string): string | null {
  const country = text.trim().toUpperCase();
  if (isSupportedCountry(country)) return getCountryCallingCode(country);
  return /^\+?[1-9]\d{0,2}$/.test(country) ? country.replace('+', '') : null;
}

/** E.164 of digits that begin with a calling code, without one zero after it. */
function withoutTrunkZero(digits: string): string {
  const code = callingCodeOf(digits);
  if (code === undefined || keepsZero.has(code)) return `+${digits}`;
  const national = digits.slice(code.length);
  return `+${code}${national.startsWith('0') ? national.slice(1) : national}`;
}

/**
 * The number that a text stands for: whole with a plus or 00 before it, else within a country.
 *
 * @param countryCode a calling code or a country
 * @throws EngineError `invalid_phone`
 */
export function phoneFrom(text: string, countryCode: string | null): PhoneIdentity {
  const digits = text.replace(/\D/g, '');
  const whole = text.trim().startsWith('+') ? digits : digits.startsWith('00') ? digits.slice(2) : null;
  const country = countryCode === null ? null : readCountry(countryCode);
  if (whole === null && country === null) throw new EngineError('invalid_phone', notANumber, { path: '/countryCode' });
  return doorPhoneIdentity(doorName, withoutTrunkZero(whole ?? `${country}${digits}`));
}

/** Reads the number of a request; notes what is wrong with it. Undefined where there is none. */
export function readPhone(fields: Fields, options: { required: boolean }): PhoneIdentity | undefined {
  const rule = { max: 40, message: notANumber };
  const text = options.required ? fields.requiredText(phoneNames, rule) : fields.text(phoneNames, rule);
  const countryCode = fields.text('countryCode', { max: 8, message: 'Country code is not valid' }) ?? '';
  if (text === undefined || text === '') return undefined;
  if (countryCode === '' && !/^\s*(\+|00)/.test(text)) {
    fields.problem('countryCode', 'Country code is required');
    return undefined;
  }
  try {
    return phoneFrom(text, countryCode === '' ? null : countryCode);
  } catch {
    fields.problem(phoneNames, notANumber);
    return undefined;
  }
}

/** A number in E.164 in its parts. */
export function splitPhone(phone: string): { readonly countryCode: string; readonly national: string } {
  const code = callingCodeOf(phone.slice(1)) ?? '';
  return { countryCode: `+${code}`, national: phone.slice(1 + code.length) };
}

/**
 * What somebody who searches may mean as a whole number: itself, and with the searcher's own country. Empty where the text
 * is no number.
 *
 * @param own the searcher's number
 * @returns in E.164
 */
export function phonesMeant(text: string, own: string | null): string[] {
  if (!/^\+?[\d\s().-]+$/.test(text) || text.replace(/\D/g, '').length < 6) return [];
  const country = own === null ? null : splitPhone(own).countryCode;
  const attempts = [
    () => phoneFrom(`+${text.replace(/\D/g, '').replace(/^00/, '')}`, null),
    () => phoneFrom(text, country),
  ];
  const found = attempts.flatMap((attempt) => {
    try {
      const { kind, value } = attempt();
      return kind === 'phone' ? [value] : [];
    } catch {
      return [];
    }
  });
  return [...new Set(found)];
}

const names = new Intl.DisplayNames(['en'], { type: 'region' });

/** The flag of a country: its two letters as regional indicators. */
const flagOf = (country: CountryCode): string =>
  [...country].map((letter) => String.fromCodePoint(0x1f1a5 + letter.charCodeAt(0))).join('');

/** Every country that has a calling code, by name. */
export const countries: readonly { name: string; code: string; dialCode: string; flag: string }[] = getCountries()
  .map((code) => ({
    name: names.of(code) ?? code,
    code,
    dialCode: `+${getCountryCallingCode(code)}`,
    flag: flagOf(code),
  }))
  .sort((a, b) => a.name.localeCompare(b.name, 'en'));
