import { Id, nullable, output, Time, Type } from '../kit/schemas.ts';
import { OwnProfile } from '../people/schemas.ts';

export const Phone = Type.String({
  minLength: 1,
  maxLength: 40,
  description: 'Phone number in international form.',
  examples: ['+15550100042'],
});
export const Code = Type.String({ pattern: '^[0-9]{6}$', description: 'The six digits that were sent.' });
export const Password = Type.String({ minLength: 1, maxLength: 1_000 });
export const Name = Type.String({ minLength: 1, maxLength: 100 });
export const DeviceName = Type.Optional(
  Type.String({ maxLength: 100, description: 'How the person knows the device again in the list of sessions.' }),
);

export const TokenKind = Type.Optional(
  Type.Union([Type.Literal('rotating'), Type.Literal('opaque')], {
    description:
      '`rotating` (if not given): a JWT access token of 15 minutes and a refresh token for one use. `opaque`: one token that stays valid while it is used.',
  }),
);

export const Tokens = output({
  sessionId: Id('The session that the tokens belong to.'),
  accessToken: Type.String({ description: 'For `Authorization: Bearer` and for the handshake of the socket.' }),
  accessTokenExpiresAt: Time('From then on it is refused with `token_expired`.'),
  refreshToken: nullable(Type.String({ description: 'Good for one use. null for an opaque session.' })),
});

export const SignedIn = output({
  tokens: Tokens,
  profile: OwnProfile,
  isNew: Type.Boolean({ description: 'This made the account.' }),
});

export const Session = output({
  id: Id('The session.'),
  door: Type.String({ description: 'The door that it was opened through.' }),
  deviceName: nullable(Type.String()),
  userAgent: nullable(Type.String()),
  ip: Type.String(),
  createdAt: Time('When the device signed in.'),
  lastUsedAt: Time('Last use, to within some minutes.'),
  current: Type.Boolean({ description: 'It is the session that asks.' }),
});

export const SignInEntry = output({
  id: Id('The entry.'),
  at: Time('When.'),
  method: Type.Union([Type.Literal('code'), Type.Literal('password')]),
  succeeded: Type.Boolean(),
  failure: nullable(Type.String({ description: 'Error code of a failure.' })),
  door: Type.String(),
  ip: Type.String(),
  userAgent: nullable(Type.String()),
  deviceName: nullable(Type.String()),
});
