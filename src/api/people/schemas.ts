import { Id, nullable, output, Time, Type } from '../kit/schemas.ts';

const personProperties = {
  id: Id('The person.'),
  name: Type.String({ description: 'Empty while none is set, and after the account was deleted.' }),
  username: nullable(Type.String()),
  about: Type.String(),
  deleted: Type.Boolean({ description: 'The account was deleted; its messages stay.' }),
  version: Type.Integer({ description: 'Grows with each change.' }),
};

export const Person = output(personProperties);

export const OwnProfile = output({
  ...personProperties,
  role: Type.Union([Type.Literal('user'), Type.Literal('admin')]),
  createdAt: Time('When the account was made.'),
  identities: Type.Array(
    output({
      kind: Type.Union([Type.Literal('phone'), Type.Literal('email'), Type.Literal('username')]),
      value: Type.String(),
      verified: Type.Boolean(),
    }),
  ),
});
