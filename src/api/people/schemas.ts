import { availabilities } from '../../engine/people/index.ts';
import { Id, nullable, oneOf, output, Time, Type } from '../kit/schemas.ts';

const personProperties = {
  id: Id('The person.'),
  name: Type.String({ description: 'Empty while none is set, and after the account was deleted.' }),
  username: nullable(Type.String()),
  about: Type.String({ description: 'Empty where I may not see it.' }),
  photoUrl: nullable(
    Type.String({ description: 'Address of a picture; null where there is none, or I may not see it.' }),
  ),
  deleted: Type.Boolean({ description: 'The account was deleted; its messages stay.' }),
  version: Type.Integer({ description: 'Grows with each change.' }),
};

export const Person = output({
  ...personProperties,
  limited: Type.Optional(
    Type.Boolean({
      description:
        'Only in events, which are the same for all who get them: `about` or `photoUrl` was left out, and I may be allowed to see it. Ask `people.get`.',
      examples: [false],
    }),
  ),
});

export const Availability = oneOf(availabilities, {
  description: 'What I have chosen. With `offline` I am online for nobody; of others it says that they are not.',
});

export const CustomStatus = output(
  {
    text: Type.String({ maxLength: 140 }),
    emoji: Type.String({ maxLength: 32 }),
    expiresAt: nullable(Time('From then on it is not shown any more.')),
  },
  { description: 'What a person says of what they do.' },
);

const level = (description: string) =>
  Type.Union([Type.Literal('everyone'), Type.Literal('contacts'), Type.Literal('nobody')], { description });

/** The settings of {@link Privacy}, each by itself. */
export const privacySettings = {
  lastSeen: level('Who sees whether I am online, and when I last was.'),
  photo: level('Who sees my photo.'),
  about: level('Who sees what I say about me.'),
  groups: level('Who may add me to groups; others can only invite me.'),
  phone: level('Who finds me by my phone number.'),
  readReceipts: Type.Boolean({ description: 'Whether others learn how far I have read.' }),
};

export const Privacy = output(privacySettings);

export const OwnProfile = output({
  ...personProperties,
  role: Type.Union([Type.Literal('user'), Type.Literal('admin')]),
  createdAt: Time('When the account was made.'),
  availability: Availability,
  customStatus: nullable(CustomStatus),
  identities: Type.Array(
    output({
      kind: oneOf(['phone', 'email', 'username', 'door_phone'], {
        description: '`door_phone`: a number at one door only, after its name and a colon.',
      }),
      value: Type.String(),
      verified: Type.Boolean(),
    }),
  ),
});
