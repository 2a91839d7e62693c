import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/engine/shared/ids.ts';
import { expectInSync } from '../harness/expect-in-sync.ts';
import { addMember, makeGroup } from '../harness/groups.ts';
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

const react = (message: WireMessage, emoji: string, as = bob) =>
  rest(app, 'PUT', pathOf(message, '/reaction'), { token: as.token, body: { emoji } });
const takeBack = (message: WireMessage, as = bob) =>
  rest(app, 'DELETE', pathOf(message, '/reaction'), { token: as.token });
const shown = async (message: WireMessage): Promise<[string, string][]> =>
  ((await look(app, ann, message)).reactions ?? []).map((one: { personId: string; emoji: string }) => [
    one.personId,
    one.emoji,
  ]);

describe('a reaction', () => {
  test('is shown to all, replaced by the next one of the same person, and taken back', async () => {
    const people = [ann, bob, bob, admin];
    const message = await say(app, ann, group, 'Good news');
    const first = await expectInSync(app, people, () => react(message, '👍'));
    expect(first).toMatchObject({
      status: 200,
      body: { conversationId: group, messageId: message.id, seq: message.seq, personId: bob.id, emoji: '👍' },
    });
    expect(first.body.rev).toBeGreaterThan(message.rev);
    await expectInSync(app, people, () => react(message, '🎉', ann));
    expect(await shown(message)).toEqual([
      [bob.id, '👍'],
      [ann.id, '🎉'],
    ]);
    await expectInSync(app, people, () => react(message, '❤️'));
    expect(await shown(message)).toEqual([
      [ann.id, '🎉'],
      [bob.id, '❤️'],
    ]);
    const back = await expectInSync(app, people, () => takeBack(message));
    expect(back).toMatchObject({ status: 200, body: { personId: bob.id, emoji: null } });
    expect(await shown(message)).toEqual([[ann.id, '🎉']]);
    await expectInSync(app, people, () => takeBack(message, ann));
    expect(await look(app, bob, message)).not.toHaveProperty('reactions');
  });

  test('the same again changes nothing, nor does taking back none', async () => {
    const message = await say(app, ann, direct, 'Once');
    const first = await react(message, '👍');
    expect((await expectInSync(app, [ann, bob], () => react(message, '👍'))).body).toEqual(first.body);
    const gone = await takeBack(message);
    expect((await expectInSync(app, [ann, bob], () => takeBack(message))).body.rev).toBe(gone.body.rev);
  });

  test('tells all devices but the one that reacts', async () => {
    const message = await say(app, ann, direct, 'Tell');
    const [mine, other, theirs] = [
      await connect(app, bob.token),
      await connect(app, bob.token),
      await connect(app, ann.token),
    ];
    const answer = await mine.command('reactions.set', { conversationId: direct, messageId: message.id, emoji: '🐎' });
    for (const device of [other, theirs]) expect(await device.next('reaction.changed')).toEqual(answer);
    await mine.settled();
    expect(mine.events).toEqual([]);
    for (const device of [mine, other, theirs]) device.close();
  });

  test('comes behind the others, also when made in the same moment', async () => {
    const message = await say(app, ann, group, 'Rush');
    await expectInSync(app, [ann, bob, admin], () =>
      Promise.all([ann, bob, admin].flatMap((as) => ['👍', '👎', '🐎'].map((emoji) => react(message, emoji, as)))),
    );
    expect(await shown(message)).toHaveLength(3);
  });

  test.each(['👍', '👍🏽', '❤️', '❤', '☺️', '🇳🇿', '1️⃣', '#️⃣', '*⃣', '👨‍👩‍👧‍👦', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🏳️‍🌈', '🧑🏻‍❤️‍💋‍🧑🏿', '©️', '‼️', '🫨'])(
    'may be %s',
    async (emoji) => {
      const message = await say(app, ann, direct, 'Any');
      expect(await react(message, emoji)).toMatchObject({ status: 200, body: { emoji } });
      expect(await shown(message)).toEqual([[bob.id, emoji]]);
    },
  );

  test.each([
    '',
    ' ',
    'a',
    '1',
    '#',
    'ok',
    '👍👍',
    '👍 ',
    ' 👍',
    'a👍',
    '👍a',
    '\u200d',
    '\ufe0f',
    '\u20e3',
    'a\u20e3',
    '❤\u0301',
    'é',
    '漢',
    '🇳🇿🇦🇺',
    `👍${'\u200d👍'.repeat(12)}`,
    '<b>',
    '\u0000',
    '\ud83d',
  ])('may not be %j', async (emoji) => {
    const message = await say(app, ann, direct, 'Not any');
    expect(['invalid_request', 'invalid_text']).toContain(codeOf(await react(message, emoji)));
  });

  test('is for members only, and not across a block', async () => {
    const message = await say(app, ann, direct, 'Ours');
    const stranger = await signIn(app);
    expect(codeOf(await react(message, '👍', stranger))).toBe('conversation_not_found');
    expect(codeOf(await takeBack(message, stranger))).toBe('conversation_not_found');
    expect(codeOf(await react({ ...message, id: 'no-id' }, '👍'))).toBe('message_not_found');
    await react(message, '👍');
    await setBlocked(app, bob, ann, true);
    expect(codeOf(await react(message, '👎'))).toBe('recipient_unavailable');
    expect(codeOf(await takeBack(message))).toBe('recipient_unavailable');
    await setBlocked(app, bob, ann, false);
    expect((await takeBack(message)).status).toBe(200);
  });

  test('is one of a thousand at most', async () => {
    const message = await say(app, ann, group, 'Famous');
    const place = { conversation_id: group, seq: message.seq };
    await app.app.database.write(async ({ sql }) => {
      const crowd = Array.from({ length: 999 }, () => ({
        ...place,
        person_id: newId(app.clock),
        emoji: '🐑',
        reacted_at: new Date(app.clock.now()),
      }));
      await sql.insertInto('reactions').values(crowd).execute();
      await sql
        .updateTable('messages')
        .set({ reaction_count: 999 })
        .where('conversation_id', '=', group)
        .where('seq', '=', message.seq)
        .execute();
    });
    expect((await react(message, '👍')).status).toBe(200);
    expect(codeOf(await react(message, '👍', ann))).toBe('limit_reached');
    expect((await react(message, '👎')).status).toBe(200);
    await takeBack(message);
    expect((await react(message, '👍', ann)).status).toBe(200);
    expect(await shown(message)).toHaveLength(1_000);
  });
});

describe('who came later, to a group that hides what was said before', () => {
  test('hears nothing of it when somebody reacts to it, edits or pins it, and stays in step', async () => {
    const old = await say(app, ann, group, 'Between us');
    const late = await signIn(app);
    await addMember(app, group, late, { historyFrom: old.seq });
    const fresh = await say(app, ann, group, 'Welcome');
    const listening = await connect(app, late.token);
    await expectInSync(app, [ann, bob, late, admin], async () => {
      await react(old, '🤫');
      await rest(app, 'PATCH', pathOf(old), { token: ann.token, body: { text: 'Between us two' } });
      await rest(app, 'PUT', pathOf(old, '/pin'), { token: admin.token });
      await react(fresh, '👋');
      await rest(app, 'DELETE', pathOf(old), { token: ann.token });
    });
    await listening.settled();
    expect(JSON.stringify(listening.events)).not.toContain('Between us');
    expect(JSON.stringify(listening.events)).not.toContain('🤫');
    expect((await listening.next('reaction.changed')).emoji).toBe('👋');
    expect(await listening.next('sync.needed')).toEqual({ conversationId: group });
    expect(codeOf(await react(old, '👍', late))).toBe('message_not_found');
    listening.close();
  });
});
