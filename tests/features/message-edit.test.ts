import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectInSync } from '../harness/expect-in-sync.ts';
import { makeGroup } from '../harness/groups.ts';
import { codeOf, look, pathOf, say, setBlocked, type WireMessage } from '../harness/messages.ts';
import { connect, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
let ann: TestPerson;
let bob: TestPerson;
let admin: TestPerson;
let direct: string;
let group: string;
beforeAll(async () => {
  app = await startTestApp();
  [ann, bob, admin] = [await signIn(app), await signIn(app), await signIn(app)];
  direct = await startDirect(app, ann, bob);
  group = await makeGroup(app, admin, [ann, bob]);
});
afterAll(() => app.close());

/** Time passes, and with it the access tokens. */
async function pass(milliseconds: number): Promise<void> {
  app.clock.advance(milliseconds);
  const again = ({ phone }: TestPerson) => signIn(app, { phone });
  [ann, bob, admin] = [await again(ann), await again(bob), await again(admin)];
}
const edit = (message: WireMessage, text: string, as = ann, more = {}) =>
  rest(app, 'PATCH', pathOf(message), { token: as.token, body: { text, ...more } });
const edits = (message: WireMessage, as: TestPerson) =>
  rest(app, 'GET', pathOf(message, '/edits'), { token: as.token });

describe('editing', () => {
  test.each(['direct', 'group'])('changes the text for everybody, in a %s conversation', async (kind) => {
    const id = kind === 'direct' ? direct : group;
    const people = kind === 'direct' ? [ann, ann, bob] : [ann, ann, bob, admin];
    const message = await say(app, ann, id, 'Befor');
    app.clock.advance(60_000);
    const answer = await expectInSync(app, people, () => edit(message, 'Before'));
    expect(answer).toMatchObject({ status: 200, body: { text: 'Before', seq: message.seq, id: message.id } });
    expect(answer.body.rev).toBeGreaterThan(message.rev);
    expect(Date.parse(answer.body.editedAt)).toBeGreaterThanOrEqual(Date.parse(message.createdAt) + 60_000);
    expect(await look(app, bob, message)).toEqual(answer.body);
  });

  test('tells all devices but the one that edits, which gets the answer', async () => {
    const message = await say(app, ann, direct, 'One');
    const [mine, other, theirs] = [
      await connect(app, ann.token),
      await connect(app, ann.token),
      await connect(app, bob.token),
    ];
    const answer = await mine.command('messages.edit', { conversationId: direct, messageId: message.id, text: 'Two' });
    for (const device of [other, theirs]) expect((await device.next('message.updated')).message).toEqual(answer);
    await mine.settled();
    expect(mine.events).toEqual([]);
    for (const device of [mine, other, theirs]) device.close();
  });

  test('to the same text changes nothing', async () => {
    const message = await say(app, ann, direct, 'Same');
    const answer = await expectInSync(app, [ann, bob], () => edit(message, 'Same'));
    expect(answer.body).toEqual(message);
  });

  test('names people anew: places in the old text mean nothing in the new one', async () => {
    const message = await say(app, ann, group, {
      text: '@Bob, look',
      mentions: [{ personId: bob.id, start: 0, length: 4 }],
    });
    const mentions = [{ personId: bob.id, start: 6, length: 4 }];
    const moved = await expectInSync(app, [ann, bob], () => edit(message, 'Look, @Bob', ann, { mentions }));
    expect(moved.body.mentions).toEqual(mentions);
    expect((await edit(message, 'Look, @Bob', ann, { mentions })).body).toEqual(moved.body);
    const plain = await edit(message, 'Look, @Bob');
    expect(plain.body).not.toHaveProperty('mentions');
    expect(plain.body.rev).toBeGreaterThan(moved.body.rev);
    const stranger = await signIn(app);
    for (const wrong of [
      { personId: stranger.id, start: 0, length: 1 },
      { personId: bob.id, start: 9, length: 2 },
    ]) {
      expect(codeOf(await edit(message, 'Look, @Cy', ann, { mentions: [wrong] }))).toBe('invalid_request');
    }
  });

  test('changes the caption of media, and takes it away', async () => {
    const content = { media: [{ url: 'https://example.org/a.jpg' }] };
    const message = await say(app, ann, direct, { kind: 'image', text: 'A dog', content });
    expect((await edit(message, 'A cat')).body).toMatchObject({ text: 'A cat', content });
    expect((await expectInSync(app, [ann, bob], () => edit(message, ''))).body).toMatchObject({ text: '', content });
  });

  test.each(['', ' \n', 'x'.repeat(10_001)])('refuses %o as a text', async (text) => {
    expect(codeOf(await edit(await say(app, ann, direct, 'Fine'), text))).toBe('invalid_request');
  });

  test.each([
    ['sticker', { media: [{ url: '/stickers/1.webp' }] }],
    ['location', { latitude: 1, longitude: 2 }],
    ['contact', { name: 'Cy', phones: [] }],
  ])('refuses a %s: it has no text', async (kind, content) => {
    expect(codeOf(await edit(await say(app, ann, direct, { kind, content }), 'Text'))).toBe('not_permitted');
  });

  test('is found by what it says now, and a deleted one by nothing', async () => {
    const find = async (q: string) =>
      (await rest(app, 'GET', `/messages/search?q=${q}`, { token: bob.token })).body.items.map(
        ({ message: { text } }: { message: WireMessage }) => text,
      );
    const message = await say(app, ann, direct, 'A zebra');
    expect(await find('zebra')).toEqual(['A zebra']);
    await edit(message, 'An okapi');
    expect([await find('zebra'), await find('okapi')]).toEqual([[], ['An okapi']]);
    await rest(app, 'DELETE', pathOf(message), { token: ann.token });
    expect(await find('okapi')).toEqual([]);
  });

  test('is for the sender alone, also in a group', async () => {
    const message = await say(app, ann, group, 'Mine');
    for (const as of [bob, admin]) expect(codeOf(await edit(message, 'Yours', as))).toBe('not_permitted');
    const stranger = await signIn(app);
    expect(codeOf(await edit(message, 'Whose?', stranger))).toBe('conversation_not_found');
    expect(codeOf(await edit({ ...message, conversationId: direct }, 'Where?'))).toBe('message_not_found');
    expect((await look(app, bob, message)).text).toBe('Mine');
  });

  test('is refused after the edit window, and shortly before it is not', async () => {
    const message = await say(app, ann, direct, 'Early');
    await pass(890_000);
    expect((await edit(message, 'In time')).status).toBe(200);
    await pass(20_000);
    const late = await edit(message, 'Too late');
    expect(late).toMatchObject({ status: 409, body: { error: { code: 'too_late', details: { windowSeconds: 900 } } } });
    // The answer to an edit that was made in time was lost.
    expect((await edit(message, 'In time')).status).toBe(200);
  });

  test('is refused where only admins send, and to whom is blocked', async () => {
    const quiet = await makeGroup(app, admin, [ann, bob], { admins: [bob] });
    const [mine, theirs] = [await say(app, ann, quiet, 'Before'), await say(app, bob, quiet, 'Before')];
    await app.app.database.write(async ({ sql }) => {
      await sql.updateTable('conversations').set({ who_can_send: 'admins' }).where('id', '=', quiet).execute();
    });
    expect(codeOf(await edit(mine, 'After'))).toBe('not_permitted');
    expect((await edit(theirs, 'After', bob)).status).toBe(200);
    const message = await say(app, ann, direct, 'Friends');
    await setBlocked(app, bob, ann, true);
    expect(codeOf(await edit(message, 'Foes'))).toBe('recipient_unavailable');
    await setBlocked(app, bob, ann, false);
  });

  test('is possible a hundred times', async () => {
    const message = await say(app, ann, direct, '0');
    for (let i = 1; i <= 100; i += 1) expect((await edit(message, String(i))).status).toBe(200);
    expect(codeOf(await edit(message, '101'))).toBe('limit_reached');
    expect((await edits(message, ann)).body.items).toHaveLength(101);
  });

  test('a repeated send of an edited message gives it as it is now', async () => {
    const message = await say(app, ann, direct, { text: 'First', clientId: 'once' });
    const edited = await edit(message, 'Second');
    const again = await rest(app, 'POST', `/conversations/${direct}/messages`, {
      token: ann.token,
      body: { text: 'First', clientId: 'once' },
    });
    expect(again).toMatchObject({ status: 200, body: { duplicate: true, message: edited.body } });
  });
});

describe('all that a message has said', () => {
  test('is shown to its sender and to admins, the oldest first', async () => {
    const message = await say(app, ann, group, 'One');
    app.clock.advance(1_000);
    const two = await edit(message, 'Two');
    // A change of something else is no edit.
    await rest(app, 'PUT', pathOf(message, '/reaction'), { token: bob.token, body: { emoji: '👍' } });
    app.clock.advance(1_000);
    const three = await edit(message, 'Three');
    for (const as of [ann, admin]) {
      expect((await edits(message, as)).body.items).toEqual([
        { text: 'One', at: message.createdAt },
        { text: 'Two', at: two.body.editedAt },
        { text: 'Three', at: three.body.editedAt },
      ]);
    }
    expect(codeOf(await edits(message, bob))).toBe('not_permitted');
    expect(codeOf(await edits(message, await signIn(app)))).toBe('conversation_not_found');
    await rest(app, 'DELETE', pathOf(message), { token: ann.token });
    expect(codeOf(await edits(message, ann))).toBe('message_deleted');
  });

  test('of one that was never edited is what it says', async () => {
    const message = await say(app, ann, direct, 'Only');
    expect((await edits(message, ann)).body.items).toEqual([{ text: 'Only', at: message.createdAt }]);
    expect(codeOf(await edits(message, bob))).toBe('not_permitted');
  });
});

test('without a window, editing is possible for ever', async () => {
  const patient = await startTestApp({ PARLEY_EDIT_WINDOW_SECONDS: '0' });
  const [cy, dee] = [await signIn(patient), await signIn(patient)];
  const id = await startDirect(patient, cy, dee);
  const message = await say(patient, cy, id, 'Long ago');
  patient.clock.advance(300 * 24 * 3_600_000);
  const { token } = await signIn(patient, { phone: cy.phone });
  expect((await rest(patient, 'PATCH', pathOf(message), { token, body: { text: 'Now' } })).status).toBe(200);
  await patient.close();
});
