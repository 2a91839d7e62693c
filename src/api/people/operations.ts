import type { People } from '../../engine/people/index.ts';
import { type AnyOperation, operation } from '../kit/operation.ts';
import { Id, input, Limit, nullable, output, Type } from '../kit/schemas.ts';
import { OwnProfile, Person } from './schemas.ts';

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
        'By part of a name or username, or by a whole phone number in international form. The best matches first.',
      method: 'GET',
      path: '/people',
      query: input({
        q: Type.String({ minLength: 1, maxLength: 100, description: 'What to look for.' }),
        limit: Limit(50, 20),
      }),
      output: output({ items: Type.Array(Person) }),
      access: 'session',
      socket: true,
      handle: async (actor, { q, limit = 20 }) => ({ items: await people.search(actor, { text: q, limit }) }),
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
  ];
}
