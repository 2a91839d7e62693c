import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectInSync } from '../harness/expect-in-sync.ts';
import { connect, type Device, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
let ann: TestPerson;
let bob: TestPerson;
beforeAll(async () => {
  app = await startTestApp();
  ann = await signIn(app);
  bob = await signIn(app);
});
afterAll(() => app.close());

const send = (conversationId: string, body: object, from = ann) =>
  rest(app, 'POST', `/conversations/${conversationId}/messages`, { token: from.token, body });
const history = async (conversationId: string, query: string): Promise<number[]> => {
  const answer = await rest(app, 'GET', `/conversations/${conversationId}/messages?${query}`, { token: bob.token });
  return answer.body.items.map(({ seq }: { seq: number }) => seq);
};
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('the history', () => {
  let id: string;
  beforeAll(async () => {
    id = await startDirect(app, ann, await signIn(app));
    bob = await signIn(app);
    id = await startDirect(app, ann, bob);
    const device = await connect(app, ann.token, { sync: false });
    await Promise.all(
      numbers(1, 130).map((n) => device.command('messages.send', { conversationId: id, text: `Message ${n}` })),
    );
    device.close();
  });

  test.each([
    ['the latest', '', numbers(81, 130)],
    ['the latest few', 'limit=3', numbers(128, 130)],
    ['back from a message', 'before=50&limit=10', numbers(40, 49)],
    ['back to the beginning', 'before=4&limit=10', numbers(1, 3)],
    ['back from the first', 'before=1', []],
    ['back from nothing', 'before=0', []],
    ['back from beyond the end', 'before=9007199254740991&limit=2', [129, 130]],
    ['on from a message', 'after=50&limit=10', numbers(51, 60)],
    ['on from the beginning', 'after=0&limit=100', numbers(1, 100)],
    ['on to the end', 'after=127', numbers(128, 130)],
    ['on from the last', 'after=130', []],
    ['on from beyond the end', 'after=9007199254740991', []],
    ['around a message', 'around=50&limit=5', numbers(48, 52)],
    ['around the first', 'around=1&limit=6', numbers(1, 3)],
    ['around the last', 'around=130&limit=6', numbers(127, 130)],
    ['one message', 'around=50&limit=1', [50]],
  ])('shows %s', async (_what, query, expected) => {
    expect(await history(id, query)).toEqual(expected);
  });

  test('is whole when walked both ways, while new messages arrive', async () => {
    const back: number[] = [];
    for (let before = 131; before > 1; before = back[0] as number) {
      back.unshift(...(await history(id, `before=${before}&limit=17`)));
      await send(id, { text: 'Meanwhile' });
    }
    expect(back).toEqual(numbers(1, 130));
    const on: number[] = [];
    for (let page = [0]; page.length > 0; on.push(...page)) {
      page = await history(id, `after=${on.at(-1) ?? 0}&limit=29`);
    }
    expect(on).toEqual(numbers(1, on.length));
    expect(on.length).toBeGreaterThan(130);
  });

  test('takes one direction at a time', async () => {
    for (const query of ['before=1&after=2', 'around=1&before=2', 'before=1&after=1&around=1']) {
      const answer = await rest(app, 'GET', `/conversations/${id}/messages?${query}`, { token: bob.token });
      expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request' } } });
    }
  });

  test('shows one message by its id, in its own conversation only', async () => {
    const [message] = (await rest(app, 'GET', `/conversations/${id}/messages?limit=1`, { token: bob.token })).body
      .items;
    const get = (conversationId: string, messageId: string) =>
      rest(app, 'GET', `/conversations/${conversationId}/messages/${messageId}`, { token: bob.token });
    expect((await get(id, message.id)).body).toEqual(message);
    const other = await startDirect(app, bob, await signIn(app));
    for (const refused of [await get(other, message.id), await get(id, 'no-id'), await get(id, id)]) {
      expect(refused).toMatchObject({ status: 404, body: { error: { code: 'message_not_found' } } });
    }
  });
});

describe('sending', () => {
  test('reaches all devices of both people but the one that sent, once', async () => {
    const [cy, dee] = [await signIn(app), await signIn(app)];
    const conversationId = await startDirect(app, cy, dee);
    const open = (person: TestPerson) => connect(app, person.token);
    const [sending, ...others] = [await open(cy), await open(cy), await open(dee), await open(dee)] as [
      Device,
      ...Device[],
    ];
    const { message } = await sending.command('messages.send', { conversationId, text: 'Hello' });
    for (const device of others) expect((await device.next('message.created')).message).toEqual(message);
    const overRest = await send(conversationId, { text: 'From nowhere' }, cy);
    for (const device of [sending, ...others]) {
      expect((await device.next('message.created')).message).toEqual(overRest.body.message);
      await device.settled();
      expect(device.events).toEqual([]);
      device.close();
    }
  });

  test('keeps what was written, exactly', async () => {
    const id = await startDirect(app, ann, await signIn(app));
    for (const text of [
      '  spaces and\ttabs\r\nand lines  ',
      '<script>alert(1)</script>',
      "'; drop table messages; --",
      '\u202Eright to left\u202C \u200B\uFEFF',
      '👨‍👩‍👧‍👦 é e\u0301 \u{10FFFF}',
      '\u0001\u001f"\\/',
      '__proto__',
      'x'.repeat(10_000),
      '🐎'.repeat(5_000),
    ]) {
      const sent = await send(id, { text });
      expect(sent.body.message.text).toBe(text);
      const got = await rest(app, 'GET', `/conversations/${id}/messages/${sent.body.message.id}`, { token: ann.token });
      expect(got.body.text).toBe(text);
    }
    for (const text of ['', ' ', '\n\t\u3000', 'x'.repeat(10_001), '🐎'.repeat(5_001)]) {
      expect(await send(id, { text })).toMatchObject({ status: 400, body: { error: { code: 'invalid_request' } } });
    }
  });

  test('twice under one clientId stores one message; another text under it is refused', async () => {
    const other = await signIn(app);
    const id = await startDirect(app, ann, other);
    await expectInSync(app, [ann, other], async () => {
      const first = await send(id, { text: 'Once', clientId: 'c-1' });
      expect(first).toMatchObject({ status: 201, body: { duplicate: false, message: { seq: 1, clientId: 'c-1' } } });
      app.clock.advance(60_000);
      const again = await send(id, { text: 'Once', clientId: 'c-1' });
      expect(again).toMatchObject({ status: 200, body: { duplicate: true, message: first.body.message } });
      const conflict = await send(id, { text: 'Twice', clientId: 'c-1' });
      expect(conflict).toMatchObject({ status: 409, body: { error: { code: 'client_id_conflict' } } });
      expect(conflict.body.error.details.messageId).toBe(first.body.message.id);
      // It is the sender's name, in this conversation.
      expect((await send(id, { text: 'Mine', clientId: 'c-1' }, other)).body).toMatchObject({ duplicate: false });
      const elsewhere = await startDirect(app, ann, await signIn(app));
      expect((await send(elsewhere, { text: 'There', clientId: 'c-1' })).body).toMatchObject({ duplicate: false });
    });
  });

  test('again is a duplicate also where what it refers to has gone since', async () => {
    const id = await startDirect(app, ann, await signIn(app));
    const { message } = (await send(id, { text: 'Lunch?' })).body;
    const reply = { text: 'Yes', replyTo: message.id, clientId: 'reply' };
    const first = await send(id, reply);
    await app.app.database.write((unit) =>
      unit.sql.updateTable('messages').set({ deleted_at: new Date() }).where('id', '=', message.id).execute(),
    );
    expect(await send(id, reply)).toMatchObject({
      status: 200,
      body: { duplicate: true, message: first.body.message },
    });
    expect(await send(id, { ...reply, clientId: 'other' })).toMatchObject({ status: 404 });
  });

  test.each([
    ['a zero below zero', '{"a":-0}', 201, 200],
    ['a fraction', '{"a":[0.1,-1.5e-7,12345678901234567890]}', 201, 200],
    ['a number beyond all bounds', '{"a":1e400}', 400, 400],
    ['a number with hundreds of digits', '{"a":{"b":[1e308]}}', 400, 400],
    ['a number with hundreds of zeros', '{"a":-1e-308}', 400, 400],
    ['more than 8 KiB', JSON.stringify({ a: 'é'.repeat(5_000) }), 400, 400],
    ['nesting', `{"a":${'['.repeat(28)}${']'.repeat(28)}}`, 201, 200],
    ['deep nesting', `{"a":${'['.repeat(40)}${']'.repeat(40)}}`, 400, 400],
    ['nesting beyond the stack', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 400, 400],
  ])('content with %s is stored once or refused', async (_what, custom, once, twice) => {
    const other = await signIn(app);
    const id = await startDirect(app, ann, other);
    const media = '[{"url":"https://example.com/a.jpg"}]';
    const body = `{"kind":"image","clientId":"c","content":{"media":${media},"custom":${custom}}}`;
    await expectInSync(app, [ann, other], async () => {
      const answers = [];
      for (let i = 0; i < 2; i += 1) {
        answers.push(await rest(app, 'POST', `/conversations/${id}/messages`, { token: ann.token, body }));
      }
      expect(answers.map(({ status }) => status)).toEqual([once, twice]);
    });
  });

  test('one clientId a hundred times at once stores one message and disturbs nobody', async () => {
    const other = await signIn(app);
    const id = await startDirect(app, ann, other);
    const [spammer, honest] = [await connect(app, ann.token), await connect(app, other.token)];
    const flood = Array.from({ length: 100 }, () =>
      spammer.command('messages.send', { conversationId: id, text: 'Same', clientId: 'same' }),
    );
    const own = numbers(1, 20).map((n) =>
      honest.command('messages.send', { conversationId: id, text: `${n}`, clientId: `${n}` }),
    );
    const acks = await Promise.all(flood);
    expect(new Set(acks.map(({ message }) => message.id)).size).toBe(1);
    expect(acks.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    const stored = await Promise.all(own);
    expect(stored.every(({ duplicate }) => !duplicate)).toBe(true);
    expect((await rest(app, 'GET', `/conversations/${id}`, { token: ann.token })).body.lastSeq).toBe(21);
    for (const device of [spammer, honest]) device.close();
  });

  test('a message that is refused leaves no gap and does not disturb those beside it', async () => {
    const id = await startDirect(app, ann, await signIn(app));
    const device = await connect(app, ann.token);
    const outcomes = await Promise.allSettled(
      numbers(1, 60).map((n) =>
        device.command('messages.send', {
          conversationId: n % 3 === 0 ? '01900000-0000-7000-8000-000000000000' : id,
          text: n % 3 === 1 ? 'Same name' : `Message ${n}`,
          clientId: n % 3 === 1 ? 'same' : `${n}`,
        }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(20);
    const { items } = await device.command('messages.list', { conversationId: id, limit: 100 });
    expect(items.map(({ seq }: { seq: number }) => seq)).toEqual(numbers(1, 21));
    device.close();
  });
});
