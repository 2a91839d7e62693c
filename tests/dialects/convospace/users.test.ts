import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConvospaceClient, good, refusal } from '../../harness/convospace.ts';
import { newPhone, rest, signIn } from '../../harness/people.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';
import { newClient, newNumber } from './people.ts';

let app: TestApp;
let mira: ConvospaceClient;
let number: string;
beforeAll(async () => {
  app = await startTestApp();
  number = newNumber();
  mira = await new ConvospaceClient(app).signIn(number, { full_name: 'Mira Holt', username: 'mira' });
});
afterAll(() => app.close());

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('the own profile', () => {
  test('has everything that clients read, under both paths', async () => {
    const { body } = await mira.get('/user/profile');
    expect(body).toEqual({
      success: true,
      data: {
        id: mira.id,
        user_id: mira.id,
        username: 'mira',
        full_name: 'Mira Holt',
        profile_picture: null,
        avatar_url: null,
        bio: null,
        phone_number: number,
        is_phone_verified: true,
        is_active: true,
        is_online: true,
        status: 'online',
        last_seen_at: null,
        created_at: time,
        updated_at: time,
      },
    });
    expect((await mira.get('/users/profile')).body).toEqual(body);
  });

  test('changes by what is said, and nothing by what is empty', async () => {
    const teo = await newClient(app, 'Teo Brandt');
    const picture = 'https://pictures.example.org/teo.jpg';
    const change = { full_name: 'Teo B.', username: 'Teo_B', profile_picture: picture, bio: 'Here' };
    const { body } = await teo.put('/user/profile', change);
    expect(body).toMatchObject({
      success: true,
      message: 'Profile updated successfully',
      data: {
        id: teo.id,
        full_name: 'Teo B.',
        username: 'Teo_B',
        profile_picture: picture,
        avatar_url: picture,
        bio: 'Here',
      },
    });
    const nothing = { full_name: '', username: null, profile_picture: '', bio: null, avatar_url: false };
    expect((await teo.put('/users/profile', nothing)).body.data).toEqual(body.data);
    const zero = { full_name: false, username: 0, bio: false };
    expect((await teo.put('/users/profile', zero)).body.data).toEqual(body.data);
    expect((await teo.put('/users/profile', {})).body.data).toEqual(body.data);
    expect((await teo.put('/users/profile', { bio: '' })).body.data.bio).toBeNull();
    const other = 'https://pictures.example.org/other.jpg';
    expect((await teo.put('/users/profile', { avatar_url: other })).body.data.profile_picture).toBe(other);
  });

  test('takes no username that is another’s, and does not take what stands for having none for one', async () => {
    const teo = await newClient(app);
    const taken = refusal(400, 'Username already taken');
    expect(await teo.put('/user/profile', { username: 'MIRA' })).toMatchObject(taken);
    const [one] = [await new ConvospaceClient(app).signIn(newNumber())];
    const { username } = await one.read('/user/profile');
    // Sent back as it was shown, it is none still.
    expect((await one.put('/user/profile', { username, bio: 'x' })).body.data).toMatchObject({ username, bio: 'x' });
    expect((await rest(app, 'GET', '/me', { token: one.token ?? '' })).body.username).toBeNull();
  });

  test.each([
    { full_name: 'x'.repeat(101) },
    { username: 'x'.repeat(51) },
    { username: 'a b' },
    { profile_picture: 'javascript:alert(1)' },
    { profile_picture: `https://example.org/${'x'.repeat(500)}` },
    { bio: 'x'.repeat(501) },
    { full_name: { first: 'x' } },
  ])('refuses %j', async (change) => {
    expect((await mira.put('/user/profile', change)).status).toBe(400);
  });

  test('takes names as short and long as the contract says', async () => {
    const teo = await newClient(app);
    for (const username of ['q', `q${'_'.repeat(49)}`]) {
      expect((await teo.put('/user/profile', { username })).body.data.username).toBe(username);
    }
  });
});

describe('the status', () => {
  test('says what was asked for, and when somebody was last seen', async () => {
    const teo = await newClient(app);
    const off = await teo.put('/user/status', { is_online: false });
    expect(off.body).toEqual({
      success: true,
      message: 'Status updated successfully',
      data: { is_online: false, last_seen_at: time },
    });
    expect(await teo.read('/user/profile')).toMatchObject({ is_online: false, status: 'offline', last_seen_at: time });
    const on = { is_online: true, last_seen_at: null };
    for (const body of [{ is_online: true }, { status: 'online' }, { status: 'away' }]) {
      expect((await teo.put('/users/status', body)).body.data).toEqual(on);
      expect(await teo.read('/user/profile')).toMatchObject({ is_online: true, status: 'online', last_seen_at: null });
    }
    expect((await teo.put('/users/status', { status: 'offline' })).body.data.is_online).toBe(false);
  });

  test.each([{}, { is_online: 'maybe' }, { status: 'busy' }, { is_online: null }])('refuses %j', async (body) => {
    expect((await mira.put('/user/status', body)).status).toBe(400);
  });
});

describe('the list of people', () => {
  test('has all, the newest first, the caller among them, and nobody else’s number', async () => {
    const [one, two] = [await newClient(app, 'One'), await newClient(app, 'Two')];
    const { users, pagination } = await two.read('/users?limit=2');
    expect(users).toEqual([
      {
        id: two.id,
        user_id: two.id,
        username: expect.any(String),
        full_name: 'Two',
        profile_picture: null,
        avatar_url: null,
        bio: null,
        is_online: false,
        status: 'offline',
        last_seen_at: null,
        phone_number: expect.stringMatching(/^556\d{7}$/),
        created_at: time,
      },
      expect.objectContaining({ id: one.id, phone_number: null }),
    ]);
    expect(pagination).toMatchObject({ limit: 2, offset: 0, hasMore: true });
    const rest = await two.read(`/users?limit=100&offset=2`);
    expect(rest.users).toHaveLength(pagination.total - 2);
    expect(rest.pagination).toEqual({ total: pagination.total, limit: 100, offset: 2, hasMore: false });
    expect((await two.read('/users?limit=1000')).pagination.limit).toBe(100);
    expect((await two.read('/users?limit=nonsense&offset=-1')).pagination).toMatchObject({ limit: 50, offset: 0 });
  });

  test('shows people of other doors like anyone', async () => {
    const { id } = await signIn(app, { name: 'Native Nat', phone: newPhone() });
    const { users } = await mira.read('/users?search=native');
    expect(users).toMatchObject([{ full_name: 'Native Nat', phone_number: null }]);
    expect(JSON.stringify(users)).not.toContain(id);
  });

  test('is searched by any part of a name or username, and by a whole number', async () => {
    const digits = newNumber();
    const odd = await new ConvospaceClient(app).signIn(digits, { full_name: '100% Öl_Ah', username: 'zq_odd' });
    const ids = async (search: string) =>
      (await mira.read(`/users?search=${encodeURIComponent(search)}`)).users.map((user: { id: number }) => user.id);
    expect(await ids('zq_o')).toEqual([odd.id]);
    expect(await ids('100%')).toEqual([odd.id]);
    expect(await ids('ZQ_ODD')).toEqual([odd.id]);
    expect(await ids('%')).toEqual([odd.id]);
    expect(await ids(digits)).toEqual([odd.id]);
    expect(await ids(digits.slice(0, 9))).toEqual([]);
    expect(await ids('nobody is called so')).toEqual([]);
  });
});

describe('without a session', () => {
  const anonymous = async (environment: Record<string, string>) => {
    const other = await startTestApp(environment);
    try {
      await newClient(other, 'Mira Holt');
      const page = await fetch(`${other.url}/convospace/api/users`, { headers: { accept: '*/*', origin: 'null' } });
      return { status: page.status, body: await page.json() };
    } finally {
      await other.close();
    }
  };
  const listed = { success: true, data: { users: [{ full_name: 'Mira Holt', phone_number: null }] } };

  test('the list is read from trusted networks where the operator says so', async () => {
    expect(await anonymous({ CONVOSPACE_DIRECTORY: 'trusted' })).toMatchObject({ status: 200, body: listed });
    const elsewhere = { CONVOSPACE_DIRECTORY: 'trusted', CONVOSPACE_TRUSTED_NETWORKS: '10.0.0.0/8,2001:db8::/32' };
    expect(await anonymous(elsewhere)).toMatchObject(refusal(401, 'No token provided'));
  });

  test('the list is read by anybody where it is public', async () => {
    expect(await anonymous({ CONVOSPACE_DIRECTORY: 'public' })).toMatchObject({ status: 200, body: listed });
  });

  test('a token that is there has to be good all the same', async () => {
    const open = await startTestApp({ CONVOSPACE_DIRECTORY: 'public' });
    try {
      const one = new ConvospaceClient(open);
      one.token = 'nonsense';
      expect(await one.get('/users')).toMatchObject(refusal(401, 'Invalid token'));
    } finally {
      await open.close();
    }
  });
});

test('the login history is the caller’s own', async () => {
  expect(good(await mira.get('/user/login-history')).data).toHaveLength(1);
});
