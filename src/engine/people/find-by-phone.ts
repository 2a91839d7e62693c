import type { PreparedStatement, Reader } from '../ports/database.ts';
import type { LimitRule } from '../ports/limiter.ts';
import type { PhoneIdentity } from './identity.ts';
import { blockBetween, isContact, privacyAllows, type VisiblePerson, visibleProfile } from './visible-profile.ts';

/**
 * How many numbers a person may look up, in whatever way: enough for the largest address book, too few to collect the
 * accounts of a country. Multiplied by PARLEY_RATE_LIMIT_FACTOR.
 */
export const phoneLookups: LimitRule = { name: 'phone-lookups', points: 5_000, windowSeconds: 24 * 60 * 60 };

const byPhone: PreparedStatement = {
  name: 'people-by-phone',
  text: `
    select asked.phone, ${visibleProfile('$2::uuid', 'p')}, ${isContact('$2::uuid', 'p.id')} as is_contact
    from unnest($1::text[]) as asked (phone)
    cross join lateral (select person_id from identities where kind = 'phone' and value = asked.phone limit 1) i
    cross join lateral (select * from people where id = i.person_id limit 1) p
    where p.id <> $2 and p.deleted_at is null and (p.suspended_at is null or p.suspended_until <= $3)
      and ${privacyAllows('privacy_phone', '$2::uuid', 'p')} and not ${blockBetween('p.id', '$2::uuid')}`,
};

/**
 * Who has these phone numbers, as far as they let the viewer find them by number. That somebody is missing tells nothing.
 *
 * @param phones in E.164
 */
export function findByPhone(
  reader: Reader,
  viewerId: string,
  phones: readonly string[],
  now: Date,
): Promise<(VisiblePerson & { readonly phone: string; readonly is_contact: boolean })[]> {
  return reader.prepared(byPhone, [phones, viewerId, now]);
}

const byNumber: PreparedStatement = {
  name: 'person-by-number',
  text: `
    select p.id
    from (select person_id from identities where kind = $1 and value = $2) i
    cross join lateral (select * from people where id = i.person_id limit 1) p
    where p.deleted_at is null and (p.suspended_at is null or p.suspended_until <= $4)
      and (p.id = $3 or (${privacyAllows('privacy_phone', '$3::uuid', 'p')} and not ${blockBetween('p.id', '$3::uuid')}))`,
};

/**
 * Who has this number, of the viewer and those who let the viewer find them by it: for a door whose numbers are not all
 * shared ones.
 */
export async function findByNumber(
  reader: Reader,
  viewerId: string,
  { kind, value }: PhoneIdentity,
  now: Date,
): Promise<string | null> {
  const [row] = await reader.prepared<{ id: string }>(byNumber, [kind, value, viewerId, now]);
  return row?.id ?? null;
}
