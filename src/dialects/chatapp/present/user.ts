import type { DeviceView } from '../../../engine/devices/index.ts';
import { type OwnProfileView, type PrivacyView, phoneOf } from '../../../engine/people/index.ts';
import type { PreferencesView } from '../../../engine/preferences/index.ts';
import type { ProfileView } from '../../../engine/presence/index.ts';
import { splitPhone } from '../phone-numbers.ts';
import { photoAddress } from '../routes/files.ts';

/** A picture as this door shows it; without one, an empty object. */
export type Picture =
  | { readonly url: string; readonly publicId: null; readonly uploadedAt: Date | null }
  | { readonly [none: string]: never };

/**
 * The picture of a person or group, as an address that needs no credentials.
 *
 * @param base where the door is for the client
 * @param at when it was brought, where that is known
 */
export function presentPicture(
  { photoUrl }: { readonly photoUrl: string | null },
  base: string,
  at: Date | null = null,
): Picture {
  const url = photoAddress(base, photoUrl);
  return url === null ? {} : { url, publicId: null, uploadedAt: at };
}

/** What is shown of who has said nothing of themselves. */
export const usualBio = 'Hey there! I am using ChatApp.';

/** How somebody is called: by their national number until they have a name. */
export function displayName(name: string, phone: string | null, deleted = false): string {
  if (name !== '') return name;
  if (deleted) return 'Deleted User';
  return phone === null ? 'User' : splitPhone(phone).national;
}

/** The first letters of the first and last word of a name. */
export function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends.map((word) => [...(word ?? '')][0]?.toUpperCase() ?? '').join('');
}

/** What of a person is shown to others. */
export type ShownProfile = Pick<ProfileView, 'person' | 'phone' | 'presence' | 'photoAt' | 'hidden'>;

/** Somebody as another person sees them. What privacy hides is null. */
export function presentUser(profile: ShownProfile, base: string) {
  const { person, presence, hidden } = profile;
  const name = displayName(person.name, profile.phone, person.deleted);
  return {
    _id: person.id,
    id: person.id,
    displayName: name,
    username: person.username,
    profilePicture: presentPicture(person, base, profile.photoAt),
    bio: hidden.about ? null : person.about || usualBio,
    isOnline: presence?.online ?? false,
    lastSeen: presence?.lastSeenAt ?? null,
    status: presence === null ? null : presence.availability,
    initials: initialsOf(name),
  };
}

/** The number of an account; null where it has none. */
export const ownPhone = ({ identities }: Pick<OwnProfileView, 'identities'>): string | null =>
  identities.map(phoneOf).find((phone) => phone !== null) ?? null;

/** The account as signing in and completing the profile show it. */
export function presentAuthUser(own: OwnProfileView, base: string) {
  const phone = ownPhone(own);
  return {
    id: own.id,
    _id: own.id,
    phoneNumber: phone,
    displayName: displayName(own.name, phone),
    username: own.username,
    profilePicture: presentPicture(own, base),
    bio: own.about || usualBio,
    isPhoneVerified: phone !== null,
    hasCompletedProfile: own.name !== '',
  };
}

export const presentPrivacy = ({ photo, lastSeen, about, groups, readReceipts }: PrivacyView) => ({
  profilePhoto: photo,
  lastSeen,
  status: about,
  groups,
  readReceipts,
});

export const presentSettings = ({ autoDownload, ...client }: PreferencesView['client']) => ({
  ...client,
  autoDownloadMedia: autoDownload,
});

export const presentDevice = (device: DeviceView) => ({
  deviceId: device.deviceId,
  deviceType: device.platform,
  deviceName: device.name ?? `${device.platform} Device`,
  lastActive: device.lastActiveAt,
  isActive: true,
});

/** Everything of one's own account. */
export interface OwnAccount {
  readonly own: OwnProfileView;
  readonly profile: ProfileView;
  readonly privacy: PrivacyView;
  readonly preferences: PreferencesView;
  readonly devices: readonly DeviceView[];
  /** Presented already. */
  readonly contacts: readonly object[];
  readonly blocked: readonly { readonly userId: string; readonly blockedAt: Date }[];
}

/** One's own account, as the door shows it to oneself only. */
export function presentSelf(
  { own, profile, privacy, preferences, devices, contacts, blocked }: OwnAccount,
  base: string,
) {
  const phone = ownPhone(own);
  const parts = phone === null ? null : splitPhone(phone);
  return {
    ...presentUser(profile, base),
    status: own.availability,
    phoneNumber: parts?.national ?? null,
    countryCode: parts?.countryCode ?? null,
    fullPhoneNumber: phone,
    isPhoneVerified: phone !== null,
    hasCompletedProfile: own.name !== '',
    customStatus: own.customStatus ?? { text: '', emoji: '', expiresAt: null },
    privacy: presentPrivacy(privacy),
    notifications: preferences.notifications,
    settings: presentSettings(preferences.client),
    contacts,
    blockedUsers: blocked,
    devices: devices.map(presentDevice),
    profilePictureHistory: [],
    analytics: { messagesCount: 0, callsCount: 0, storiesCount: 0, joinedAt: own.createdAt },
    isActive: true,
    createdAt: own.createdAt,
    updatedAt: own.createdAt,
  };
}
