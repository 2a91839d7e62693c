import type { ContactView } from '../../../engine/people/index.ts';
import type { Actor } from '../../../engine/shared/actor.ts';
import { Fields } from '../../kit/fields.ts';
import type { Call, Route } from '../../kit/rest.ts';
import type { ChatappDeps } from '../deps.ts';
import { Refusal, worded } from '../errors.ts';
import { phoneFrom, readPhone } from '../phone-numbers.ts';
import { presentContact } from '../present/contact.ts';
import { ownPhone, presentUser } from '../present/user.ts';

/** How many blocked people are listed. */
const maxBlocked = 1_000;
const maxSync = 500;
const notFound = () => new Refusal(404, 'User not found');

/** Contacts as the door shows them, in their order. */
export async function showContacts(
  { engine }: ChatappDeps,
  actor: Actor,
  contacts: readonly ContactView[],
  base: string,
) {
  const ids = contacts.flatMap(({ person }) => (person ? [person.id] : []));
  const profiles = new Map((await engine.presence.profiles(actor, ids)).map((profile) => [profile.person.id, profile]));
  return contacts.flatMap((contact) => {
    const profile = profiles.get(contact.person?.id ?? '');
    return profile ? [presentContact(contact, profile, base)] : [];
  });
}

/** Whom somebody has blocked, the last first. */
export async function blockedOf({ engine }: ChatappDeps, actor: Actor) {
  const { items } = await engine.contacts.listBlocks(actor, { limit: maxBlocked });
  return items.map(({ person, blockedAt }) => ({ userId: person.id, blockedAt }));
}

/** The address book, and who is blocked. */
export function contactRoutes(deps: ChatappDeps): Route[] {
  const { engine } = deps;

  async function one(actor: Actor, contact: ContactView, base: string): Promise<object> {
    const [shown] = await showContacts(deps, actor, [contact], base);
    if (!shown) throw notFound();
    return shown;
  }

  /** Whom to add: by id, or by a number that is theirs. */
  async function whom(actor: Actor, { body }: Call): Promise<{ personId: string; name: string | null }> {
    const fields = new Fields(body);
    const id = fields.text(['userId', 'contactId'], { max: 100, message: 'User ID is not valid' });
    const phone = id ? undefined : readPhone(fields, { required: false });
    const name = fields.text(['displayName', 'customName', 'name'], { max: 50, message: nameRule }) || null;
    if (!id && !phone) fields.problem('userId', 'User ID or phone number is required');
    fields.assertValid();
    if (id) return { personId: id, name };
    const number = phone?.value ?? '';
    if (number === ownPhone(await engine.people.getOwnProfile(actor))) return { personId: actor.personId, name };
    const [found] =
      phone?.kind === 'phone' ? await engine.people.search(actor, { text: '', phones: [number], limit: 1 }) : [];
    if (!found) throw notFound();
    return { personId: found.person.id, name };
  }

  const setBlocked = async (actor: Actor, body: Call['body'], blocked: boolean) => {
    const fields = new Fields(body);
    const userId = fields.requiredText(['userId', 'contactId'], { max: 100, message: 'User ID is required' });
    fields.assertValid();
    await engine.contacts.setBlocked(actor, userId, blocked);
    return { body: { success: true, message: `User ${blocked ? 'blocked' : 'unblocked'} successfully` } };
  };

  return [
    {
      method: 'POST',
      path: '/api/users/add-contact',
      access: 'session',
      async handle(actor, call) {
        const { contact, created } = await worded(
          { recipient_unavailable: [400, 'Cannot add this user as contact'] },
          async () => engine.contacts.add(actor, { ...(await whom(actor, call)), refuseBlocked: true }),
        );
        const message = created ? 'Contact added successfully' : 'User is already in your contacts';
        return { body: { success: true, message, data: { contact: await one(actor, contact, call.base) } } };
      },
    },
    {
      method: 'GET',
      path: '/api/users/contacts',
      access: 'session',
      async handle(actor, { query, base }) {
        const fields = new Fields(query, 'query');
        const text = fields.text('search', { max: 100, message: 'Search is too long' });
        const page = fields.clamped('page', { min: 1, max: 100_000, default: 1 });
        const limit = fields.clamped('limit', { min: 1, max: 200, default: 50 });
        fields.assertValid();
        const offset = (page - 1) * limit;
        const { items, total } = await engine.contacts.page(actor, { ...(text && { text }), offset, limit });
        const totalPages = Math.ceil(total / limit);
        const data = {
          contacts: await showContacts(deps, actor, items, base),
          pagination: {
            currentPage: page,
            totalPages,
            totalContacts: total,
            hasNext: page < totalPages,
            hasPrev: page > 1,
          },
        };
        return { body: { success: true, data } };
      },
    },
    {
      method: 'POST',
      path: '/api/users/contacts/sync',
      access: 'session',
      async handle(actor, { body, base }) {
        const fields = new Fields(body);
        const given = fields.texts(['phoneNumbers', 'contacts']) ?? [];
        if (given.length === 0 || given.length > maxSync) {
          fields.problem('phoneNumbers', `Phone numbers must be a list of 1 to ${maxSync}`);
        }
        fields.assertValid();
        const asked = new Map(given.map((text) => [text, e164(text)]));
        const wanted = [...new Set(asked.values())].filter((phone) => phone !== null);
        const matches = await engine.contacts.match(actor, wanted);
        const profiles = await engine.presence.profiles(
          actor,
          matches.map(({ person }) => person.id),
        );
        const phones = new Map(matches.map(({ person, phone }) => [person.id, phone]));
        const found = new Set(phones.values());
        const data = {
          foundUsers: profiles.map((profile) => ({
            ...presentUser(profile, base),
            phoneNumber: phones.get(profile.person.id) ?? null,
          })),
          notFoundNumbers: given.filter((text) => !found.has(asked.get(text) ?? '')),
        };
        return { body: { success: true, data } };
      },
    },
    {
      method: 'PUT',
      path: '/api/users/contacts/:userId',
      access: 'session',
      async handle(actor, { body, params, base }) {
        const fields = new Fields(body);
        const name = fields.text(['displayName', 'customName', 'name'], { max: 50, message: nameRule });
        const favourite = fields.flag('isFavorite', 'isFavorite must be true or false');
        const closeFriend = fields.flag('isCloseFriend', 'isCloseFriend must be true or false');
        fields.assertValid();
        const key = { personId: params.userId ?? '' };
        const change = { ...(name !== undefined && { name: name || null }), favourite, closeFriend };
        const { contact } = await engine.contacts.change(actor, key, change);
        const data = { contact: await one(actor, contact, base) };
        return { body: { success: true, message: 'Contact updated successfully', data } };
      },
    },
    {
      method: 'DELETE',
      path: '/api/users/contacts/:userId',
      access: 'session',
      async handle(actor, { params }) {
        await engine.contacts.remove(actor, { personId: params.userId ?? '' });
        return { body: { success: true, message: 'Contact removed successfully' } };
      },
    },
    {
      method: 'POST',
      path: '/api/users/block',
      access: 'session',
      handle: (actor, { body }) => setBlocked(actor, body, true),
    },
    {
      method: 'POST',
      path: '/api/users/unblock',
      access: 'session',
      handle: (actor, { body }) => setBlocked(actor, body, false),
    },
    {
      method: 'GET',
      path: '/api/users/blocked',
      access: 'session',
      async handle(actor, { base }) {
        const blocked = await blockedOf(deps, actor);
        const at = new Map(blocked.map(({ userId, blockedAt }) => [userId, blockedAt]));
        const profiles = await engine.presence.profiles(actor, [...at.keys()]);
        const blockedUsers = profiles.map((profile) => ({
          userId: presentUser(profile, base),
          blockedAt: at.get(profile.person.id),
        }));
        return { body: { success: true, data: { blockedUsers } } };
      },
    },
  ];
}

const nameRule = 'Display name must be at most 50 characters';

/** A number of an address book in E.164; null where it is none that can be found. */
function e164(text: string): string | null {
  try {
    const { kind, value } = phoneFrom(text, null);
    return kind === 'phone' ? value : null;
  } catch {
    return null;
  }
}
