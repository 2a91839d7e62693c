import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChatappClient } from '../../harness/chatapp.ts';
import { picture } from '../../harness/picture-bytes.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';

let app: TestApp;
let last = 0;
beforeAll(async () => {
  app = await startTestApp({ OTP_RESEND_SECONDS: '0' });
});
afterAll(() => app.close());

const national = (): string => {
  last += 1;
  return `555${String(4_000_000 + last)}`;
};
const person = (name?: string, number = national(), country = '+1') =>
  new ChatappClient(app).signIn(country, number, name);
const self = async (ann: ChatappClient) => (await ann.get('/users/profile')).body.data.user;
const failure = (status: number, message: string) => ({ status, body: { success: false, message } });
const nobody = '01900000-0000-7000-8000-000000000000';

describe('the own profile', () => {
  test('has everything that the account is', async () => {
    const number = national();
    const ann = await person('Mira Sol', number);
    const { status, body, headers } = await ann.get('/users/profile');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('vary')).toContain('User-Agent');
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(body).toEqual({
      success: true,
      data: {
        user: {
          _id: ann.id,
          id: ann.id,
          displayName: 'Mira Sol',
          username: null,
          profilePicture: {},
          bio: 'Hey there! I am using ChatApp.',
          isOnline: false,
          lastSeen: null,
          status: 'online',
          initials: 'MS',
          phoneNumber: number,
          countryCode: '+1',
          fullPhoneNumber: `+1${number}`,
          isPhoneVerified: true,
          hasCompletedProfile: true,
          customStatus: { text: '', emoji: '', expiresAt: null },
          privacy: {
            profilePhoto: 'everyone',
            lastSeen: 'everyone',
            status: 'everyone',
            groups: 'everyone',
            readReceipts: true,
          },
          notifications: { messages: true, groups: true, calls: true, stories: true, sound: true, vibration: true },
          settings: {
            theme: 'dark',
            language: 'en',
            fontSize: 'medium',
            autoDownloadMedia: { photos: true, videos: false, documents: false },
          },
          contacts: [],
          blockedUsers: [],
          devices: [],
          profilePictureHistory: [],
          analytics: { messagesCount: 0, callsCount: 0, storiesCount: 0, joinedAt: time },
          isActive: true,
          createdAt: time,
          updatedAt: time,
        },
      },
    });
    expect((await ann.get('/auth/me')).body).toEqual(body);
    expect((await ann.get('/users/profile/')).body).toEqual(body);
  });

  test('is changed by parts; null is absent, and an empty bio clears it', async () => {
    const ann = await person('Ivo');
    const put = (body: unknown) => ann.put('/users/profile', body);
    const changed = await put({ name: 'Ivo Ban', bio: 'On the road', username: `Road_${last}`, ignored: 1 });
    expect(changed).toMatchObject({
      status: 200,
      body: {
        success: true,
        message: 'Profile updated successfully',
        data: { user: { displayName: 'Ivo Ban', bio: 'On the road', username: `road_${last}`, initials: 'IB' } },
      },
    });
    expect((await put({ displayName: null, bio: null, username: null })).body.data.user.bio).toBe('On the road');
    expect((await put(undefined)).body.data.user.displayName).toBe('Ivo Ban');
    const cleared = await put({ bio: '', customStatus: { text: 'Away', emoji: '🏖', expiresAt: null } });
    expect(cleared.body.data.user).toMatchObject({
      bio: 'Hey there! I am using ChatApp.',
      customStatus: { text: 'Away', emoji: '🏖', expiresAt: null },
    });
    const without = await put({ customStatus: { text: '', emoji: '' } });
    expect(without.body.data.user.customStatus).toEqual({ text: '', emoji: '', expiresAt: null });
  });

  test.each([
    ['a blank name', { displayName: ' ' }, 'displayName', 'Display name must be between 1 and 50 characters'],
    ['a long bio', { bio: 'x'.repeat(151) }, 'bio', 'Bio must be less than 150 characters'],
    [
      'a name that is an object',
      { displayName: {} },
      'displayName',
      'Display name must be between 1 and 50 characters',
    ],
    [
      'a bad username',
      { username: 'a b c' },
      'username',
      'Username must be 3-30 characters: letters, numbers and underscores',
    ],
  ])('%s is refused', async (_what, change, path, msg) => {
    const ann = await person('Ivo');
    const refused = await ann.put('/users/profile', change);
    expect(refused).toMatchObject({
      status: 400,
      body: { success: false, message: 'Validation failed', errors: [{ type: 'field', path, msg, location: 'body' }] },
    });
    expect(await self(ann)).toMatchObject({ displayName: 'Ivo', username: null });
  });

  test('username of somebody else is refused', async () => {
    const [ann, bob] = [await person('Ivo'), await person('Bo')];
    await ann.put('/users/profile', { username: `taken_${last}` });
    const refused = await bob.put('/users/profile', { username: `TAKEN_${last}` });
    expect(refused).toMatchObject(failure(400, 'Username is already taken'));
  });

  test('of settings, each is changed by itself, under its older names too', async () => {
    const ann = await person('Ivo');
    const privacy = await ann.put('/users/privacy', { lastSeen: 'nobody', groupInvites: 'contacts', status: null });
    expect(privacy).toMatchObject({
      status: 200,
      body: {
        success: true,
        data: {
          privacy: {
            profilePhoto: 'everyone',
            lastSeen: 'nobody',
            status: 'everyone',
            groups: 'contacts',
            readReceipts: true,
          },
        },
      },
    });
    const heard = await ann.put('/users/notifications', { messageNotifications: false, sound: false });
    expect(heard.body.data.notifications).toEqual({
      messages: false,
      groups: true,
      calls: true,
      stories: true,
      sound: false,
      vibration: true,
    });
    const seen = await ann.put('/users/settings', { theme: 'light', autoDownloadMedia: { videos: true } });
    expect(seen.body.data.settings).toEqual({
      theme: 'light',
      language: 'en',
      fontSize: 'medium',
      autoDownloadMedia: { photos: true, videos: true, documents: false },
    });
    expect(await self(ann)).toMatchObject({ ...privacy.body.data, ...heard.body.data, ...seen.body.data });
    for (const [path, body] of [
      ['privacy', { lastSeen: 'friends' }],
      ['notifications', { sound: 'loud' }],
      ['settings', { theme: 'pink' }],
      ['settings', { autoDownloadMedia: { photos: 'maybe' } }],
    ] as const) {
      expect((await ann.put(`/users/${path}`, body)).body.message).toBe('Validation failed');
    }
  });
});

describe('a picture', () => {
  const png = async () => ({ name: 'me.bin', bytes: await picture().png().toBuffer() });

  test.each(['/users/upload-avatar', '/upload/profile-picture'])('%s: is shown to who has no token', async (path) => {
    const [ann, bob] = [await person('Ivo'), await person('Bo')];
    const answer = await ann.upload(path, await png());
    expect(answer).toMatchObject({
      status: 200,
      body: { success: true, message: 'Profile picture uploaded successfully', data: { user: { _id: ann.id } } },
    });
    const { profilePicture, url } = answer.body.data;
    expect(profilePicture).toEqual({ url, publicId: null, uploadedAt: expect.any(String) });
    expect(url).toContain(`${app.url}/chatapp/uploads/profiles/`);
    const shown = await fetch(url);
    expect(shown.status).toBe(200);
    expect(shown.headers.get('content-type')).toBe('image/png');
    expect(shown.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    await shown.arrayBuffer();
    expect((await bob.get(`/users/${ann.id}`)).body.data.user.profilePicture).toEqual(profilePicture);
    expect((await ann.delete('/users/avatar')).body).toEqual({ success: true, message: 'Profile picture removed' });
    expect((await self(ann)).profilePicture).toEqual({});
    const gone = await fetch(url);
    expect(gone.status).toBe(404);
    expect(await gone.json()).toEqual({ success: false, message: 'File not found' });
  });

  test.each(['avatar', 'profilePicture', 'image', 'anything'])('is taken from the field %s', async (field) => {
    const ann = await person('Ivo');
    expect((await ann.upload('/users/upload-avatar', await png(), { note: 'me' }, field)).status).toBe(200);
  });

  test('that is none is refused', async () => {
    const ann = await person('Ivo');
    const text = { name: 'me.png', bytes: Buffer.from('<script>alert(1)</script>') };
    expect(await ann.upload('/users/upload-avatar', text)).toMatchObject(failure(400, 'Invalid file type'));
    expect(await ann.post('/users/upload-avatar')).toMatchObject(failure(400, 'No file uploaded'));
    expect(await ann.post('/users/upload-avatar', { file: 'me' })).toMatchObject(failure(400, 'No file uploaded'));
    const huge = { name: 'me.png', bytes: Buffer.alloc(30 * 1024 * 1024) };
    expect(await ann.upload('/users/upload-avatar', huge)).toMatchObject(failure(400, 'File size too large'));
    expect((await self(ann)).profilePicture).toEqual({});
    ann.token = null;
    expect((await ann.upload('/users/upload-avatar', text)).status).toBe(401);
  });
});

describe('search', () => {
  const search = async (ann: ChatappClient, q: string) =>
    (await ann.get(`/users/search?q=${encodeURIComponent(q)}`)).body.data.users;

  test('finds part of a name or username in any case, and tells no number of strangers', async () => {
    const [ann, bob] = [await person('Seeker'), await person('Quibble Zornix')];
    await bob.put('/users/profile', { username: `qzx_${last}` });
    for (const q of ['zORN', 'rnix', 'qu', 'zo', 'bl', `qzx_${last}`]) {
      const users = await search(ann, q);
      expect(users, q).toContainEqual(
        expect.objectContaining({ _id: bob.id, displayName: 'Quibble Zornix', phoneNumber: null, isContact: false }),
      );
    }
    const { body } = await ann.get('/users/search?query=zornix&limit=1');
    expect(body).toMatchObject({ success: true, data: { query: 'zornix', users: [{ initials: 'QZ', status: null }] } });
    await ann.post('/users/add-contact', { userId: bob.id });
    const [known] = await search(ann, 'zornix');
    expect(known.isContact).toBe(true);
    expect(known.phoneNumber).toMatch(/^\+1555/);
  });

  test('finds a number as a whole only, in full or as in the own country', async () => {
    const [number, foreign] = [national(), '7911123456'];
    const [ann, bob] = [await person('Seeker'), await person('By Number', number)];
    const brit = await person('British', foreign, '+44');
    for (const q of [number, `+1${number}`, `1${number}`, `(555) ${number.slice(3)}`]) {
      expect(await search(ann, q), q).toMatchObject([{ _id: bob.id, phoneNumber: `+1${number}` }]);
    }
    for (const q of [number.slice(0, -1), number.slice(1), foreign]) expect(await search(ann, q), q).toEqual([]);
    expect(await search(ann, `+44${foreign}`)).toMatchObject([{ _id: brit.id }]);
  });

  test('finds who has no profile yet by the number alone, and shows it as the name', async () => {
    const number = national();
    const [ann, fresh] = [await person('Seeker'), await person(undefined, number)];
    expect(await search(ann, number.slice(2))).toEqual([]);
    expect(await search(ann, number)).toMatchObject([{ _id: fresh.id, displayName: number }]);
  });

  test('leaves out oneself, and who is blocked or blocks', async () => {
    const [ann, bob, cy] = [await person('Xanthippe A'), await person('Xanthippe B'), await person('Xanthippe C')];
    await ann.post('/users/block', { userId: bob.id });
    await cy.post('/users/block', { userId: ann.id });
    expect(await search(ann, 'xanthippe')).toEqual([]);
    expect(await search(bob, 'xanthippe')).toMatchObject([{ _id: cy.id }]);
  });

  test.each(['', 'x', ' x '])('for %j is refused', async (q) => {
    const ann = await person('Seeker');
    const refused = failure(400, 'Search query must be at least 2 characters');
    expect(await ann.get(`/users/search?q=${encodeURIComponent(q)}`)).toMatchObject(refused);
    expect(await ann.get('/users/search')).toMatchObject(refused);
  });

  test.each(['.*', '%%', '__', '\\\\', '((((((', '$where', "' or 1=1"])('takes %s as it is', async (q) => {
    const ann = await person('Seeker');
    expect(await search(ann, q)).toEqual([]);
  });
});

describe('somebody else', () => {
  test('is shown as privacy allows', async () => {
    const [ann, bob] = [await person('Ivo'), await person('Bo')];
    await bob.put('/users/profile', { bio: 'Secret' });
    await bob.put('/users/privacy', { status: 'nobody', profilePhoto: 'nobody' });
    const seen = await ann.get(`/users/${bob.id}`);
    expect(seen).toMatchObject({
      status: 200,
      body: {
        success: true,
        data: { user: { _id: bob.id, bio: null, isOnline: false, lastSeen: null, isContact: false } },
      },
    });
    expect(JSON.stringify(seen.body)).not.toMatch(/Secret|\+1555|privacy/);
    await ann.post('/users/add-contact', { userId: bob.id });
    const socket = await bob.connect();
    await expect
      .poll(async () => (await ann.get(`/users/${bob.id}`)).body.data.user)
      .toMatchObject({ isOnline: true, status: 'online', isContact: true });
    await bob.put('/users/privacy', { lastSeen: 'nobody' });
    expect((await ann.get(`/users/${bob.id}`)).body.data.user).toMatchObject({
      isOnline: false,
      lastSeen: null,
      status: null,
    });
    socket.close();
  });

  test('is not found where there is nobody, nonsense, or a block', async () => {
    const [ann, bob] = [await person('Ivo'), await person('Bo')];
    const missing = failure(404, 'User not found');
    for (const id of [nobody, 'nonsense', '%00', '\u0000', ann.id.toUpperCase()]) {
      expect(await ann.get(`/users/${encodeURIComponent(id)}`), id).toMatchObject(missing);
    }
    await ann.post('/users/block', { userId: bob.id });
    expect(await ann.get(`/users/${bob.id}`)).toMatchObject(missing);
    expect(await bob.get(`/users/${ann.id}`)).toMatchObject(missing);
  });
});

test('a profile and a picture that change reach who shares a chat, and the own other devices', async () => {
  const [ann, bob] = [await person('Ivo'), await person('Bo')];
  await bob.post('/users/add-contact', { userId: ann.id });
  const [own, watcher] = [await ann.connect(), await bob.connect()];
  await ann.put('/users/profile', { bio: 'News' });
  for (const socket of [own, watcher]) {
    expect(await socket.next('profile_updated')).toMatchObject({ userId: ann.id, displayName: 'Ivo', bio: 'News' });
  }
  const { url } = (await ann.upload('/users/upload-avatar', { name: 'a', bytes: await picture().jpeg().toBuffer() }))
    .body.data;
  const told = await watcher.next('profile_updated');
  expect(told.profilePicture.url).toBe(url);
  for (const socket of [own, watcher]) socket.close();
});

test('an account is deleted with a fresh code', async () => {
  const number = national();
  const ann = await person('Ivo', number);
  const full = `+1${number}`;
  const expired = failure(400, 'OTP has expired. Please request a new one.');
  expect((await ann.delete('/users/account')).body.errors).toMatchObject([{ path: 'otp' }]);
  expect(await ann.delete('/users/account', { otp: ann.codeOf(full) })).toMatchObject(expired);
  await ann.post('/auth/send-otp', { phoneNumber: full });
  const wrong = ann.codeOf(full) === '000000' ? '000001' : '000000';
  const refused = await ann.delete('/users/account', { otp: wrong });
  expect(refused).toMatchObject({ status: 400, body: { message: 'Invalid OTP. Please try again.', attemptsLeft: 4 } });
  const deleted = await ann.delete('/users/account', { otp: ann.codeOf(full) });
  expect(deleted).toMatchObject({ status: 200, body: { success: true, message: 'Account deleted successfully' } });
  expect((await ann.get('/users/profile')).status).toBe(401);
  const fresh = await person('Ivo', number);
  expect(fresh.id).not.toBe(ann.id);
});

test('a device is registered for notifications, and shows no token', async () => {
  const [ann, bob] = [await person('Ivo'), await person('Bo')];
  const first = await ann.post('/users/device', { deviceId: 'd1', deviceType: 'android', fcmToken: 'push-secret' });
  expect(first).toMatchObject({
    status: 200,
    body: {
      success: true,
      message: 'Device registered successfully',
      data: {
        devices: [{ deviceId: 'd1', deviceType: 'android', deviceName: 'android Device', isActive: true }],
      },
    },
  });
  await ann.post('/users/device', { deviceId: 'd1', platform: 'ios', deviceName: 'Phone' });
  expect((await self(ann)).devices).toMatchObject([{ deviceId: 'd1', deviceType: 'ios', deviceName: 'Phone' }]);
  const derived = await ann.post('/users/push-token', { token: 'another-secret', deviceId: null });
  expect(derived.body.data.devices).toHaveLength(2);
  await bob.post('/users/fcm-token', { pushToken: 'another-secret' });
  expect((await self(ann)).devices).toHaveLength(1);
  expect(JSON.stringify([derived.body, await self(ann), await self(bob)])).not.toMatch(/-secret/);
  expect((await ann.post('/users/device', {})).body.errors).toMatchObject([{ path: 'deviceId' }]);
  expect((await ann.post('/users/device', { deviceId: 'd', deviceType: 'toaster' })).body.errors).toMatchObject([
    { path: 'deviceType' },
  ]);
  const gone = await ann.delete('/users/device/d1');
  expect(gone).toMatchObject({ status: 200, body: { message: 'Device unregistered successfully' } });
  expect(await ann.delete('/users/device/d1')).toMatchObject(failure(404, 'Device not found'));
});

test('without a token everything answers the same 401', async () => {
  const stranger = new ChatappClient(app);
  const missing = failure(401, 'No token provided, authorization denied');
  for (const [method, path] of [
    ['GET', '/users/profile'],
    ['PUT', '/users/profile'],
    ['DELETE', '/users/avatar'],
    ['GET', '/users/search?q=ab'],
    ['POST', '/users/add-contact'],
    ['GET', '/users/contacts'],
    ['PUT', `/users/contacts/${nobody}`],
    ['DELETE', `/users/contacts/${nobody}`],
    ['POST', '/users/contacts/sync'],
    ['POST', '/users/block'],
    ['POST', '/users/unblock'],
    ['GET', '/users/blocked'],
    ['PUT', '/users/privacy'],
    ['PUT', '/users/notifications'],
    ['PUT', '/users/settings'],
    ['POST', '/users/device'],
    ['DELETE', '/users/device/d1'],
    ['GET', `/users/${nobody}`],
    ['DELETE', '/users/account'],
  ] as const) {
    expect(await stranger.request(method, path), path).toMatchObject(missing);
  }
});
