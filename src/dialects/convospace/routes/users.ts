import type { OwnProfileView } from '../../../engine/people/index.ts';
import type { Actor } from '../../../engine/shared/actor.ts';
import { EngineError } from '../../../engine/shared/errors.ts';
import { isInNetworks } from '../../../transport/origin.ts';
import { Fields } from '../../kit/fields.ts';
import type { Answer, Call, Route } from '../../kit/rest.ts';
import type { ConvospaceDeps } from '../deps.ts';
import { failingWith, Refusal } from '../errors.ts';
import { photoLink } from '../present/file-links.ts';
import { presentSignIn } from '../present/sign-in.ts';
import { isoTime } from '../present/time.ts';
import { cardOf, ownPhone, presentOwnUser, presentUserCard } from '../present/user.ts';
import { readPage } from '../wire/page.ts';
import { phoneMeant } from '../wire/phone.ts';
import { readAvailability, readProfile, usernameLength } from '../wire/profile.ts';
import { done, endpoint, found } from './endpoint.ts';

/** Most people of a page, and most entries of the login history. */
const maxPage = 100;

/** The own account, other people, and what was tried to sign in. */
export function userRoutes(deps: ConvospaceDeps): Route[] {
  const { engine, numbers, fileNames, options } = deps;
  const inTrustedNetwork = isInNetworks(options.trustedNetworks);

  /** Who asks is there, whatever sockets they have, unless they want to appear otherwise. */
  const showOwn = async (own: OwnProfileView, { site }: Call) => {
    const online = own.availability !== 'offline';
    const lastSeenAt = online ? null : await lastSeenOf({ personId: own.id });
    return presentOwnUser(own, { online, lastSeenAt }, { n: await numbers.of({ user: [own.id] }), site, fileNames });
  };
  const lastSeenOf = async (viewer: Pick<Actor, 'personId'>): Promise<Date> => {
    const [profile] = await engine.presence.profiles(viewer, [viewer.personId]);
    return profile?.presence?.lastSeenAt ?? new Date(deps.clock.now());
  };

  /** What changes: a client may send back what it was shown. */
  const changeOf = async (actor: Actor, { body, site }: Call) => {
    const { username, photoUrl, ...change } = readProfile(body);
    if (!username && !photoUrl) return change;
    const own = await engine.people.getOwnProfile(actor);
    const n = await numbers.of({ user: [own.id] });
    const samePhoto = photoUrl === photoLink({ site }, own.photoUrl);
    const shownName = own.username ?? `user${n.user(own.id)}`;
    return {
      ...change,
      ...(photoUrl && !samePhoto && { photoUrl }),
      ...(username && username !== shownName && { username, usernameLength }),
    };
  };

  const mayList = (actor: Actor | null, ip: string): boolean => {
    if (actor || options.directory === 'public') return true;
    return options.directory === 'trusted' && inTrustedNetwork(ip);
  };

  const listPeople = async (actor: Actor | null, { query, origin, site }: Call): Promise<Answer> => {
    if (!mayList(actor, origin.ip))
      throw new EngineError('unauthenticated', 'There is no token.', { token: 'missing' });
    const fields = new Fields(query, 'query');
    const { limit, offset } = readPage(fields, { max: maxPage });
    const text = fields.text('search', { max: 100, message: 'search must have at most 100 characters' }) || undefined;
    fields.assertValid();
    const { items, total, more } = await engine.presence.directory(actor, {
      text,
      phone: text === undefined ? undefined : phoneMeant(text),
      presenceOfAcquainted: options.presenceAudience === 'contacts',
      offset,
      limit,
    });
    const own = actor && items.some(({ person }) => person.id === actor.personId) ? actor : null;
    const phone = own && ownPhone(await engine.people.getOwnProfile(own));
    const show = { n: await numbers.of({ user: items.map(({ person }) => person.id) }), site, fileNames };
    const users = items.map((item) => ({
      ...presentUserCard(cardOf(item), show),
      phone_number: item.person.id === own?.personId ? phone : null,
      created_at: isoTime(item.createdAt),
    }));
    return found({ users, pagination: { total, limit, offset, hasMore: more } });
  };

  return [
    endpoint('GET', ['/api/user/profile', '/api/users/profile'], 'Failed to get profile', async (actor, call) =>
      found(await showOwn(await engine.people.getOwnProfile(actor), call)),
    ),
    endpoint('PUT', ['/api/user/profile', '/api/users/profile'], 'Failed to update profile', async (actor, call) => {
      const change = await changeOf(actor, call);
      const changes = Object.keys(change).length > 0;
      const own = await (changes ? engine.people.updateProfile(actor, change) : engine.people.getOwnProfile(actor));
      return done('Profile updated successfully', await showOwn(own, call));
    }),
    endpoint('PUT', ['/api/user/status', '/api/users/status'], 'Failed to update status', async (actor, { body }) => {
      const availability = readAvailability(body);
      if (availability === undefined) throw new Refusal(400, 'is_online is required');
      await engine.presence.updateStatus(actor, { availability });
      const online = availability !== 'offline';
      return done('Status updated successfully', {
        is_online: online,
        last_seen_at: online ? null : isoTime(await lastSeenOf(actor)),
      });
    }),
    {
      method: 'GET',
      path: '/api/users',
      access: 'open',
      handle: (actor, call) => failingWith('Failed to get users', () => listPeople(actor, call)),
    },
    endpoint('GET', '/api/user/login-history', 'Failed to get login history', async (actor, { query }) => {
      const page = readPage(new Fields(query, 'query'), { max: maxPage });
      const { items } = await engine.auth.listSignIns(actor, page);
      const n = await numbers.of({ login: items.map(({ id }) => id) });
      return found(items.map((one) => presentSignIn(one, { n })));
    }),
  ];
}
