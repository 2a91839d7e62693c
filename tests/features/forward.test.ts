import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectInSync } from '../harness/expect-in-sync.ts';
import { addMember, makeGroup } from '../harness/groups.ts';
import { codeOf, latest, pathOf, say, setBlocked, type WireMessage } from '../harness/messages.ts';
import { connect, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
let ann: TestPerson;
let bob: TestPerson;
let cy: TestPerson;
let owner: TestPerson;
let source: string;
let target: string;
let group: string;
beforeAll(async () => {
  app = await startTestApp();
  [ann, bob, cy, owner] = [await signIn(app), await signIn(app), await signIn(app), await signIn(app)];
  source = await startDirect(app, ann, bob);
  target = await startDirect(app, ann, cy);
  group = await makeGroup(app, owner, [ann, cy]);
});
afterAll(() => app.close());

const forward = (from: string, messages: WireMessage[], to: string[], more: object = {}, as = ann) =>
  rest(app, 'POST', `/conversations/${from}/messages/forwards`, {
    token: as.token,
    body: { messageIds: messages.map(({ id }) => id), to, ...more },
  });
/** For each conversation, the text or the error of each message. */
const outcomes = ({ body }: { body: WireMessage }): string[][] =>
  body.items.map(({ results }: { results: WireMessage[] }) =>
    results.map(({ message, error }) => error?.code ?? message.text),
  );

describe('forwarding', () => {
  test('sends copies in order to each conversation, with what they say and nothing of where they stood', async () => {
    const first = await say(app, bob, source, 'First');
    const media = { media: [{ url: 'https://example.org/a.jpg', width: 10 }] };
    const image = await say(app, bob, source, { kind: 'image', text: 'Look', content: media });
    const reply = await say(app, bob, source, {
      text: '@Ann see',
      replyTo: first.id,
      mentions: [{ personId: ann.id, start: 0, length: 4 }],
    });
    await rest(app, 'PUT', pathOf(first, '/reaction'), { token: ann.token, body: { emoji: '👍' } });
    await rest(app, 'PUT', pathOf(first, '/pin'), { token: ann.token });
    const answer = await expectInSync(app, [ann, ann, cy, owner, bob], () =>
      forward(source, [image, reply, first], [target, group]),
    );
    expect(answer.status).toBe(200);
    expect(outcomes(answer)).toEqual([
      ['Look', '@Ann see', 'First'],
      ['Look', '@Ann see', 'First'],
    ]);
    for (const [i, id] of [target, group].entries()) {
      const copies = (await latest(app, cy, id)).slice(-3);
      expect(answer.body.items[i].conversationId).toBe(id);
      expect(answer.body.items[i].results.map(({ message }: WireMessage) => message)).toEqual(copies);
      expect(copies.map(({ text, senderId, forwardCount }) => [text, senderId, forwardCount])).toEqual([
        ['Look', ann.id, 1],
        ['@Ann see', ann.id, 1],
        ['First', ann.id, 1],
      ]);
      expect(copies[0].content).toEqual(media);
      for (const copy of copies) {
        for (const absent of ['replyTo', 'mentions', 'reactions', 'pinnedAt']) expect(copy).not.toHaveProperty(absent);
      }
    }
  });

  test('counts how often a message was passed on, and keeps where it came from', async () => {
    const message = await say(app, bob, source, 'Chain');
    const [copy] = (await forward(source, [message], [target])).body.items[0].results;
    const passedOn = await forward(target, [copy.message], [group], {}, cy);
    const last = passedOn.body.items[0].results[0].message;
    expect(last).toMatchObject({ text: 'Chain', senderId: cy.id, forwardCount: 2 });
    const row = await app.app.database.read((reader) =>
      reader.sql.selectFrom('messages').select('forwarded').where('id', '=', last.id).executeTakeFirstOrThrow(),
    );
    expect(row.forwarded).toEqual({ count: 2, senderId: bob.id, conversationId: source });
  });

  test('twice under one requestKey sends once', async () => {
    const messages = [await say(app, ann, source, 'a'), await say(app, ann, source, 'b')];
    const request = () => forward(source, messages, [target, group], { requestKey: 'once' });
    const first = await request();
    const again = await expectInSync(app, [ann, cy], request);
    expect(again.body).toEqual(first.body);
    const other = await forward(source, [...messages].reverse(), [target], { requestKey: 'once' });
    expect(outcomes(other)).toEqual([['client_id_conflict', 'client_id_conflict']]);
  });

  test('refuses each that cannot be forwarded, and not the others', async () => {
    const good = await say(app, ann, source, 'Good');
    const deleted = await say(app, ann, source, 'Deleted');
    await rest(app, 'DELETE', pathOf(deleted), { token: ann.token });
    const elsewhere = await say(app, ann, target, 'Elsewhere');
    const [hidden, system, expired] = [
      await say(app, ann, source, 'Hidden'),
      await say(app, ann, source, 'System'),
      await say(app, ann, source, 'Expired'),
    ];
    await app.app.database.write(async ({ sql }) => {
      const mark = { person_id: ann.id, conversation_id: source, seq: hidden.seq, hidden: true, version: 1 };
      await sql
        .insertInto('message_marks')
        .values({ ...mark, starred_at: null })
        .execute();
      await sql.updateTable('messages').set({ kind: 'system' }).where('id', '=', system.id).execute();
      await sql
        .updateTable('messages')
        .set({ expires_at: new Date(app.clock.now() - 1) })
        .where('id', '=', expired.id)
        .execute();
    });
    const answer = await forward(
      source,
      [deleted, elsewhere, hidden, { id: 'no-id' }, good, system, expired],
      [target],
    );
    expect(outcomes(answer)).toEqual([
      [
        'message_deleted',
        'message_not_found',
        'message_not_found',
        'message_not_found',
        'Good',
        'not_permitted',
        'message_deleted',
      ],
    ]);
  });

  test('goes only where the sender may send', async () => {
    const message = await say(app, ann, source, 'Where to');
    const foreign = await startDirect(app, bob, cy);
    const quiet = await makeGroup(app, owner, [ann], { whoCanSend: 'admins' });
    const foe = await signIn(app);
    const blocked = await startDirect(app, ann, foe);
    await setBlocked(app, foe, ann, true);
    const answer = await forward(source, [message], [foreign, quiet, blocked, 'no-id', target]);
    expect(outcomes(answer)).toEqual([
      ['conversation_not_found'],
      ['not_permitted'],
      ['recipient_unavailable'],
      ['conversation_not_found'],
      ['Where to'],
    ]);
  });

  test('is for who may see the messages', async () => {
    const message = await say(app, ann, group, 'Inside');
    const [stranger, late] = [await signIn(app), await signIn(app)];
    const own = await startDirect(app, stranger, late);
    expect(codeOf(await forward(group, [message], [own], {}, stranger))).toBe('conversation_not_found');
    await addMember(app, group, late, { historyFrom: message.seq });
    expect(outcomes(await forward(group, [message], [own], {}, late))).toEqual([['message_not_found']]);
  });

  test('keeps the order also of twenty to many, over a socket', async () => {
    const device = await connect(app, ann.token);
    const messageIds: string[] = [];
    for (let n = 1; n <= 20; n += 1) messageIds.push((await say(app, ann, source, `${n}`)).id);
    const people = await Promise.all(Array.from({ length: 15 }, () => signIn(app)));
    const to = await Promise.all(people.map((person) => startDirect(app, ann, person)));
    await device.command('messages.forward', { conversationId: source, messageIds, to });
    for (const [i, id] of to.entries()) {
      const texts = (await latest(app, people[i] as TestPerson, id)).map(({ text }) => text);
      expect(texts).toEqual(Array.from({ length: 20 }, (_, n) => `${n + 1}`));
    }
    device.close();
  });

  test.each([
    ['no messages', { messageIds: [] }],
    ['one message twice', { messageIds: ['a', 'a'] }],
    ['21 messages', { messageIds: Array.from({ length: 21 }, (_, i) => `${i}`) }],
    ['no conversation', { to: [] }],
    ['one conversation twice', { to: ['a', 'a'] }],
    ['21 conversations', { to: Array.from({ length: 21 }, (_, i) => `${i}`) }],
    ['a long key', { requestKey: 'x'.repeat(91) }],
  ])('refuses %s', async (_what, wrong) => {
    expect(codeOf(await forward(source, [{ id: 'a' }], ['b'], wrong))).toBe('invalid_request');
  });
});
