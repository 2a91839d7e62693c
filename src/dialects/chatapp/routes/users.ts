import type { PrivacyChange } from '../../../engine/people/index.ts';
import { doorPhoneIdentity } from '../../../engine/people/index.ts';
import { fontSizes, themes } from '../../../engine/preferences/index.ts';
import type { Actor } from '../../../engine/shared/actor.ts';
import { receiveForm } from '../../../transport/receive-file.ts';
import { Fields } from '../../kit/fields.ts';
import type { Call, Route } from '../../kit/rest.ts';
import type { ChatappDeps } from '../deps.ts';
import { Refusal, worded } from '../errors.ts';
import { doorName } from '../name.ts';
import { phonesMeant } from '../phone-numbers.ts';
import { ownPhone, presentPrivacy, presentSelf, presentSettings, presentUser } from '../present/user.ts';
import { readCustomStatus, readProfile } from '../wire/profile.ts';
import { codeWorded, readCode } from './auth.ts';
import { blockedOf, showContacts } from './contacts.ts';

/** The contacts that one's own profile brings; the whole address book is listed by itself. */
const contactsInProfile = 500;
const levels = ['everyone', 'contacts', 'nobody'] as const;

/** One's own account as the door shows it. */
export async function showSelf(deps: ChatappDeps, actor: Actor, base: string) {
  const { people, presence, preferences, devices, contacts } = deps.engine;
  const page = await contacts.page(actor, { offset: 0, limit: contactsInProfile });
  const [profile] = await presence.profiles(actor, [actor.personId]);
  if (!profile) throw new Refusal(404, 'User not found');
  const account = {
    profile,
    own: await people.getOwnProfile(actor),
    privacy: await people.getPrivacy(actor),
    preferences: await preferences.get(actor),
    devices: await devices.list(actor),
    contacts: await showContacts(deps, actor, page.items, base),
    blocked: await blockedOf(deps, actor),
  };
  return presentSelf(account, base);
}

/** The fields of a part of the account, which may be sent by itself or under its name. */
function partOf(body: Call['body'], name: string): Fields {
  return new Fields(new Fields(body).object(name) ?? body);
}

/** Profiles: one's own, and those of others. */
export function userRoutes(deps: ChatappDeps): Route[] {
  const { engine, options } = deps;

  /** Takes the first file of a form and makes it the actor's picture. */
  async function takePicture(actor: Actor, { request, base }: Call) {
    const words = {
      invalid_request: [400, 'No file uploaded'],
      payload_too_large: [400, 'File size too large'],
      media_refused: [400, 'Invalid file type'],
    } as const;
    await worded(words, async () => {
      const takers = { media: engine.media, uploads: deps.uploads };
      const limits = { maxFiles: 1, maxBytes: options.maxFileBytes, more: 'drop' } as const;
      const [id] = (await receiveForm(request, takers, actor, 'avatar', limits)).ids;
      if (id === undefined) throw new Refusal(400, 'No file uploaded');
      await engine.media.finish(actor, id);
      await engine.people.updateProfile(actor, { photoMediaId: id });
    });
    const user = await showSelf(deps, actor, base);
    const { profilePicture } = user;
    const data = { profilePicture, url: profilePicture.url, user };
    return { body: { success: true, message: 'Profile picture uploaded successfully', data } };
  }

  return [
    {
      method: 'GET',
      path: ['/api/users/profile', '/api/auth/me'],
      access: 'session',
      handle: async (actor, { base }) => ({
        body: { success: true, data: { user: await showSelf(deps, actor, base) } },
      }),
    },
    {
      method: 'PUT',
      path: '/api/users/profile',
      access: 'session',
      async handle(actor, { body, base }) {
        const fields = new Fields(body);
        const change = readProfile(fields, { nameRequired: false });
        const customStatus = readCustomStatus(fields);
        fields.assertValid();
        if (Object.keys(change).length > 0) await engine.people.updateProfile(actor, change);
        if (customStatus !== undefined) await engine.presence.updateStatus(actor, { customStatus });
        const data = { user: await showSelf(deps, actor, base) };
        return { body: { success: true, message: 'Profile updated successfully', data } };
      },
    },
    {
      method: 'POST',
      path: ['/api/users/upload-avatar', '/api/upload/profile-picture'],
      access: 'session',
      takesFile: true,
      handle: takePicture,
    },
    {
      method: 'DELETE',
      path: '/api/users/avatar',
      access: 'session',
      async handle(actor) {
        await engine.people.updateProfile(actor, { photoUrl: null });
        return { body: { success: true, message: 'Profile picture removed' } };
      },
    },
    {
      method: 'GET',
      path: '/api/users/search',
      access: 'session',
      async handle(actor, { query, base }) {
        const fields = new Fields(query, 'query');
        const text = fields.text(['q', 'query', 'search'], { max: 100, message: 'Search query is too long' }) ?? '';
        const limit = fields.clamped('limit', { min: 1, max: 50, default: 20 });
        fields.assertValid();
        if ([...text].length < 2) throw new Refusal(400, 'Search query must be at least 2 characters');
        const isNumber = phonesMeant(text, null).length > 0 || /^\+?[\d\s().-]+$/.test(text);
        const own = isNumber ? ownPhone(await engine.people.getOwnProfile(actor)) : null;
        const found = await engine.people.search(actor, { text, phones: phonesMeant(text, own), limit });
        const profiles = new Map(
          (
            await engine.presence.profiles(
              actor,
              found.map(({ person }) => person.id),
            )
          ).map((one) => [one.person.id, one]),
        );
        const users = found.flatMap(({ person, phone }) => {
          const profile = profiles.get(person.id);
          if (!profile) return [];
          const { isContact } = profile;
          const phoneNumber = phone ?? (isContact ? profile.phone : null);
          return [{ ...presentUser(profile, base), phoneNumber, isContact }];
        });
        return { body: { success: true, data: { users, query: text } } };
      },
    },
    {
      method: 'PUT',
      path: '/api/users/privacy',
      access: 'session',
      async handle(actor, { body }) {
        const fields = partOf(body, 'privacy');
        const level = (names: string | string[]) =>
          fields.choice(names, levels, 'Must be everyone, contacts or nobody');
        const change: PrivacyChange = {
          photo: level('profilePhoto'),
          lastSeen: level('lastSeen'),
          about: level('status'),
          groups: level(['groups', 'groupInvites']),
          readReceipts: fields.flag('readReceipts', 'Must be true or false'),
        };
        fields.assertValid();
        const privacy = presentPrivacy(await engine.people.updatePrivacy(actor, change));
        return { body: { success: true, message: 'Privacy settings updated successfully', data: { privacy } } };
      },
    },
    {
      method: 'PUT',
      path: '/api/users/notifications',
      access: 'session',
      async handle(actor, { body }) {
        const fields = partOf(body, 'notifications');
        const flag = (...names: string[]) => fields.flag(names, 'Must be true or false');
        const change = {
          messages: flag('messages', 'messageNotifications'),
          groups: flag('groups', 'groupNotifications'),
          calls: flag('calls', 'callNotifications'),
          stories: flag('stories'),
          sound: flag('sound'),
          vibration: flag('vibration'),
        };
        fields.assertValid();
        const { notifications } = await engine.preferences.update(actor, { notifications: change });
        return {
          body: { success: true, message: 'Notification settings updated successfully', data: { notifications } },
        };
      },
    },
    {
      method: 'PUT',
      path: '/api/users/settings',
      access: 'session',
      async handle(actor, { body }) {
        const fields = partOf(body, 'settings');
        const theme = fields.choice('theme', themes, 'Theme must be light, dark or auto');
        const language = fields.text('language', { min: 2, max: 35, message: 'Language is not valid' });
        if (language !== undefined && !/^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,4}$/.test(language)) {
          fields.problem('language', 'Language is not valid');
        }
        const fontSize = fields.choice('fontSize', fontSizes, 'Font size must be small, medium or large');
        const files = new Fields(fields.object('autoDownloadMedia') ?? {});
        const flag = (name: string) => files.flag(name, 'Must be true or false');
        const autoDownload = {
          photos: flag('photos'),
          videos: flag('videos'),
          documents: flag('documents'),
        };
        fields.assertValid();
        files.assertValid();
        const looks = { theme, language: language?.replaceAll('_', '-'), fontSize };
        const changed = await engine.preferences.update(actor, {
          client: { ...looks, autoDownload },
        });
        const data = { settings: presentSettings(changed.client) };
        return { body: { success: true, message: 'Settings updated successfully', data } };
      },
    },
    {
      method: 'DELETE',
      path: '/api/users/account',
      access: 'session',
      async handle(actor, { body }) {
        const fields = new Fields(body);
        const code = readCode(fields);
        fields.assertValid();
        const phone = ownPhone(await engine.people.getOwnProfile(actor));
        if (phone === null) throw new Refusal(400, 'Account has no phone number');
        await codeWorded(() => engine.auth.deleteAccount(actor, { phone: doorPhoneIdentity(doorName, phone), code }));
        return { body: { success: true, message: 'Account deleted successfully' } };
      },
    },
    {
      method: 'GET',
      path: '/api/users/:userId',
      access: 'session',
      async handle(actor, { params, base }) {
        const [profile] = await engine.presence.profiles(actor, [params.userId ?? '']);
        if (!profile || profile.person.deleted || profile.blocked || profile.blocksMe) {
          throw new Refusal(404, 'User not found');
        }
        const user = { ...presentUser(profile, base), isContact: profile.isContact };
        return { body: { success: true, data: { user } } };
      },
    },
  ];
}
