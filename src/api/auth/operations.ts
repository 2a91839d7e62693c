import { type Auth, codeRules, type SignedIn as SignedInResult, sessionStyles } from '../../engine/auth/index.ts';
import { type People, phoneIdentity } from '../../engine/people/index.ts';
import { type AnyOperation, type CallContext, operation } from '../kit/operation.ts';
import { Cursor, Id, input, Limit, output, page, Time, Type } from '../kit/schemas.ts';
import {
  Code,
  DeviceName,
  Name,
  Password,
  Phone,
  Session,
  SignedIn,
  SignInEntry,
  TokenKind,
  Tokens,
} from './schemas.ts';

/** Signing in and out, devices, and the login history. */
export function authOperations({ auth, people }: { auth: Auth; people: People }): AnyOperation[] {
  const contextOf = (
    given: { deviceName?: string | undefined; tokens?: 'rotating' | 'opaque' | undefined },
    { origin }: CallContext,
  ) => ({ origin, deviceName: given.deviceName ?? null, style: sessionStyles[given.tokens ?? 'rotating'] });
  const signedIn = async ({ actor, tokens, isNew }: SignedInResult) => ({
    tokens,
    profile: await people.getOwnProfile(actor),
    isNew,
  });

  return [
    operation({
      name: 'codes.request',
      summary: 'Send a one-time code to a phone',
      description: 'The code is good for five minutes and five tries, and replaces the one before.',
      method: 'POST',
      path: '/codes',
      body: input({ phone: Phone }),
      output: output({
        phone: Type.String({ description: 'The number in E.164.' }),
        expiresAt: Time('When the code expires.'),
      }),
      status: 202,
      access: 'public',
      socket: false,
      // Not whether there is an account.
      handle: async (given, { origin }) => {
        const { phone, expiresAt } = await auth.requestCode(phoneIdentity(given.phone), origin, codeRules);
        return { phone, expiresAt };
      },
    }),
    operation({
      name: 'sessions.createByCode',
      summary: 'Sign in by phone and code',
      description: 'Makes the account where the phone has none.',
      method: 'POST',
      path: '/sessions/by-code',
      body: input({ phone: Phone, code: Code, name: Type.Optional(Name), deviceName: DeviceName, tokens: TokenKind }),
      output: SignedIn,
      status: 201,
      access: 'public',
      socket: false,
      handle: async (given, context) => {
        const read = () => ({ ...given, phone: phoneIdentity(given.phone) });
        return signedIn(await auth.signInWithCode(read, contextOf(given, context), codeRules));
      },
    }),
    operation({
      name: 'accounts.create',
      summary: 'Make an account with a password, and sign in',
      method: 'POST',
      path: '/accounts',
      body: input({
        name: Name,
        email: Type.Optional(Type.String({ maxLength: 254 })),
        username: Type.Optional(Type.String({ maxLength: 30 })),
        password: Password,
        deviceName: DeviceName,
        tokens: TokenKind,
      }),
      output: SignedIn,
      status: 201,
      access: 'public',
      socket: false,
      handle: async (given, context) => signedIn(await auth.registerWithPassword(given, contextOf(given, context))),
    }),
    operation({
      name: 'sessions.createByPassword',
      summary: 'Sign in by e-mail address, username or phone, and password',
      method: 'POST',
      path: '/sessions/by-password',
      body: input({
        login: Type.String({ minLength: 1, maxLength: 254, description: 'E-mail address, username or phone number.' }),
        password: Password,
        deviceName: DeviceName,
        tokens: TokenKind,
      }),
      output: SignedIn,
      status: 201,
      access: 'public',
      socket: false,
      handle: async (given, context) => signedIn(await auth.signInWithPassword(given, contextOf(given, context))),
    }),
    operation({
      name: 'sessions.refresh',
      summary: 'Exchange a refresh token for new tokens',
      description:
        'Each refresh token is good once. Using it again ends the session, unless it is the repetition of a request whose answer was lost: send the same `requestKey` with it.',
      method: 'POST',
      path: '/sessions/refresh',
      body: input({
        refreshToken: Type.String({ minLength: 1, maxLength: 500 }),
        requestKey: Type.Optional(
          Type.String({ minLength: 8, maxLength: 100, description: 'Random, new for each refresh.' }),
        ),
      }),
      output: Tokens,
      access: 'public',
      socket: false,
      handle: (given, { origin }) => auth.refresh(given, origin, sessionStyles.rotating),
    }),
    operation({
      name: 'sessions.end',
      summary: 'Sign out by a refresh token',
      description: 'For who has no access token that is still good. Nothing is said of a token that is not known.',
      method: 'POST',
      path: '/sessions/end',
      body: input({ refreshToken: Type.String({ minLength: 1, maxLength: 500 }) }),
      access: 'public',
      socket: false,
      handle: ({ refreshToken }) => auth.signOutByToken(refreshToken),
    }),
    operation({
      name: 'sessions.list',
      summary: 'List my devices',
      method: 'GET',
      path: '/sessions',
      output: output({ items: Type.Array(Session) }),
      access: 'session',
      socket: true,
      handle: async (actor) => ({ items: await auth.listSessions(actor) }),
    }),
    operation({
      name: 'sessions.deleteCurrent',
      summary: 'Sign out here',
      method: 'DELETE',
      path: '/sessions/current',
      access: 'session',
      socket: true,
      handle: (actor) => auth.signOut(actor),
    }),
    operation({
      name: 'sessions.deleteAll',
      summary: 'Sign out everywhere',
      method: 'DELETE',
      path: '/sessions',
      access: 'session',
      socket: true,
      handle: (actor) => auth.signOutEverywhere(actor),
    }),
    operation({
      name: 'sessions.delete',
      summary: 'Sign out another device',
      description: 'Its tokens are refused and its sockets closed at once.',
      method: 'DELETE',
      path: '/sessions/:sessionId',
      params: input({ sessionId: Id('The session to end.') }),
      access: 'session',
      socket: true,
      handle: (actor, { sessionId }) => auth.revokeSession(actor, sessionId),
    }),
    operation({
      name: 'signIns.list',
      summary: 'My login history, failures included',
      method: 'GET',
      path: '/sign-ins',
      query: input({ cursor: Cursor, limit: Limit(100, 50) }),
      output: page(SignInEntry),
      access: 'session',
      socket: true,
      handle: (actor, { cursor, limit = 50 }) => auth.listSignIns(actor, { cursor, limit }),
    }),
    operation({
      name: 'me.setPassword',
      summary: 'Set or change my password',
      description: 'Ends my other sessions. `current` is needed where there is a password.',
      method: 'PUT',
      path: '/me/password',
      body: input({ current: Type.Optional(Password), next: Password }),
      access: 'session',
      socket: true,
      handle: (actor, given) => auth.changePassword(actor, given),
    }),
    operation({
      name: 'me.addPhone',
      summary: 'Add a phone number to my account',
      description: 'Request a code for it first.',
      method: 'PUT',
      path: '/me/phone',
      body: input({ phone: Phone, code: Code }),
      access: 'session',
      socket: true,
      handle: (actor, { phone, code }) => auth.linkPhone(actor, { phone: phoneIdentity(phone), code }),
    }),
    operation({
      name: 'me.delete',
      summary: 'Delete my account',
      description: 'At once and for good. Messages that others received stay theirs, without my name.',
      method: 'DELETE',
      path: '/me',
      access: 'session',
      socket: true,
      handle: (actor) => auth.deleteAccount(actor),
    }),
  ];
}
