import { type CodeRules, codeRules, NothingKnown, type RotatingStyle } from '../../../engine/auth/index.ts';
import { EngineError } from '../../../engine/shared/errors.ts';
import { Fields } from '../../kit/fields.ts';
import type { Call, Route } from '../../kit/rest.ts';
import type { ChatappDeps } from '../deps.ts';
import { Refusal, type Words, worded } from '../errors.ts';
import { countries, readPhone } from '../phone-numbers.ts';
import { presentAuthUser } from '../present/user.ts';
import { tokenOf } from '../token-of.ts';
import { readProfile } from '../wire/profile.ts';

const quarter = 15 * 60;

/** What this door says of one-time codes. */
export function codeRulesOf({ options: { otp } }: Pick<ChatappDeps, 'options'>): CodeRules {
  const { lifetimeSeconds, resendSeconds, perAddress, triesPerAddress } = otp;
  return {
    ...codeRules,
    lifetimeSeconds,
    pause:
      resendSeconds === 0 ? null : { name: 'chatapp-code-pause', points: 1, windowSeconds: resendSeconds, fixed: true },
    perIp: { name: 'chatapp-code-ip', points: perAddress, windowSeconds: quarter },
    triesPerIp: { name: 'chatapp-verify-ip', points: triesPerAddress, windowSeconds: quarter },
  };
}

/** Words a limit that was met, with the seconds to wait. */
async function limited<Value>(messageOf: (limit: unknown) => string, call: () => Promise<Value>): Promise<Value> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'rate_limited') throw error;
    const { limit, retryAfter } = error.details;
    throw new Refusal(429, messageOf(limit), { retryAfter });
  }
}

/** Words of a code that was refused. */
export async function codeWorded<Value>(call: () => Promise<Value>): Promise<Value> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof NothingKnown) throw new Refusal(404, 'User not found. Please request OTP first.');
    if (error instanceof EngineError && error.code === 'code_invalid') {
      throw new Refusal(400, 'Invalid OTP. Please try again.', { attemptsLeft: error.details.attemptsLeft });
    }
    throw error;
  }
}

/** Six digits, as a text or as a number. */
export function readCode(fields: Fields): string {
  const code = fields.requiredText(['otp', 'code'], { max: 20, message: 'OTP must be 6 digits' });
  if (code !== '' && !/^\d{6}$/.test(code)) fields.problem(['otp', 'code'], 'OTP must be 6 digits');
  return code;
}

/** Not a 401: the client would sign out of what it is not signed in to. */
const suspended: Words = { account_suspended: [403, 'Account is suspended'] };

/** Signing in and out. */
export function authRoutes(deps: ChatappDeps): Route[] {
  const { engine, options } = deps;
  const rules = codeRulesOf(deps);
  const style: RotatingStyle = {
    kind: 'rotating',
    accessSeconds: options.accessSeconds,
    lifetimeSeconds: options.refreshSeconds,
  };

  return [
    {
      method: 'POST',
      path: '/api/auth/send-otp',
      access: 'public',
      async handle({ body, origin }) {
        const fields = new Fields(body);
        const phone = readPhone(fields, { required: true });
        fields.assertValid();
        if (!phone) throw new Error('A number that is missing is a problem.');
        const sent = await limited(
          (limit) =>
            limit === rules.pause?.name
              ? 'Please wait before requesting another OTP'
              : 'Too many OTP requests, please try again later.',
          () => engine.auth.requestCode(phone, origin, rules),
        );
        const data = { phoneNumber: sent.phone, expiresIn: rules.lifetimeSeconds, isNewUser: sent.known === null };
        return { body: { success: true, message: 'OTP sent successfully', data } };
      },
    },
    {
      method: 'POST',
      path: '/api/auth/verify-otp',
      access: 'public',
      async handle({ body, origin, base }) {
        const read = () => {
          const fields = new Fields(body);
          const phone = readPhone(fields, { required: true });
          const code = readCode(fields);
          fields.assertValid();
          if (!phone) throw new Error('A number that is missing is a problem.');
          return { phone, code };
        };
        const { actor, tokens } = await worded(suspended, () =>
          codeWorded(() =>
            limited(
              () => 'Too many verification attempts, please try again later.',
              () => engine.auth.signInWithCode(read, { origin, deviceName: null, style }, rules),
            ),
          ),
        );
        const own = await engine.people.getOwnProfile(actor);
        const data = {
          token: tokens.accessToken,
          refreshToken: tokens.refreshToken,
          expiresIn: style.accessSeconds,
          user: presentAuthUser(own, base),
        };
        return { body: { success: true, message: 'Phone number verified successfully', data } };
      },
    },
    {
      method: 'POST',
      path: '/api/auth/complete-profile',
      access: 'session',
      async handle(actor, { body, base }) {
        const fields = new Fields(body);
        const change = readProfile(fields, { nameRequired: true });
        fields.assertValid();
        const own = await engine.people.updateProfile(actor, change);
        const data = { user: presentAuthUser(own, base) };
        return { body: { success: true, message: 'Profile completed successfully', data } };
      },
    },
    {
      method: 'POST',
      path: '/api/auth/refresh-token',
      access: 'public',
      async handle(call) {
        const refreshToken = new Fields(call.body).value('refreshToken');
        const tokens = await worded(
          { unauthenticated: invalidToken, token_expired: invalidToken, session_revoked: invalidToken },
          async () => {
            if (typeof refreshToken === 'string' && refreshToken !== '') {
              return engine.auth.refresh({ refreshToken }, call.origin, style);
            }
            const token = tokenOf(call.request);
            if (token === null) throw new Refusal(401, 'No token provided, authorization denied');
            return engine.auth.renew(await engine.auth.authenticator.authenticate(token), call.origin, style);
          },
        );
        const data = {
          token: tokens.accessToken,
          refreshToken: tokens.refreshToken,
          expiresIn: style.accessSeconds,
        };
        return { body: { success: true, message: 'Token refreshed successfully', data } };
      },
    },
    {
      method: 'POST',
      path: '/api/auth/logout',
      access: 'public',
      async handle(call) {
        await signOut(deps, call);
        return { body: { success: true, message: 'Logged out successfully' } };
      },
    },
    {
      method: 'GET',
      path: '/api/auth/countries',
      access: 'public',
      handle: async () => ({ body: { success: true, data: { countries, count: countries.length } } }),
    },
  ];
}

const invalidToken = [401, 'Invalid token'] as const;

/** Ends whatever session the request can name. A token that is not good any more has nothing left to end. */
async function signOut({ engine }: ChatappDeps, { body, request }: Call): Promise<void> {
  const fields = new Fields(body);
  const [refreshToken, deviceId] = [fields.value('refreshToken'), fields.value('deviceId')];
  const token = tokenOf(request);
  const ignoring = async (codes: readonly string[], work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof EngineError) || !codes.includes(error.code)) throw error;
    }
  };
  if (token !== null) {
    await ignoring(['unauthenticated', 'token_expired', 'session_revoked', 'account_suspended'], async () => {
      const actor = await engine.auth.authenticator.authenticate(token);
      if (typeof deviceId === 'string') {
        await ignoring(['device_not_found'], () => engine.devices.unregister(actor, deviceId));
      }
      await engine.auth.signOut(actor);
    });
  }
  if (typeof refreshToken === 'string') await engine.auth.signOutByToken(refreshToken);
}
