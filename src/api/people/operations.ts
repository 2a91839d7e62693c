import { maxPeople, maxPhotoUrl, type People, phoneIdentity } from '../../engine/people/index.ts';
import { EngineError } from '../../engine/shared/errors.ts';
import { type AnyOperation, operation } from '../kit/operation.ts';
import { Id, input, Limit, nullable, output, Type } from '../kit/schemas.ts';
import { PhotoMediaId } from '../media/schemas.ts';
import { OwnProfile, Person, Privacy, privacySettings } from './schemas.ts';

function numbersOf(text: string): string[] {
  try {
    return [phoneIdentity(text).value];
  } catch {
    return [];
  }
}

/** My profile, and other people. */
export function peopleOperations({ people }: { people: People }): AnyOperation[] {
  return [
    operation({
      name: 'me.get',
      summary: 'My profile',
      method: 'GET',
      path: '/me',
      output: OwnProfile,
      access: 'session',
      socket: true,
      handle: (actor) => people.getOwnProfile(actor),
    }),
    operation({
      name: 'me.update',
      summary: 'Change my profile',
      method: 'PATCH',
      path: '/me',
      body: input({
        name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
        username: Type.Optional(
          nullable(Type.String({ maxLength: 30, description: '3 to 30 letters, digits, dots or underscores.' })),
        ),
        about: Type.Optional(Type.String({ maxLength: 500 })),
        photoUrl: Type.Optional(
          nullable(
            Type.String({
              maxLength: maxPhotoUrl,
              description: 'Address of a picture, http or https; null removes it.',
              examples: ['https://example.com/ann.jpg'],
            }),
          ),
        ),
        photoMediaId: Type.Optional(PhotoMediaId),
      }),
      output: OwnProfile,
      access: 'session',
      socket: true,
      handle: (actor, change) => people.updateProfile(actor, change),
    }),
    operation({
      name: 'people.search',
      summary: 'Find people',
      description:
        'By part of a name or username, or by a whole phone number in international form. The best matches first. Who has no name yet is found by their number only. People with a block between us are left out, and by number those who do not want to be found so.',
      method: 'GET',
      path: '/people',
      query: input({
        q: Type.String({ minLength: 1, maxLength: 100, description: 'What to look for.' }),
        limit: Limit(50, 20),
      }),
      output: output({ items: Type.Array(Person) }),
      access: 'session',
      socket: true,
      handle: async (actor, { q, limit = 20 }) => {
        // What is written as a number is searched as one alone, and finds nobody where it is none.
        const isNumber = /^\+[\d\s().-]+$/.test(q.trim());
        const phones = isNumber ? numbersOf(q) : [];
        if (isNumber && phones.length === 0) return { items: [] };
        const found = await people.search(actor, { text: isNumber ? '' : q, phones, limit });
        return { items: found.map(({ person }) => person) };
      },
    }),
    operation({
      name: 'people.getMany',
      summary: 'Several people',
      description: 'In the order asked; whoever is not there is left out.',
      method: 'GET',
      path: '/people/batch',
      query: input({
        ids: Type.String({
          minLength: 1,
          maxLength: 10_000,
          description: `Ids, separated by commas; at most ${maxPeople}.`,
        }),
      }),
      output: output({ items: Type.Array(Person) }),
      access: 'session',
      socket: true,
      handle: async (actor, { ids }) => {
        const asked = ids
          .split(',')
          .map((id: string) => id.trim())
          .filter(Boolean);
        if (asked.length > maxPeople) {
          throw new EngineError('invalid_request', `Ask for at most ${maxPeople} people.`, { path: '/ids' });
        }
        return { items: await people.getMany(actor, asked) };
      },
    }),
    operation({
      name: 'people.get',
      summary: 'One person',
      method: 'GET',
      path: '/people/:personId',
      params: input({ personId: Id('The person.') }),
      output: Person,
      access: 'session',
      socket: true,
      handle: (actor, { personId }) => people.get(actor, personId),
    }),
    operation({
      name: 'privacy.get',
      summary: 'Who may see and do what of me',
      method: 'GET',
      path: '/me/privacy',
      output: Privacy,
      access: 'session',
      socket: true,
      handle: (actor) => people.getPrivacy(actor),
    }),
    operation({
      name: 'privacy.update',
      summary: 'Change who may see and do what of me',
      description:
        '`contacts` means the people in my address book. Who may no longer see my presence, and watches it, is cut off at once.',
      method: 'PATCH',
      path: '/me/privacy',
      body: Type.Partial(input(privacySettings), { additionalProperties: false }),
      output: Privacy,
      access: 'session',
      socket: true,
      handle: (actor, change) => people.updatePrivacy(actor, change),
    }),
  ];
}
