import type { CodeRules, RotatingStyle } from '../../../engine/auth/index.ts';
import { keyPhoneIdentity } from '../../../engine/people/index.ts';
import { Fields } from '../../kit/fields.ts';
import type { Route } from '../../kit/rest.ts';
import type { ConvospaceDeps } from '../deps.ts';
import { Refusal, type Words, worded } from '../errors.ts';
import { doorName } from '../name.ts';
import { presentSignedIn } from '../present/user.ts';
import { readNames, usernameLength } from '../wire/profile.ts';
import { done, endpoint, publicEndpoint } from './endpoint.ts';

const tenMinutes = 10 * 60;
const day = 24 * 60 * 60;
const sendsPerNumber = 10;
const sendsPerAddress = 60;

/** What this door says of one-time codes. */
export function codeRulesOf({ otp }: ConvospaceDeps['options']): CodeRules {
  const { attempts, deliver, fixedCode } = otp;
  const rule = (name: string, points: number) => ({ name: `${doorName}-${name}`, points, windowSeconds: tenMinutes });
  return {
    lifetimeSeconds: tenMinutes,
    pause: null,
    perIp: rule('code-ip', sendsPerAddress),
    perPhone: rule('code-phone', sendsPerNumber),
    perCountry: null,
    // No less than all codes that may be sent can be tried: whoever mistypes is not kept out by it.
    triesPerIp: rule('verify-ip', sendsPerAddress * attempts),
    triesPerPhone: rule('verify-phone', sendsPerNumber * attempts),
    attempts,
    deliver,
    fixedCode,
  };
}

/** Clients renew several times at once with the same token, and keep using the access token that they had. */
const style: RotatingStyle = {
  kind: 'rotating',
  accessSeconds: 7 * day,
  lifetimeSeconds: 30 * day,
  replaySeconds: 60,
};

const taken = [400, 'That username is already taken'] as const;

const signInWords: Words = {
  identity_taken: taken,
  // Not a 401: the client would try to renew a session that it does not have.
  account_suspended: [403, 'Account is not active'],
};

const badRefresh = [401, 'Invalid refresh token'] as const;
const refreshWords: Words = {
  refresh_token_invalid: badRefresh,
  refresh_token_reused: badRefresh,
  session_revoked: badRefresh,
  account_suspended: badRefresh,
};

/** The number of a request: a key, in which spaces, dashes and brackets mean nothing. */
function readPhone(fields: Fields) {
  const text = fields.requiredText('phone_number', { max: 100, message: 'phone_number is required' });
  fields.assertValid();
  return keyPhoneIdentity(doorName, text);
}

const phoneWords: Words = { invalid_phone: [400, 'phone_number must have 1 to 20 characters'] };

/** Six digits, as a text or as a number, which has lost the zeros at its beginning. */
function readCode(fields: Fields): string {
  const given = fields.value('otp_code');
  if (typeof given === 'number') return String(given).padStart(6, '0');
  return fields.requiredText('otp_code', { max: 20, message: 'otp_code is required' });
}

/** Signing in and out. */
export function authRoutes(deps: ConvospaceDeps): Route[] {
  const { engine, options, numbers } = deps;
  const rules = codeRulesOf(options);

  return [
    publicEndpoint('POST', '/api/auth/send-otp', 'Failed to send OTP', async ({ body, origin }) => {
      const sent = await worded(phoneWords, async () =>
        engine.auth.requestCode(readPhone(new Fields(body)), origin, rules),
      );
      const told = options.hideAccounts ? { named: true } : sent.known;
      const where = options.otp.printed ? ' (check server console)' : '';
      return done(`OTP sent successfully${where}`, {
        phone_number: sent.phone,
        expires_at: sent.expiresAt.toISOString(),
        user_exists: !options.hideAccounts && told !== null,
        requires_registration: !told?.named,
      });
    }),
    publicEndpoint('POST', '/api/auth/verify-otp', 'Failed to verify OTP', async ({ body, origin, site }) => {
      const read = () => {
        const fields = new Fields(body);
        const code = readCode(fields);
        const names = readNames(fields);
        const phone = readPhone(fields);
        return { phone, code, ...names, usernameLength, renames: true as const };
      };
      const context = { origin, deviceName: null, style };
      const { actor, tokens } = await worded({ ...phoneWords, ...signInWords }, () =>
        engine.auth.signInWithCode(read, context, rules),
      );
      await engine.notifications.follow(actor);
      const own = await engine.people.getOwnProfile(actor);
      const show = { n: await numbers.of({ user: [own.id] }), site, fileNames: deps.fileNames };
      return done('Authentication successful', {
        user: presentSignedIn(own, show),
        token: tokens.accessToken,
        refresh_token: tokens.refreshToken,
      });
    }),
    publicEndpoint('POST', '/api/auth/refresh', 'Failed to refresh token', async ({ body, origin }) => {
      const { refresh_token: refreshToken } = body;
      if (typeof refreshToken !== 'string' || refreshToken === '') throw new Refusal(...badRefresh);
      const tokens = await worded(refreshWords, () => engine.auth.refresh({ refreshToken }, origin, style));
      return done('Token refreshed', { token: tokens.accessToken, refresh_token: tokens.refreshToken });
    }),
    endpoint('POST', '/api/auth/logout', 'Failed to logout', async (actor) => {
      await engine.auth.signOut(actor);
      return done('Logged out successfully');
    }),
  ];
}
