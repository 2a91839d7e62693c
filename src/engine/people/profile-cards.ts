import type { PreparedStatement, Reader } from '../ports/database.ts';
import { isBlocked, isContact, privacyAllows, type VisiblePerson, visibleProfile } from './visible-profile.ts';

/** A person as one viewer sees them, with what doors show beside it. */
export interface ProfileCard extends VisiblePerson {
  readonly created_at: Date;
  /** When the photo was brought here; null where it is elsewhere. */
  readonly photo_at: Date | null;
  readonly about_hidden: boolean;
  readonly photo_hidden: boolean;
  readonly is_contact: boolean;
  readonly blocked: boolean;
  readonly blocks_me: boolean;
  /** Of contacts who let themselves be found by number, and of who has no name to be known by. */
  readonly phone: { readonly kind: 'phone' | 'door_phone'; readonly value: string } | null;
}

const cards: PreparedStatement = {
  name: 'profile-cards',
  text: `
    select v.*, c.created_at, c.is_contact, c.blocked, c.blocks_me,
      case when v.photo_url is not null then (select created_at from media where id = c.photo_media_id) end as photo_at,
      v.about <> c.about or (c.id <> $2 and not (${privacyAllows('privacy_about', '$2::uuid', 'c')})) as about_hidden, v.photo_url is distinct from c.photo_url as photo_hidden,
      case when c.deleted_at is null
        and (c.name = '' or c.id = $2 or (c.is_contact and ${privacyAllows('privacy_phone', '$2::uuid', 'c')}))
      then (
        select jsonb_build_object('kind', kind, 'value', value) from identities
        where person_id = c.id and kind in ('phone', 'door_phone') order by created_at, value limit 1
      ) end as phone
    from unnest($1::uuid[]) as asked (id)
    cross join lateral (
      select p.*, ${isContact('$2::uuid', 'p.id')} as is_contact,
        ${isBlocked('$2::uuid', 'p.id')} as blocked, ${isBlocked('p.id', '$2::uuid')} as blocks_me
      from people p where p.id = asked.id limit 1
    ) c
    cross join lateral (select ${visibleProfile('$2::uuid', 'c')}) v`,
};

/** People as a viewer sees them, in no order. Unknown ids are left out. */
export function profileCards(reader: Reader, viewerId: string, ids: readonly string[]): Promise<ProfileCard[]> {
  return reader.prepared(cards, [ids, viewerId]);
}
