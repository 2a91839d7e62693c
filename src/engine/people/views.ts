import type { Role } from '../shared/actor.ts';
import { type Availability, type CustomStatus, customStatusOf } from './status.ts';
import type { IdentityRow, PersonRow } from './store.ts';
import type { VisiblePerson } from './visible-profile.ts';

/** A person as the one who asks may see them. */
export interface PersonView {
  readonly id: string;
  /** Empty while they have not set one, and after the account was deleted. */
  readonly name: string;
  readonly username: string | null;
  /** Empty where it may not be seen. */
  readonly about: string;
  /** null where there is none, or it may not be seen. */
  readonly photoUrl: string | null;
  readonly deleted: boolean;
  /** Grows with each change. */
  readonly version: number;
  /**
   * Something was withheld that some may see: this view went to many at once. Who wants to know whether they may asks for
   * the person. Never set in an answer to one.
   */
  readonly limited?: boolean;
}

/** What everybody may see of who did something, for what goes to many at once. */
export type PublicFace = Pick<PersonView, 'id' | 'name' | 'username' | 'photoUrl'>;

/** What a person sees of their own account. */
export interface OwnProfileView extends PersonView {
  readonly role: Role;
  readonly createdAt: Date;
  /** What they have chosen; others see `offline` while they are not online. */
  readonly availability: Availability;
  readonly customStatus: CustomStatus | null;
  readonly identities: readonly { kind: IdentityRow['kind']; value: string; verified: boolean }[];
}

/** The view of a row that holds only what its viewer may see, or that the person themselves get. */
export function personView(row: VisiblePerson): PersonView {
  return {
    id: row.id,
    name: row.name,
    username: row.username,
    about: row.about,
    photoUrl: row.photo_url,
    deleted: row.deleted_at !== null,
    version: row.version,
  };
}

/**
 * What everybody may see: for events, which are the same for all who get them. Of who has blocked somebody, that is not what
 * they show to everyone else: the one who is blocked may be among them.
 */
export function publicPersonView(row: PersonRow): PersonView {
  const about = row.privacy_about === 'everyone' && !row.blocks_anyone ? row.about : '';
  const photo_url = row.privacy_photo === 'everyone' && !row.blocks_anyone ? row.photo_url : null;
  const limited = about !== row.about || photo_url !== row.photo_url;
  return { ...personView({ ...row, about, photo_url }), ...(limited && { limited }) };
}

/** @param now in milliseconds; 0 shows also a status that has expired */
export function ownProfileView(row: PersonRow, identities: readonly IdentityRow[], now: number): OwnProfileView {
  return {
    ...personView(row),
    role: row.role,
    createdAt: row.created_at,
    availability: row.availability,
    customStatus: customStatusOf(row, now),
    identities: identities.map(({ kind, value, verified_at }) => ({ kind, value, verified: verified_at !== null })),
  };
}
