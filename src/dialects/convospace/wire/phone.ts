import { keyPhoneIdentity, type PhoneIdentity } from '../../../engine/people/index.ts';
import { doorName } from '../name.ts';

/** The number that somebody searches for; undefined where the text can be none. */
export function phoneMeant(text: string): PhoneIdentity | undefined {
  if (!/^\+?[\d\s().-]+$/.test(text) || text.replace(/\D/g, '').length < 5) return undefined;
  try {
    return keyPhoneIdentity(doorName, text);
  } catch {
    return undefined;
  }
}
