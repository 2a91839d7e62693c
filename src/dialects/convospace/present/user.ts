import { type OwnProfileView, phoneOf } from '../../../engine/people/index.ts';
import type { ProfileView } from '../../../engine/presence/index.ts';
import { photoLink } from './file-links.ts';
import type { Showing } from './showing.ts';
import { isoTime, timeOrNull } from './time.ts';

/** What this door shows of a person, as one viewer may see them. */
export interface Card {
  readonly id: string;
  /** Empty while they have not set one, and after the account was deleted. */
  readonly name: string;
  readonly username: string | null;
  readonly about: string;
  readonly photoUrl: string | null;
  readonly deleted: boolean;
  readonly online: boolean;
  /** null while online, and where it may not be seen. */
  readonly lastSeenAt: Date | string | null;
}

export function cardOf({ person, presence }: Pick<ProfileView, 'person' | 'presence'>): Card {
  const { id, name, username, about, photoUrl, deleted } = person;
  const online = presence?.online ?? false;
  const lastSeenAt = online ? null : (presence?.lastSeenAt ?? null);
  return { id, name, username, about, photoUrl, deleted, online, lastSeenAt };
}

/** Somebody of whom nothing is known any more. */
export const goneCard = (id: string): Card => ({
  id,
  name: '',
  username: null,
  about: '',
  photoUrl: null,
  deleted: true,
  online: false,
  lastSeenAt: null,
});

/** How somebody is called. Clients cannot bear a name that is missing. */
export function nameOf({ id, name, deleted }: Pick<Card, 'id' | 'name' | 'deleted'>, { n }: Pick<Showing, 'n'>) {
  if (name !== '') return name;
  return deleted ? 'Deleted User' : `User ${n.user(id)}`;
}

const usernameOf = ({ id, username }: Pick<Card, 'id' | 'username'>, { n }: Pick<Showing, 'n'>): string =>
  username ?? `user${n.user(id)}`;

/** Somebody else, or the caller where people are listed. Names the user. */
export function presentUserCard(card: Card, show: Showing) {
  const id = show.n.user(card.id);
  const picture = photoLink(show, card.photoUrl);
  return {
    id,
    username: usernameOf(card, show),
    full_name: nameOf(card, show),
    profile_picture: picture,
    is_online: card.online,
    last_seen_at: timeOrNull(card.lastSeenAt),
    user_id: id,
    avatar_url: picture,
    bio: card.about || null,
    status: card.online ? 'online' : 'offline',
  };
}

export type UserCard = ReturnType<typeof presentUserCard>;

/** The number of an account as its person gave it to this door; null where it has none. */
export const ownPhone = ({ identities }: Pick<OwnProfileView, 'identities'>): string | null =>
  identities.map(phoneOf).find((phone) => phone !== null) ?? null;

/** The caller's own account. Names the user. */
export function presentOwnUser(own: OwnProfileView, card: Pick<Card, 'online' | 'lastSeenAt'>, show: Showing) {
  const phone = ownPhone(own);
  const { online, lastSeenAt } = card;
  return {
    ...presentUserCard({ ...own, online, lastSeenAt }, show),
    phone_number: phone,
    is_phone_verified: phone !== null,
    is_active: true,
    created_at: isoTime(own.createdAt),
    updated_at: isoTime(own.createdAt),
  };
}

/** The account as signing in shows it. Names the user. */
export function presentSignedIn(own: OwnProfileView, show: Showing) {
  const { id, phone_number, full_name, username, profile_picture, avatar_url, bio, status, user_id } = presentOwnUser(
    own,
    { online: true, lastSeenAt: null },
    show,
  );
  return { id, phone_number, full_name, username, profile_picture, avatar_url, bio, status, user_id };
}
