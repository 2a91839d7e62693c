import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minute } from '../../../src/engine/shared/clock.ts';
import { ChatappClient } from '../../harness/chatapp.ts';
import { rest, signIn } from '../../harness/people.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';

let app: TestApp;
let last = 0;
beforeAll(async () => {
  app = await startTestApp({ OTP_RESEND_SECONDS: '0' });
});
afterAll(() => app.close());

/** A national number that nobody here has. */
const national = (): string => {
  last += 1;
  return `555${String(2_000_000 + last)}`;
};
const client = (of = app) => new ChatappClient(of);
const wrong = (code: string): string => (code === '000000' ? '000001' : '000000');
const failure = (status: number, message: string, more: object = {}) => ({
  status,
  body: { success: false, message, ...more },
});
const invalid = (path: string, msg: string) => ({
  status: 400,
  body: {
    success: false,
    message: 'Validation failed',
    errors: [expect.objectContaining({ path, msg, type: 'field' })],
  },
});

describe('a number', () => {
  test.each([
    ['national with a calling code', { phoneNumber: '5550001111', countryCode: '+1' }, '+15550001111'],
    ['national with a bare calling code', { phoneNumber: '(555) 000-1111', countryCode: '1' }, '+15550001111'],
    ['a calling code as a number', { phoneNumber: 5550001111, countryCode: 1 }, '+15550001111'],
    ['national with a country', { phoneNumber: '07400 123456', countryCode: 'gb' }, '+447400123456'],
    ['whole with a plus', { phoneNumber: '+1 555 000 1111' }, '+15550001111'],
    ['whole with 00', { phone: '0015550001111' }, '+15550001111'],
    ['whole, whatever the country', { identifier: '+15550001111', countryCode: '+44' }, '+15550001111'],
    ['with a trunk zero', { phoneNumber: '0612345678', countryCode: '+33' }, '+33612345678'],
    ['with a trunk zero in the whole one', { phoneNumber: '+3306 12345678' }, '+33612345678'],
    ['Italian, whose zero stays', { phoneNumber: '06 698 12345', countryCode: 'IT' }, '+390669812345'],
    ['Ivorian, whose zero stays', { phoneNumber: '0123456789', countryCode: '+225' }, '+2250123456789'],
    ['for tests', { phoneNumber: '+11234567890' }, '+11234567890'],
    ['that no plan knows', { phoneNumber: '123456789012', countryCode: '+1' }, '+1123456789012'],
    ['with null for what is unset', { phoneNumber: '+15550001111', countryCode: null, method: null }, '+15550001111'],
  ])('%s', async (_how, body, phoneNumber) => {
    const sent = await client().post('/auth/send-otp', body);
    expect(sent).toMatchObject({
      status: 200,
      body: { success: true, message: 'OTP sent successfully', data: { phoneNumber, expiresIn: 300 } },
    });
    expect(client().codeOf(phoneNumber)).toMatch(/^\d{6}$/);
    expect(JSON.stringify(sent.body)).not.toContain(client().codeOf(phoneNumber));
  });

  test.each([
    ['nothing', {}, 'phoneNumber', 'Please provide a valid phone number'],
    ['null', { phoneNumber: null }, 'phoneNumber', 'Please provide a valid phone number'],
    ['no country', { phoneNumber: '5550001111' }, 'countryCode', 'Country code is required'],
    ['too short', { phoneNumber: '+15550' }, 'phoneNumber', 'Please provide a valid phone number'],
    ['too long', { phoneNumber: '+1555000111122223' }, 'phoneNumber', 'Please provide a valid phone number'],
    ['no such calling code', { phoneNumber: '+99912345678' }, 'phoneNumber', 'Please provide a valid phone number'],
    ['an object', { phoneNumber: { $ne: null } }, 'phoneNumber', 'Please provide a valid phone number'],
    ['letters', { phoneNumber: '+letters' }, 'phoneNumber', 'Please provide a valid phone number'],
  ])('%s is refused', async (_what, body, path, message) => {
    expect(await client().post('/auth/send-otp', body)).toMatchObject(invalid(path, message));
  });

  test('that no plan knows is an account of this door alone', async () => {
    const [odd, seeker] = [client(), await client().signIn('+1', national(), 'Seeker')];
    await odd.signIn('+1', '99912345678', 'Odd One');
    const again = await client().signIn('+1', '99912345678');
    expect(again.id).toBe(odd.id);
    const own = (await rest(app, 'GET', '/me', { token: odd.token ?? '' })).body;
    expect(own.identities).toEqual([{ kind: 'door_phone', value: 'chatapp:+199912345678', verified: true }]);
    const codes = await rest(app, 'POST', '/codes', { body: { phone: '+199912345678' } });
    expect(codes.body.error.code).toBe('invalid_phone');
    const search = await seeker.get('/users/search?q=%2B199912345678');
    expect(search.body.data.users).toEqual([]);
    expect((await seeker.get('/users/search?q=odd%20one')).body.data.users).toHaveLength(1);
    expect((await odd.get('/users/profile')).body.data.user).toMatchObject({
      phoneNumber: '99912345678',
      countryCode: '+1',
      fullPhoneNumber: '+199912345678',
    });
    await rest(app, 'DELETE', '/me', { token: odd.token ?? '' });
    const fresh = await client().signIn('+1', '99912345678');
    expect(fresh.id).not.toBe(odd.id);
  });
});

describe('signing in', () => {
  test('makes an account that is called by its number until its profile is complete', async () => {
    const [ann, number] = [client(), national()];
    const full = `+1${number}`;
    const sent = await ann.post('/auth/send-otp', { phoneNumber: number, countryCode: '+1' });
    expect(sent.body.data.isNewUser).toBe(true);
    const verified = await ann.post('/auth/verify-otp', { phoneNumber: full, otp: ann.codeOf(full) });
    expect(verified).toMatchObject({
      status: 200,
      body: { success: true, message: 'Phone number verified successfully', data: { expiresIn: 2_592_000 } },
    });
    const { data } = verified.body;
    expect(typeof data.token).toBe('string');
    expect(typeof data.refreshToken).toBe('string');
    expect(data.user).toEqual({
      id: expect.any(String),
      _id: data.user.id,
      phoneNumber: full,
      displayName: number,
      username: null,
      profilePicture: {},
      bio: 'Hey there! I am using ChatApp.',
      isPhoneVerified: true,
      hasCompletedProfile: false,
    });
    ann.token = data.token;
    const completed = await ann.post('/auth/complete-profile', { displayName: ' Ivo ', bio: null, username: null });
    expect(completed).toMatchObject({
      status: 200,
      body: {
        success: true,
        message: 'Profile completed successfully',
        data: { user: { displayName: 'Ivo', phoneNumber: full, hasCompletedProfile: true } },
      },
    });
    const again = await client().post('/auth/send-otp', { phoneNumber: full });
    expect(again.body.data.isNewUser).toBe(false);
  });

  test('refuses what is no code, and counts what is wrong', async () => {
    const [ann, number] = [client(), `+1${national()}`];
    const verify = (otp: unknown) => ann.post('/auth/verify-otp', { phoneNumber: number, otp });
    expect(await verify('123456')).toMatchObject(failure(404, 'User not found. Please request OTP first.'));
    await ann.post('/auth/send-otp', { phoneNumber: number });
    for (const otp of ['12345', '1234567', 'abcdef', '', null, { a: 1 }, 12345]) {
      expect(await verify(otp)).toMatchObject(invalid('otp', 'OTP must be 6 digits'));
    }
    const right = ann.codeOf(number);
    for (let attemptsLeft = 4; attemptsLeft >= 0; attemptsLeft -= 1) {
      const answer = await verify(wrong(right));
      expect(answer).toEqual({
        ...answer,
        ...failure(400, 'Invalid OTP. Please try again.', { attemptsLeft }),
      });
    }
    const spent = failure(429, 'Too many failed attempts. Please request a new OTP.');
    expect(await verify(right)).toMatchObject(spent);
    expect(await verify(right)).toMatchObject(spent);
    await ann.post('/auth/send-otp', { phoneNumber: number });
    expect((await verify(ann.codeOf(number))).status).toBe(200);
    const used = failure(400, 'OTP has expired. Please request a new one.');
    expect(await verify(ann.codeOf(number))).toMatchObject(used);
    await ann.post('/auth/send-otp', { phoneNumber: number });
    app.clock.advance(5 * minute);
    expect(await verify(ann.codeOf(number))).toMatchObject(used);
  });

  test('takes a code as a number, under its other name, and for its own number only', async () => {
    const [ann, mine, other] = [client(), `+1${national()}`, `+1${national()}`];
    let code = '0';
    while (code.startsWith('0')) {
      await ann.post('/auth/send-otp', { phoneNumber: mine });
      code = ann.codeOf(mine);
    }
    await ann.post('/auth/send-otp', { phoneNumber: other });
    if (code !== ann.codeOf(other)) {
      const foreign = await ann.post('/auth/verify-otp', { phoneNumber: other, otp: code });
      expect(foreign).toMatchObject(failure(400, 'Invalid OTP. Please try again.', { attemptsLeft: 4 }));
    }
    const right = await ann.post('/auth/verify-otp', { identifier: mine, code: Number(code) });
    expect(right.status).toBe(200);
  });

  test('of a suspended account says so, and is no trouble with a token', async () => {
    const [ann, number] = [client(), national()];
    await ann.signIn('+1', number, 'Banned');
    const at = new Date(app.clock.now());
    await app.app.database.write(({ sql }) =>
      sql.updateTable('people').set({ suspended_at: at }).where('id', '=', ann.id).execute(),
    );
    await ann.post('/auth/send-otp', { phoneNumber: `+1${number}` });
    const otp = ann.codeOf(`+1${number}`);
    const answer = await client().post('/auth/verify-otp', { phoneNumber: `+1${number}`, otp });
    expect(answer).toMatchObject(failure(403, 'Account is suspended'));
  });

  test.each([
    ['no name', {}, 'displayName'],
    ['a blank name', { displayName: '  ' }, 'displayName'],
    ['a name of 51', { displayName: 'x'.repeat(51) }, 'displayName'],
    ['a bio of 151', { displayName: 'Ivo', bio: 'x'.repeat(151) }, 'bio'],
    ['a short username', { displayName: 'Ivo', username: 'ab' }, 'username'],
    ['a username with a dot', { displayName: 'Ivo', username: 'ivo.x' }, 'username'],
  ])('a profile with %s is refused', async (_what, body, path) => {
    const ann = await client().signIn('+1', national());
    const answer = await ann.post('/auth/complete-profile', body);
    expect(answer).toMatchObject({ status: 400, body: { message: 'Validation failed', errors: [{ path }] } });
    expect((await ann.get('/users/profile')).body.data.user.hasCompletedProfile).toBe(false);
  });

  test('usernames are unique in any case, and stored in small letters', async () => {
    const [ann, bob] = [await client().signIn('+1', national()), await client().signIn('+1', national())];
    const username = `Ivo_${last}`;
    const first = await ann.post('/auth/complete-profile', { name: 'Ivo', username });
    expect(first.body.data.user.username).toBe(username.toLowerCase());
    const second = await bob.post('/auth/complete-profile', { displayName: 'Ivo', username: username.toUpperCase() });
    expect(second).toMatchObject(failure(400, 'Username is already taken'));
  });

  test('comes before anything that needs it', async () => {
    const ann = client();
    const missing = failure(401, 'No token provided, authorization denied');
    expect(await ann.post('/auth/complete-profile', {})).toMatchObject(missing);
    expect(await ann.get('/users/profile')).toMatchObject(missing);
    ann.token = 'nonsense';
    expect(await ann.post('/auth/complete-profile', {})).toMatchObject(failure(401, 'Token is not valid'));
  });
});

describe('tokens', () => {
  test('are renewed with a Bearer token and no body; the ones before stay good', async () => {
    const ann = await client().signIn('+1', national(), 'Ivo');
    const before = ann.token;
    app.clock.advance(minute);
    const renewed = await ann.post('/auth/refresh-token');
    expect(renewed).toMatchObject({
      status: 200,
      body: { success: true, message: 'Token refreshed successfully', data: { expiresIn: 2_592_000 } },
    });
    const { token, refreshToken } = renewed.body.data;
    expect(token).not.toBe(before);
    expect((await ann.get('/users/profile')).status).toBe(200);
    ann.token = token;
    expect((await ann.get('/users/profile')).status).toBe(200);
    const another = (await ann.post('/auth/refresh-token', {})).body.data;
    for (const one of [refreshToken, another.refreshToken]) {
      expect((await client().post('/auth/refresh-token', { refreshToken: one })).status).toBe(200);
    }
  });

  test('by a refresh token rotate; one that comes twice ends the session', async () => {
    const number = national();
    const ann = client();
    await ann.post('/auth/send-otp', { phoneNumber: `+1${number}` });
    const body = { phoneNumber: `+1${number}`, otp: ann.codeOf(`+1${number}`) };
    const { data } = (await ann.post('/auth/verify-otp', body)).body;
    const next = await ann.post('/auth/refresh-token', { refreshToken: data.refreshToken });
    expect(next.status).toBe(200);
    ann.token = next.body.data.token;
    expect((await ann.get('/users/profile')).status).toBe(200);
    const reused = await client().post('/auth/refresh-token', { refreshToken: data.refreshToken });
    expect(reused).toMatchObject(failure(401, 'Invalid token'));
    expect(await ann.get('/users/profile')).toMatchObject(failure(401, 'Token is not valid'));
    const gone = await client().post('/auth/refresh-token', { refreshToken: next.body.data.refreshToken });
    expect(gone).toMatchObject(failure(401, 'Invalid token'));
  });

  test('need one to be renewed, and one of this door', async () => {
    const nobody = client();
    const missing = failure(401, 'No token provided, authorization denied');
    expect(await nobody.post('/auth/refresh-token')).toMatchObject(missing);
    expect(await nobody.post('/auth/refresh-token', { refreshToken: null })).toMatchObject(missing);
    nobody.token = 'nonsense';
    expect(await nobody.post('/auth/refresh-token')).toMatchObject(failure(401, 'Invalid token'));
    nobody.token = (await signIn(app)).token;
    expect(await nobody.post('/auth/refresh-token')).toMatchObject(failure(401, 'Invalid token'));
  });

  test('last 30 days', async () => {
    const late = await startTestApp({ OTP_RESEND_SECONDS: '0' });
    const ann = await client(late).signIn('+1', national(), 'Ivo');
    late.clock.advance(29 * 24 * 60 * minute);
    expect((await ann.get('/users/profile')).status).toBe(200);
    const { data } = (await ann.post('/auth/refresh-token')).body;
    late.clock.advance(2 * 24 * 60 * minute);
    expect(await ann.get('/users/profile')).toMatchObject(failure(401, 'Token is not valid'));
    ann.token = data.token;
    expect((await ann.get('/users/profile')).status).toBe(200);
    await late.close();
  });
});

describe('signing out', () => {
  const out = { status: 200, body: { success: true, message: 'Logged out successfully' } };

  test('always succeeds, and ends the session', async () => {
    const ann = await client().signIn('+1', national(), 'Ivo');
    const { refreshToken } = (await ann.post('/auth/refresh-token')).body.data;
    await ann.post('/users/device', { deviceId: 'd1', deviceType: 'ios', fcmToken: 'push-me' });
    const socket = await ann.connect();
    const told = socket.next('authentication_error');
    expect(await ann.post('/auth/logout')).toMatchObject(out);
    expect((await told).message).toBe('Invalid token');
    expect(await ann.post('/auth/logout', { deviceId: 'd1', refreshToken: null })).toMatchObject(out);
    expect(await ann.get('/users/profile')).toMatchObject(failure(401, 'Token is not valid'));
    expect((await ann.post('/auth/refresh-token', { refreshToken })).status).toBe(401);
    const devices = await app.app.database.read(({ sql }) =>
      sql.selectFrom('devices').selectAll().where('person_id', '=', ann.id).execute(),
    );
    expect(devices).toEqual([]);
    ann.token = 'nonsense';
    expect(await ann.post('/auth/logout')).toMatchObject(out);
    ann.token = null;
    expect(await ann.post('/auth/logout', {})).toMatchObject(out);
    expect(await ann.post('/auth/logout', { refreshToken: 'nonsense' })).toMatchObject(out);
    ann.close();
  });

  test('by a refresh token ends that session, and no other', async () => {
    const number = national();
    const [ann, other] = [await client().signIn('+1', number, 'Ivo'), await client().signIn('+1', number)];
    const { refreshToken } = (await ann.post('/auth/refresh-token')).body.data;
    expect(await client().post('/auth/logout', { refreshToken })).toMatchObject(out);
    expect((await ann.get('/users/profile')).status).toBe(401);
    expect((await other.get('/users/profile')).status).toBe(200);
  });
});

test('countries are listed with their calling codes and flags', async () => {
  const { body } = await client().get('/auth/countries');
  expect(body.data.count).toBeGreaterThanOrEqual(195);
  expect(body.data.countries).toHaveLength(body.data.count);
  expect(body.data.countries).toContainEqual({ name: 'Kenya', code: 'KE', dialCode: '+254', flag: '🇰🇪' });
});
