import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minute, second } from '../../src/engine/shared/clock.ts';
import { codeFor, newPhone, rest, signIn } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const ask = (phone: string) => rest(app, 'POST', '/codes', { body: { phone } });
const enter = (phone: string, code: string) => rest(app, 'POST', '/sessions/by-code', { body: { phone, code } });
const wrong = (code: string): string => (code === '000000' ? '000001' : '000000');

describe('numbers', () => {
  test.each([
    ['United States', '+1 (555) 010-0042', '+15550100042'],
    ['Canada', '+1 416 555 0123', '+14165550123'],
    ['Italy, a landline keeps its zero', '+39 06 698 12345', '+390669812345'],
    ['Italy, mobile', '+39 312 345 6789', '+393123456789'],
    ['San Marino', '+378 66 66 12 12', '+37866661212'],
    ['Ivory Coast, ten digits since 2021', '+225 01 23 45 67 89', '+2250123456789'],
    ['Kenya', '+254 712 123456', '+254712123456'],
    ['India', '+91 81234 56789', '+918123456789'],
    ['Germany', '+49 1512 3456789', '+4915123456789'],
    ['Austria', '+43 664 123456', '+43664123456'],
    ['Switzerland', '+41 78 123 45 67', '+41781234567'],
    ['France', '+33 6 12 34 56 78', '+33612345678'],
    ['United Kingdom', '+44 7400 123456', '+447400123456'],
    ['Spain', '+34 612 34 56 78', '+34612345678'],
    ['Portugal', '+351 912 345 678', '+351912345678'],
    ['Netherlands', '+31 6 12345678', '+31612345678'],
    ['Poland', '+48 512 345 678', '+48512345678'],
    ['Ukraine', '+380 50 123 4567', '+380501234567'],
    ['Turkey', '+90 501 234 56 78', '+905012345678'],
    ['Nigeria', '+234 802 123 4567', '+2348021234567'],
    ['South Africa', '+27 71 123 4567', '+27711234567'],
    ['Egypt', '+20 100 123 4567', '+201001234567'],
    ['Brazil', '+55 11 96123-4567', '+5511961234567'],
    ['Argentina, mobile', '+54 9 11 2345-6789', '+5491123456789'],
    ['Mexico', '+52 222 123 4567', '+522221234567'],
    ['China', '+86 131 2345 6789', '+8613123456789'],
    ['Japan', '+81 90-1234-5678', '+819012345678'],
    ['South Korea', '+82 10-2000-0000', '+821020000000'],
    ['Indonesia', '+62 812-345-678', '+62812345678'],
    ['Australia', '+61 412 345 678', '+61412345678'],
    ['New Zealand', '+64 21 123 4567', '+64211234567'],
    ['Saint Helena, five digits', '+290 51234', '+29051234'],
  ])('%s: %s', async (_country, written, e164) => {
    expect(await ask(written)).toMatchObject({ status: 202, body: { phone: e164 } });
    const signedIn = await enter(written, codeFor(app, e164));
    expect(signedIn.status).toBe(201);
    expect(signedIn.body.profile.identities).toEqual([{ kind: 'phone', value: e164, verified: true }]);
  });

  test.each([
    ['national form', '0612345678'],
    ['no plus', '15550100042'],
    ['00 instead of plus', '0015550100042'],
    ['too short', '+1555'],
    ['too long', '+155501000421234567'],
    ['no such country', '+999 123 456 789'],
    ['letters', '+1 555 CALL NOW'],
    ['only a plus', '+'],
    ['an e-mail address', 'ann@example.org'],
    ['two numbers', '+15550100042,+15550100043'],
    ['SQL', "+1555'; drop table people; --"],
    ['longer than any number', `+1${'5'.repeat(38)}`],
  ])('%s is refused: %s', async (_why, written) => {
    expect(await ask(written)).toMatchObject({ status: 400, body: { error: { code: 'invalid_phone' } } });
    const entered = await enter(written, '123456');
    expect(entered).toMatchObject({ status: 400, body: { error: { code: 'invalid_phone' } } });
  });
});

describe('codes', () => {
  test('are good until five minutes have passed', async () => {
    const [early, late] = [newPhone(), newPhone()];
    await ask(early);
    await ask(late);
    app.clock.advance(5 * minute - 20 * second);
    expect((await enter(early, codeFor(app, early))).status).toBe(201);
    app.clock.advance(20 * second);
    expect(await enter(late, codeFor(app, late))).toMatchObject({
      status: 400,
      body: { error: { code: 'code_expired' } },
    });
  });

  test('allow five tries', async () => {
    const [lucky, unlucky] = [newPhone(), newPhone()];
    for (const [phone, tries] of [
      [lucky, 4],
      [unlucky, 5],
    ] as const) {
      await ask(phone);
      for (let i = 0; i < tries; i += 1) {
        const refused = await enter(phone, wrong(codeFor(app, phone)));
        expect(refused.body.error).toMatchObject({ code: 'code_invalid', details: { attemptsLeft: 4 - i } });
      }
    }
    expect((await enter(lucky, codeFor(app, lucky))).status).toBe(201);
    const refused = await enter(unlucky, codeFor(app, unlucky));
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'code_attempts_exceeded' } } });
    await ask(unlucky);
    expect((await enter(unlucky, codeFor(app, unlucky))).status).toBe(201);
  });

  test('replace the one before, and are good once', async () => {
    const phone = newPhone();
    await ask(phone);
    const first = codeFor(app, phone);
    await ask(phone);
    const second_ = codeFor(app, phone);
    if (first !== second_) expect((await enter(phone, first)).body.error.code).toBe('code_invalid');
    expect((await enter(phone, second_)).body.isNew).toBe(true);
    expect((await enter(phone, second_)).body.error.code).toBe('code_expired');
  });

  test('belong to one phone', async () => {
    const [mine, yours] = [newPhone(), newPhone()];
    await ask(mine);
    await ask(yours);
    const code = codeFor(app, mine);
    if (code !== codeFor(app, yours)) expect((await enter(yours, code)).body.error.code).toBe('code_invalid');
    expect((await enter(newPhone(), code)).body.error.code).toBe('code_expired');
  });

  test('appear on the phone only: in no answer and in no log', async () => {
    const phone = newPhone();
    const asked = await ask(phone);
    const code = codeFor(app, phone);
    const failed = await enter(phone, wrong(code));
    const entered = await enter(phone, code);
    for (const answer of [asked, failed, entered]) {
      // Tokens are random and long: six digits may occur in them.
      const shown = { ...answer.body, tokens: undefined, profile: undefined, error: answer.body.error?.message };
      expect(JSON.stringify(shown)).not.toContain(code);
      expect(JSON.stringify([...answer.headers])).not.toContain(code);
    }
    const logged = app.logged.map(({ time: _time, reqId: _id, ms: _ms, ...entry }) => JSON.stringify(entry)).join('\n');
    expect(logged).not.toContain(code);
    expect(logged).not.toContain(phone);
    expect(logged).not.toContain(entered.body.tokens.refreshToken);
    expect(logged).not.toContain(entered.body.tokens.accessToken);
  });

  test('keep the account: signing in again finds it, and its name stays', async () => {
    const first = await signIn(app, { name: 'Ann Archer' });
    const again = await signIn(app, { phone: first.phone, name: 'Mallory' });
    expect(again.id).toBe(first.id);
    expect((await rest(app, 'GET', '/me', { token: again.token })).body.name).toBe('Ann Archer');
  });
});

test('neither a code nor its refusal tells whether a number has an account', async () => {
  const known = await signIn(app);
  const [asked, unknown] = [await ask(known.phone), await ask(newPhone())];
  expect(Object.keys(asked.body).sort()).toEqual(['expiresAt', 'phone']);
  expect(Object.keys(unknown.body).sort()).toEqual(['expiresAt', 'phone']);
  await signIn(app, { phone: known.phone });
  const [used, never] = [await enter(known.phone, '123456'), await enter(newPhone(), '123456')];
  expect(never.body.error).toEqual({ ...used.body.error, requestId: never.body.error.requestId });
  expect(never.status).toBe(used.status);
});

test('a second phone can be added to an account, but not one of somebody else', async () => {
  const [ann, bob] = [await signIn(app), await signIn(app)];
  const phone = newPhone();
  await ask(phone);
  const add = (number: string) =>
    rest(app, 'PUT', '/me/phone', { token: ann.token, body: { phone: number, code: codeFor(app, number) } });
  expect((await add(phone)).status).toBe(204);
  expect((await signIn(app, { phone })).id).toBe(ann.id);
  await ask(bob.phone);
  expect(await add(bob.phone)).toMatchObject({ status: 409, body: { error: { code: 'identity_taken' } } });
  expect((await signIn(app, { phone: bob.phone })).id).toBe(bob.id);
});
