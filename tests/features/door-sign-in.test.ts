import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CodeRules, type CodeSignIn, codeRules, type RotatingStyle } from '../../src/engine/auth/index.ts';
import { keyPhoneIdentity } from '../../src/engine/people/index.ts';
import type { CodeToDeliver } from '../../src/engine/ports/code-delivery.ts';
import { day, minute, second } from '../../src/engine/shared/clock.ts';
import { newPhone, newUsername, register, rest, signIn } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

/** Signing in by code as a door may have it that has rules of its own. */

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const door = 'test-door';
const origin = { ip: '203.0.113.5', userAgent: 'Test', door };
const style: RotatingStyle = {
  kind: 'rotating',
  accessSeconds: (7 * day) / second,
  lifetimeSeconds: (30 * day) / second,
  replaySeconds: 60,
};
let delivered: CodeToDeliver[] = [];
beforeEach(() => {
  delivered = [];
});
const rules: CodeRules = {
  ...codeRules,
  pause: null,
  lifetimeSeconds: 600,
  deliver: async (code) => {
    delivered.push(code);
  },
};

let count = 0;
/** A number that no plan knows and no other test has. */
const newKey = (): string => {
  count += 1;
  return `55501${String(count).padStart(5, '0')}`;
};
const identityOf = (text: string) => keyPhoneIdentity(door, text);
const request = (text: string, own: Partial<CodeRules> = {}) =>
  app.app.auth.requestCode(identityOf(text), origin, { ...rules, ...own });
const enter = (text: string, code: string, more: Partial<CodeSignIn> = {}, own: Partial<CodeRules> = {}) =>
  app.app.auth.signInWithCode(
    () => ({ phone: identityOf(text), code, usernameLength: { min: 1, max: 50 }, ...more }),
    { origin, deviceName: null, style },
    { ...rules, ...own },
  );
const comeIn = async (text: string, more: Partial<CodeSignIn> = {}) => {
  await request(text);
  return enter(text, delivered.at(-1)?.code ?? '', more);
};
const refused = (code: string, details: object = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });
const profileOf = async (token: string) => (await rest(app, 'GET', '/me', { token })).body;
const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

describe('a code of a door', () => {
  test('goes where the door brings it, and as often as the door allows, guessed no more than it says', async () => {
    const number = newKey();
    const sent = await request(number, { attempts: 2 });
    expect(sent).toEqual({ phone: number, expiresAt: expect.any(Date), known: null });
    expect(delivered).toEqual([{ number, code: expect.stringMatching(/^\d{6}$/), expiresAt: sent.expiresAt }]);
    expect(app.printed.some((line) => line.includes(number))).toBe(false);
    const [{ code }] = delivered as [CodeToDeliver];
    for (const attemptsLeft of [1, 0]) {
      await expect(enter(number, wrong(code))).rejects.toEqual(refused('code_invalid', { attemptsLeft }));
    }
    // The limits of this server are off; this is none of them.
    await expect(enter(number, code)).rejects.toEqual(refused('code_attempts_exceeded'));
  });

  test('is void where it could not be brought', async () => {
    const number = newKey();
    let code = '';
    const fails = async (given: CodeToDeliver): Promise<void> => {
      code = given.code;
      throw new Error('No way there.');
    };
    await expect(request(number, { deliver: fails })).rejects.toEqual(refused('sms_unavailable'));
    await expect(enter(number, code)).rejects.toEqual(refused('code_expired'));
  });

  test('stays good where the one before could not be brought, which is known later', async () => {
    const number = newKey();
    const fails = async (): Promise<void> => {
      await request(number, { fixedCode: '222222' });
      throw new Error('No way there.');
    };
    await expect(request(number, { deliver: fails, fixedCode: '111111' })).rejects.toEqual(refused('sms_unavailable'));
    expect(await enter(number, '222222')).toMatchObject({ isNew: true });
  });

  test('is always the same where the door says so, and expires all the same', async () => {
    const number = newKey();
    await request(number, { fixedCode: '123456' });
    expect(delivered[0]?.code).toBe('123456');
    app.clock.advance(601 * second);
    await expect(enter(number, '123456')).rejects.toEqual(refused('code_expired'));
    await request(number, { fixedCode: '123456' });
    expect(await enter(number, '123456')).toMatchObject({ isNew: true });
    await expect(enter(number, '123456')).rejects.toEqual(refused('code_expired'));
  });

  test('is limited as the door says, for a number and for its tries', async () => {
    const number = newKey();
    const fixed = { windowSeconds: 600, fixed: true } as const;
    const own = { perPhone: { name: 'own-sends', points: 3, ...fixed } };
    for (let n = 0; n < 3; n += 1) await request(number, own);
    await expect(request(number, own)).rejects.toEqual(refused('rate_limited', { limit: 'own-sends' }));
    await request(newKey(), own);
    const tries = { triesPerPhone: { name: 'own-tries', points: 2, ...fixed } };
    const code = delivered[2]?.code ?? '';
    for (let n = 0; n < 2; n += 1) {
      await expect(enter(number, wrong(code), {}, tries)).rejects.toEqual(refused('code_invalid'));
    }
    await expect(enter(number, code, {}, tries)).rejects.toEqual(refused('rate_limited', { limit: 'own-tries' }));
  });

  test('of a country is limited only for numbers that have one', async () => {
    const perCountry = { name: 'own-country', points: 1, windowSeconds: 600, fixed: true } as const;
    for (let n = 0; n < 3; n += 1) await request(newKey(), { perCountry });
    await request(newPhone(), { perCountry });
    await expect(request(newPhone(), { perCountry })).rejects.toEqual(
      refused('rate_limited', { limit: 'own-country' }),
    );
    await request(newPhone(), { perCountry: null });
  });

  test('tells whether the number has an account, and the account its names', async () => {
    const number = newKey();
    expect((await request(number)).known).toBeNull();
    await enter(number, delivered.at(-1)?.code ?? '', { name: 'Mira' });
    expect((await request(number)).known).toEqual({ named: false });
    await enter(number, delivered.at(-1)?.code ?? '', { username: newUsername() });
    expect((await request(number)).known).toEqual({ named: true });
  });
});

describe('a number that is a key', () => {
  test('is shared with all doors where it is in E.164, and else of its door alone', async () => {
    const ann = await signIn(app);
    expect((await comeIn(ann.phone)).actor.personId).toBe(ann.id);
    const digits = await comeIn(ann.phone.slice(1));
    expect(digits).toMatchObject({ isNew: true });
    expect((await profileOf(digits.tokens.accessToken)).identities).toEqual([
      { kind: 'door_phone', value: `${door}:${ann.phone.slice(1)}`, verified: true },
    ]);
    expect((await comeIn(ann.phone.slice(1))).actor.personId).toBe(digits.actor.personId);
  });
});

describe('the names of a sign-in', () => {
  test('are those of a new account, and a name replaces the one before where the door says so', async () => {
    const [number, username] = [newKey(), newUsername()];
    const first = await comeIn(number, { name: ' Mira Holt ', username: username.toUpperCase() });
    expect(first.isNew).toBe(true);
    const token = first.tokens.accessToken;
    expect(await profileOf(token)).toMatchObject({ name: 'Mira Holt', username: username.toUpperCase() });
    await comeIn(number, { name: 'Another' });
    expect((await profileOf(token)).name).toBe('Mira Holt');
    await comeIn(number, { name: 'Another', renames: true });
    expect((await profileOf(token)).name).toBe('Another');
    for (const more of [{ name: '' }, { name: '  ' }, {}]) await comeIn(number, { ...more, renames: true });
    expect((await profileOf(token)).name).toBe('Another');
  });

  test('leave a username alone that is there, also where the other is taken', async () => {
    const [number, username, taken] = [newKey(), newUsername(), newUsername()];
    await register(app, { username: taken });
    const { tokens } = await comeIn(number, { username });
    expect((await comeIn(number, { username: newUsername() })).isNew).toBe(false);
    expect((await comeIn(number, { username: taken })).isNew).toBe(false);
    expect((await profileOf(tokens.accessToken)).username).toBe(username);
  });

  test('do not use up the code where the username is taken, of a new account and of one that is there', async () => {
    const taken = newUsername();
    await register(app, { username: taken });
    for (const number of [newKey(), newKey()]) {
      if (delivered.length > 0) await comeIn(number, { name: 'Already here' });
      const before = (await request(number)).known;
      const code = delivered.at(-1)?.code ?? '';
      // A wrong code is told first, and costs a try.
      await expect(enter(number, wrong(code), { username: taken })).rejects.toEqual(
        refused('code_invalid', { attemptsLeft: 4 }),
      );
      for (let n = 0; n < 6; n += 1) {
        await expect(enter(number, code, { name: 'Lost', username: taken, renames: true })).rejects.toEqual(
          refused('identity_taken', { kind: 'username' }),
        );
      }
      const free = newUsername();
      const { tokens, isNew } = await enter(number, code, { username: free });
      expect(isNew).toBe(before === null);
      const { name, username } = await profileOf(tokens.accessToken);
      expect({ name, username }).toEqual({ name: isNew ? '' : 'Already here', username: free });
    }
  });

  test('are given to one of two who want the same at once; the other may choose again', async () => {
    const numbers = [newKey(), newKey()];
    for (const number of numbers) await request(number);
    const codes = delivered.map(({ code }) => code);
    const username = newUsername();
    const outcomes = await Promise.allSettled(
      numbers.map((number, n) => enter(number, codes[n] ?? '', { name: 'Racer', username })),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const loser = outcomes.findIndex(({ status }) => status === 'rejected');
    expect(outcomes[loser]).toMatchObject({ reason: { code: 'identity_taken' } });
    expect(await enter(numbers[loser] ?? '', codes[loser] ?? '', { username: newUsername() })).toMatchObject({
      isNew: true,
    });
  });

  test('must be names; what is none costs no code', async () => {
    const number = newKey();
    await request(number);
    const code = delivered[0]?.code ?? '';
    await expect(enter(number, code, { username: 'with space' })).rejects.toEqual(refused('invalid_request'));
    await expect(enter(number, code, { username: 'b'.repeat(51) })).rejects.toEqual(refused('invalid_request'));
    expect(await enter(number, code, { username: 'b'.repeat(50) })).toMatchObject({ isNew: true });
  });

  test('change nothing of an account that is suspended', async () => {
    const number = newKey();
    const { actor } = await comeIn(number, { name: 'Before' });
    await app.app.database.write(({ sql }) =>
      sql
        .updateTable('people')
        .set({ suspended_at: new Date(0) })
        .where('id', '=', actor.personId)
        .execute(),
    );
    await expect(comeIn(number, { name: 'After', renames: true })).rejects.toEqual(refused('account_suspended'));
    const row = await app.app.database.read(({ sql }) =>
      sql.selectFrom('people').select('name').where('id', '=', actor.personId).executeTakeFirst(),
    );
    expect(row).toEqual({ name: 'Before' });
  });
});

describe('a refresh token that may be used again for a minute', () => {
  const refresh = (refreshToken: string | null, own: RotatingStyle = style) =>
    app.app.auth.refresh({ refreshToken: refreshToken ?? '' }, origin, own);

  test('gets the same new pair, at once and later, also after that was used', async () => {
    const { tokens } = await comeIn(newKey());
    app.clock.advance(minute);
    const pairs = await Promise.all([1, 2, 3, 4].map(() => refresh(tokens.refreshToken)));
    const [pair] = pairs;
    expect(pairs).toEqual([pair, pair, pair, pair]);
    expect(pair?.accessToken).not.toBe(tokens.accessToken);
    app.clock.advance(30 * second);
    expect(await refresh(tokens.refreshToken)).toEqual(pair);
    const next = await refresh(pair?.refreshToken ?? '');
    expect(next.refreshToken).not.toBe(pair?.refreshToken);
    expect(await refresh(tokens.refreshToken)).toEqual(pair);
    for (const token of [tokens.accessToken, pair?.accessToken ?? '', next.accessToken]) {
      expect((await rest(app, 'GET', '/me', { token })).status).toBe(200);
    }
  });

  test('ends the session when it is used later', async () => {
    const { tokens } = await comeIn(newKey());
    const pair = await refresh(tokens.refreshToken);
    app.clock.advance(61 * second);
    await expect(refresh(tokens.refreshToken)).rejects.toEqual(refused('refresh_token_reused'));
    await expect(refresh(pair.refreshToken)).rejects.toEqual(refused('session_revoked'));
    expect((await rest(app, 'GET', '/me', { token: tokens.accessToken })).status).toBe(401);
  });

  test('was not one where another door had used it up', async () => {
    const { tokens } = await comeIn(newKey());
    await refresh(tokens.refreshToken, { kind: 'rotating', accessSeconds: 900, lifetimeSeconds: 86_400 });
    await expect(refresh(tokens.refreshToken)).rejects.toEqual(refused('refresh_token_reused'));
  });

  test('gets nothing after its session was ended', async () => {
    const { tokens, actor } = await comeIn(newKey());
    await refresh(tokens.refreshToken);
    await app.app.auth.signOut(actor);
    await expect(refresh(tokens.refreshToken)).rejects.toEqual(refused('session_revoked'));
  });
});

describe('the login history', () => {
  test('is read by numbered pages too, the newest first', async () => {
    const number = newKey();
    const { actor } = await comeIn(number);
    await request(number);
    await expect(enter(number, wrong(delivered.at(-1)?.code ?? ''))).rejects.toThrow();
    const taken = newUsername();
    await register(app, { username: taken });
    await expect(comeIn(number, { username: taken })).rejects.toThrow();
    const page = (offset: number, limit: number) => app.app.auth.listSignIns(actor, { offset, limit });
    const all = (await page(0, 10)).items;
    expect(all.map(({ failure }) => failure)).toEqual(['identity_taken', 'code_invalid', null]);
    expect((await page(1, 1)).items).toEqual([all[1]]);
    expect((await page(3, 10)).items).toEqual([]);
    expect((await page(1e12, 10)).items).toEqual([]);
  });
});
